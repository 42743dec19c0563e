import type { Finding } from "../../src/domain/access.ts";
import type { ExposedSecret, Survey } from "./exposure.ts";

/** What the first kind of a look learned about one account, for the kinds after it in the same look. */
export type Seen =
  | { kind: "surveyed"; survey: Survey; exposed: readonly ExposedSecret[]; seenAt: Date }
  /** The user is gone; what an earlier look saw is all that can be known. */
  | { kind: "remembered"; exposure: Finding; why: string };

export type Reader = "credential" | "secret";

/**
 * Carries one survey from the kind `exposure` to the two after it: it may cost thousands of calls. Each of them takes it
 * once, so that no later look, and no verification, is ever answered from an earlier one.
 */
export class Looks {
  readonly #byAccount = new Map<string, Map<Reader, Seen>>();

  put(accountId: string, seen: Seen): void {
    this.#byAccount.set(
      accountId,
      new Map([
        ["credential", seen],
        ["secret", seen],
      ]),
    );
  }

  /** Forgets what an earlier look left, before a new one can fail half-way. */
  clear(accountId: string): void {
    this.#byAccount.delete(accountId);
  }

  take(accountId: string, reader: Reader): Seen | null {
    const slots = this.#byAccount.get(accountId);
    const seen = slots?.get(reader) ?? null;
    slots?.delete(reader);
    return seen;
  }
}
