import { ConnectorError } from "../../contract/error.ts";
import type { ConnectorErrorCode } from "../../contract/error.ts";

/** These speak of the whole target, not of one region or key. */
const endsTheTurn: ReadonlySet<ConnectorErrorCode> = new Set([
  "rate-limited",
  "unauthorized",
  "cancelled",
  "egress-refused",
  "write-refused",
]);

/**
 * Goes on with the others when one fails, and throws at the end: what could be done is done, and what one region did not
 * show is never taken for a whole listing.
 *
 * @throws {ConnectorError} the first failure, one that somebody can mend before one that nobody can.
 */
export async function* fromEach<Part, Item>(
  parts: Iterable<Part> | AsyncIterable<Part>,
  work: (part: Part) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  const failures: ConnectorError[] = [];
  for await (const part of parts) {
    try {
      yield* work(part);
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError) || endsTheTurn.has(thrown.code)) throw thrown;
      failures.push(thrown);
    }
  }
  const [failure] = failures.toSorted((a, b) => Number(a.code === "unsupported") - Number(b.code === "unsupported"));
  if (failure !== undefined) throw failure;
}
