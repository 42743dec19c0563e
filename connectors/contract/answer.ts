import type { ConnectorErrorCode } from "./error.ts";

/** No target is left alone for longer than this because it asked for it (trust rule 5). */
const maxRetryAfterMs = 3_600_000;

/** What an answer that the connector did not expect means. `retryAt` is the target's own wish, at most an hour ahead. */
export interface Classification {
  code: ConnectorErrorCode;
  meaning: string;
  retryAt: Date | null;
}

/**
 * Classifies a status outside `expect`. Vendors also send throttling as 403, with `retry-after` or an exhausted
 * `x-ratelimit-remaining`; taken for a lack of permission it would page somebody for nothing.
 *
 * @see RFC 9110 section 15
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function classify(status: number, headers: Readonly<Record<string, string>>, now: Date): Classification {
  const retryAt = retryAtOf(headers, now);
  const throttled =
    status === 403 && (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0");
  if (status === 429 || throttled) return { code: "rate-limited", meaning: "asked to slow down", retryAt };
  if (status >= 500 && status !== 501) return { code: "unavailable", meaning: "failed on its side", retryAt };
  const [code, meaning] = meanings[status] ?? meaningOfClass(status);
  return { code, meaning, retryAt: null };
}

type Meaning = readonly [ConnectorErrorCode, string];

const meanings: Readonly<Record<number, Meaning>> = {
  401: ["unauthorized", "does not accept our credential"],
  403: ["forbidden", "does not permit this to our credential"],
  404: ["not-visible", "shows nothing there; that alone does not prove absence"],
  405: ["unsupported", "does not offer this"],
  408: ["timed-out", "gave up waiting for the request"],
  409: ["conflict", "is in a state that does not allow this yet"],
  423: ["conflict", "is in a state that does not allow this yet"],
  425: ["unavailable", "is not ready for the request"],
  501: ["unsupported", "does not offer this"],
};

function meaningOfClass(status: number): Meaning {
  if (status >= 400) return ["bad-request", "does not understand the request"];
  if (status >= 300) return ["invalid-response", "answered with a redirect that is not followed"];
  return ["invalid-response", "answered with a status that this operation does not know"];
}

/**
 * When the target asked to be left alone until: `Retry-After` in seconds or as a date, else `x-ratelimit-reset` in Unix
 * seconds; null when neither can be read. A date is taken against the target's own `Date`, for its clock may be wrong.
 * @see RFC 9110 section 10.2.3
 */
export function retryAtOf(headers: Readonly<Record<string, string>>, now: Date): Date | null {
  const delayMs = delayOf(headers, now);
  return delayMs === null ? null : new Date(now.getTime() + Math.min(Math.max(delayMs, 0), maxRetryAfterMs));
}

function delayOf(headers: Readonly<Record<string, string>>, now: Date): number | null {
  const retryAfter = headers["retry-after"]?.trim();
  const targetNow = dateOf(headers["date"]) ?? now.getTime();
  if (retryAfter !== undefined) {
    if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1_000;
    const date = dateOf(retryAfter);
    return date === null ? null : date - targetNow;
  }
  const reset = headers["x-ratelimit-reset"]?.trim() ?? "";
  return headers["x-ratelimit-remaining"] === "0" && /^\d{1,12}$/.test(reset)
    ? Number(reset) * 1_000 - targetNow
    : null;
}

/** An HTTP date; the year is required, because `Date.parse` reads stray numbers as dates too. */
function dateOf(text: string | undefined): number | null {
  if (text === undefined || !/^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
