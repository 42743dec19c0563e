import type { TableName } from "./rows.ts";
import { type Change, Store } from "./store.ts";

/** How long a change stays unseen: in milliseconds, in reads answered meanwhile, or both. */
export interface Lag {
  readonly ms?: number;
  readonly reads?: number;
}

interface Pending {
  readonly change: Change;
  readonly due: number;
  /** A change held back by itself; others may overtake it. */
  readonly isAlone: boolean;
  readsLeft: number;
}

/**
 * A copy of the account that learns of changes late. IAM stores everything several times over, and a change becomes
 * visible, and takes effect, only when it has arrived at the copy that is asked.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export class Replica {
  readonly store = new Store();
  readonly #clock: () => number;
  #lag: Lag;
  #hold: Lag | null = null;
  #pending: Pending[] = [];

  constructor(lag: Lag, clock: () => number) {
    this.#lag = lag;
    this.#clock = clock;
  }

  /** Counts for changes from now on; those on their way keep their lag. */
  setLag(lag: Lag): void {
    this.#lag = lag;
  }

  receive(change: Change): void {
    // STS hands its credentials out ready for use.
    if (change.table === "sessions" && !change.isRemoval) return change.repeat(this.store);
    const { ms = 0, reads = 0 } = this.#hold ?? this.#lag;
    const isAlone = this.#hold !== null;
    this.#pending.push({ change, due: this.#clock() + ms, readsLeft: reads, isAlone });
    this.catchUp();
  }

  /**
   * From now on changes have a lag of their own and are not kept in line, until the function that is returned is called.
   * Their reads are those that look at their kind.
   */
  holding(span: Lag): () => void {
    const before = this.#hold;
    this.#hold = span;
    return () => {
      this.#hold = before;
    };
  }

  /** Applies what is due, in order: a change waits for those before it. */
  catchUp(): void {
    const now = this.#clock();
    const waiting: Pending[] = [];
    let isBlocked = false;
    for (const pending of this.#pending) {
      const isDue = pending.due <= now && pending.readsLeft <= 0;
      const sameRow = waiting.some(
        ({ change }) => change.table === pending.change.table && change.id === pending.change.id,
      );
      if (isDue && !sameRow && (pending.isAlone || !isBlocked)) pending.change.repeat(this.store);
      else {
        waiting.push(pending);
        if (!pending.isAlone) isBlocked = true;
      }
    }
    this.#pending = waiting;
  }

  /** Counts one read; called after it was answered, with the kinds it looked at. */
  served(touched: ReadonlySet<TableName>): void {
    for (const pending of this.#pending) {
      if (!pending.isAlone || touched.has(pending.change.table)) pending.readsLeft -= 1;
    }
  }

  /** Takes over everything at once. */
  flush(): void {
    for (const { change } of this.#pending) change.repeat(this.store);
    this.#pending = [];
  }
}
