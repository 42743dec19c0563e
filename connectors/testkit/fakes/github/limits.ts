import type { Fault, Reply } from "../../faults/index.ts";
import type { Caller } from "./callers.ts";

const hourMs = 3_600_000;

/** How GitHub counts: per caller and hour, GraphQL apart. */
export class RateLimits {
  readonly #perHour: number;
  readonly #used = new Map<string, Window>();

  constructor(perHour: number) {
    this.#perHour = perHour;
  }

  /**
   * Counts a call.
   *
   * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
   */
  count(caller: Caller, resource: Resource, now: number): Counted {
    const window = this.#window(caller, resource, now);
    window.count += 1;
    return { isOver: window.count > this.#perHour, headers: this.#headers(window, resource) };
  }

  /** Asking for the limit is free. */
  tell(caller: Caller, now: number): Counted {
    return { isOver: false, headers: this.#headers(this.#window(caller, "core", now), "core") };
  }

  #window(caller: Caller, resource: Resource, now: number): Window {
    const key = `${nameOf(caller)} ${resource}`;
    const known = this.#used.get(key);
    const current = known === undefined || known.resetAt <= now ? { count: 0, resetAt: now + hourMs } : known;
    this.#used.set(key, current);
    return current;
  }

  #headers({ count, resetAt }: Window, resource: Resource): Record<string, string> {
    return limitHeaders(this.#perHour, Math.min(count, this.#perHour), resetAt / 1_000, resource);
  }
}

type Resource = "core" | "graphql";

interface Window {
  count: number;
  /** Epoch milliseconds. */
  readonly resetAt: number;
}

interface Counted {
  readonly isOver: boolean;
  readonly headers: Record<string, string>;
}

export interface GithubThrottle {
  readonly status?: 403 | 429;
  /** Seconds, for the header `retry-after`. */
  readonly retryAfter?: number;
  /** Epoch seconds: the primary limit, `x-ratelimit-remaining: 0` until then. Left out: a secondary limit. */
  readonly reset?: number;
}

/** A rate limit in GitHub's own words, without an effect. Neither time given: the caller has to know to wait a minute. */
export function githubThrottles(throttle: GithubThrottle = {}): Fault {
  const kind = throttle.reset === undefined ? "secondary" : "primary";
  return { name: `github-throttles-${kind}`, instead: () => throttledReply(throttle) };
}

export function throttledReply({ status = 403, retryAfter, reset }: GithubThrottle): Reply {
  const isPrimary = reset !== undefined;
  const message = isPrimary
    ? "API rate limit exceeded for user ID 1001. If you reach out to GitHub Support for help, please include the request ID."
    : "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return {
    status,
    headers: {
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      ...(isPrimary ? limitHeaders(5_000, 5_000, reset, "core") : {}),
    },
    content: {
      json: {
        message,
        documentation_url: `https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api${isPrimary ? "" : "#about-secondary-rate-limits"}`,
        status: String(status),
      },
    },
  };
}

function limitHeaders(limit: number, used: number, resetSeconds: number, resource: string): Record<string, string> {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(limit - used),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(Math.ceil(resetSeconds)),
    "x-ratelimit-resource": resource,
  };
}

function nameOf(caller: Caller): string {
  if (caller.kind === "user") return `user ${caller.user.id}`;
  return caller.kind;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
