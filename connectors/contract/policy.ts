import type { ConnectorErrorCode } from "./error.ts";

/** What the engine does when an exchange with a target has failed. Every decision but `stop` tries again some time. */
export type RetryDecision =
  /** The target said when; it is left alone until then and nothing counts as a failure. */
  | "wait-until-retryAt"
  /** Time will heal it. */
  | "back-off"
  /** Read the account again: what must go first may have changed. */
  | "discover-again"
  /** This kind of access is incomplete and says so; the other kinds go on. */
  | "isolate-kind"
  /** Nothing at this target can succeed until somebody mends it: opens its breaker at once. */
  | "block-target"
  /** The step waits for a person; the target goes on. */
  | "ask-a-person"
  /** Not a failure of the target: the turn ends as it is. */
  | "stop";

/** What the engine does with each code. A code left out does not compile. */
export const retryPolicy = {
  "rate-limited": "wait-until-retryAt",
  unavailable: "back-off",
  "timed-out": "back-off",
  // A gateway in front of the target also answers HTML for a while; what stays wrong is blocked by its age.
  "invalid-response": "back-off",
  unauthorized: "block-target",
  "egress-refused": "block-target",
  forbidden: "isolate-kind",
  unsupported: "isolate-kind",
  "not-visible": "isolate-kind",
  conflict: "discover-again",
  "bad-request": "ask-a-person",
  "write-refused": "stop",
  cancelled: "stop",
} satisfies Record<ConnectorErrorCode, RetryDecision>;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const shortestDelayMs = 2 * second;
const longestDelayMs = 15 * minute;
const patientAfterMs = 24 * hour;
const patientDelayMs = hour;
const patientSpreadMs = 6 * minute;

/** How a step stands with its target. */
export interface FailureHistory {
  /** Failures in a row before this one. */
  failures: number;
  /** When the first of them happened; the present instant for the first failure. */
  failingSince: Date;
  /** Containing a leaver is what may not wait: it is called blocked earlier. */
  stage: "contain" | "other";
}

export interface NextAttempt {
  decision: RetryDecision;
  /** Null only for `stop`. Everything else is tried again, for ever (trust rule 5). */
  at: Date | null;
  /** A person is told: at once where only a person can help, else when it has failed for too long. */
  blocked: boolean;
}

/**
 * Decides what follows a failed exchange.
 *
 * @param random in [0, 1): spreads the attempts of many steps, so that a target that comes back is not run over.
 */
export function nextAttempt(
  failure: { code: ConnectorErrorCode; retryAt: Date | null },
  history: FailureHistory,
  now: Date,
  random: number,
): NextAttempt {
  const decision: RetryDecision = retryPolicy[failure.code];
  if (decision === "stop") return { decision, at: null, blocked: false };
  const needsPerson = decision === "block-target" || decision === "ask-a-person" || decision === "isolate-kind";
  const failingForMs = Math.max(0, now.getTime() - history.failingSince.getTime());
  const delayMs = needsPerson ? slowDelayMs(failingForMs, random) : backOffMs(history.failures, failingForMs, random);
  const at = new Date(now.getTime() + delayMs);
  const asked = failure.retryAt !== null && (decision === "wait-until-retryAt" || failure.retryAt > at);
  return {
    decision,
    at: asked ? failure.retryAt : at,
    blocked: needsPerson || failingForMs >= blockedAfterMs(history.stage),
  };
}

/** How long a step may fail before it is called blocked. */
export function blockedAfterMs(stage: FailureHistory["stage"]): number {
  return stage === "contain" ? 15 * minute : 4 * hour;
}

/**
 * Full jitter between 2 s and a ceiling that doubles to 15 min; after 24 h of failing, hourly.
 *
 * @param failures failures in a row before this one, from 0.
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function backOffMs(failures: number, failingForMs: number, random: number): number {
  if (failingForMs >= patientAfterMs) return slowDelayMs(failingForMs, random);
  const ceiling = Math.min(longestDelayMs, shortestDelayMs * 2 ** (Math.min(failures, 30) + 1));
  return Math.round(shortestDelayMs + random * (ceiling - shortestDelayMs));
}

/** What waits for a person is still tried: about every quarter of an hour for a day, then hourly. */
function slowDelayMs(failingForMs: number, random: number): number {
  const base = failingForMs >= patientAfterMs ? patientDelayMs : longestDelayMs - patientSpreadMs / 2;
  return Math.round(base + random * patientSpreadMs);
}
