import type { State } from "./rows.ts";

/** How far behind what is read is: so many milliseconds, so many reads after each change, or both. */
export interface Lag {
  readonly ms?: number;
  readonly reads?: number;
}

interface Pending {
  /** As it was before the change. */
  readonly before: State;
  readonly due: number;
  readsLeft: number;
}

/** Readers that see changes late. */
export class Replica {
  readonly #clock: () => number;
  #lag: Lag;
  #pending: Pending[] = [];

  constructor(lag: Lag, clock: () => number) {
    this.#lag = lag;
    this.#clock = clock;
  }

  setLag(lag: Lag): void {
    this.#lag = lag;
  }

  changed(before: State): void {
    const { ms = 0, reads = 0 } = this.#lag;
    if (ms > 0 || reads > 0) this.#pending.push({ before, due: this.#clock() + ms, readsLeft: reads });
  }

  /** What a reader sees now, `truth` being what is. Changes arrive in their order. */
  seen(truth: State): State {
    const now = this.#clock();
    const at = this.#pending.findIndex((one) => one.due > now || one.readsLeft > 0);
    this.#pending = at < 0 ? [] : this.#pending.slice(at);
    return this.#pending[0]?.before ?? truth;
  }

  /** Counts one read; called after it was answered. */
  served(): void {
    for (const one of this.#pending) one.readsLeft -= 1;
  }

  catchUp(): void {
    this.#pending = [];
  }
}
