import { retryAtOf } from "../../contract/answer.ts";

/** "Otherwise, wait for at least one minute before retrying." */
const pauseUnsaidMs = 60_000;

/** How GitHub words it, now and before: the only sign of a secondary limit that comes without a header. */
const wording = /secondary rate limit|rate limit exceeded|abuse detection/i;

/**
 * When a throttled credential may come back; null for an answer that is no throttling. GitHub throttles with 403 and 429
 * alike, and a lack of permission is a 403 too, so the signs decide and not the status.
 *
 * @param words what the answer says, for recognition alone.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function throttledUntil(
  { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
  words: string,
  now: Date,
): Date | null {
  if (status !== 403 && status !== 429) return null;
  const isThrottled =
    status === 429 ||
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    wording.test(words);
  return isThrottled ? (retryAtOf(headers, now) ?? unsaidPause(now)) : null;
}

export function unsaidPause(now: Date): Date {
  return new Date(now.getTime() + pauseUnsaidMs);
}
