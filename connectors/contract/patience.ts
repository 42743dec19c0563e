import { ConnectorError } from "./error.ts";

/** A longer wait is the queue's: no slot is held, and no job kept busy, for what is more than 2 s ahead (design section 5). */
const longestPauseMs = 2_000;
const shortestPauseMs = 100;

/**
 * How long to wait before a throttled call is sent again within the same step; null when the engine is to decide.
 * A throttled call had no effect, so sending it again repeats nothing. Without this, a look of fifty calls at a target
 * that throttles half of them would never reach its end: every look starts anew.
 *
 * @param attempt throttled answers in a row before this one, from 0.
 * @param leftMs what is left of the operation's patience.
 * @param random in [0, 1).
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function pauseBeforeResend(
  thrown: unknown,
  { attempt, leftMs, now, random }: { attempt: number; leftMs: number; now: Date; random: number },
): number | null {
  if (!(thrown instanceof ConnectorError) || thrown.code !== "rate-limited") return null;
  const asked = thrown.retryAt === null ? null : Math.max(0, thrown.retryAt.getTime() - now.getTime());
  if (asked !== null && asked > longestPauseMs) return null;
  const ceiling = Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(attempt + 1, 10));
  // A target that says "at once" and throttles again is left alone for a while all the same.
  const pauseMs = Math.ceil(Math.max(asked ?? 0, shortestPauseMs + random * (ceiling - shortestPauseMs)));
  return pauseMs <= leftMs ? pauseMs : null;
}
