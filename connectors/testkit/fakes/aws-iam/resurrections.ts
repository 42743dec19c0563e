import type { TableName } from "./rows.ts";
import type { Change, Store } from "./store.ts";

interface Waiting {
  readonly change: Change;
  readonly due: number;
  readsLeft: number;
}

/** Things that come back: changes that are undone after so many reads or milliseconds, as by a sync job elsewhere. */
export class Resurrections {
  readonly #store: Store;
  readonly #clock: () => number;
  #waiting: Waiting[] = [];

  constructor(store: Store, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  add(change: Change, { ms = 0, reads = 0 }: { readonly ms?: number; readonly reads?: number }): void {
    this.#waiting.push({ change, due: this.#clock() + ms, readsLeft: reads });
  }

  /** Undoes what is due. */
  settle(): void {
    const isDue = (one: Waiting) => one.due <= this.#clock() && one.readsLeft <= 0;
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { change } of due) change.undo(this.#store);
  }

  /** Counts one read; called after it was answered, with the kinds it looked at. */
  served(touched: ReadonlySet<TableName>): void {
    for (const one of this.#waiting) if (touched.has(one.change.table)) one.readsLeft -= 1;
  }
}
