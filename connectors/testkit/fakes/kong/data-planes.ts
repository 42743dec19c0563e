import { kinds, tableOf } from "./kinds.ts";
import { type Change, Store } from "./store.ts";

/** How far behind the control plane a data plane is: in time, in proxied requests served meanwhile, or both. */
export interface Lag {
  readonly ms?: number;
  /** Requests it still serves by the old configuration after a change; `Infinity` for one that never catches up. */
  readonly reads?: number;
}

export interface DataPlaneOptions extends Lag {
  readonly name: string;
}

interface Pending {
  readonly change: Change;
  readonly due: number;
  readsLeft: number;
}

/**
 * A node that proxies by its own copy of the configuration.
 *
 * In hybrid mode the control plane pushes at intervals (`db_update_frequency`), so a data plane goes on serving a deleted
 * credential for a while: https://developer.konghq.com/support/controlling-the-hybrid-configuration-update-frequency/
 */
export class DataPlane {
  readonly name: string;
  readonly store = new Store(kinds.map(tableOf));
  readonly #clock: () => number;
  #lag: Lag;
  #pending: Pending[] = [];

  constructor({ name, ...lag }: DataPlaneOptions, clock: () => number) {
    this.name = name;
    this.#lag = lag;
    this.#clock = clock;
  }

  setLag(lag: Lag): void {
    this.#lag = lag;
  }

  receive(change: Change): void {
    const { ms = 0, reads = 0 } = this.#lag;
    this.#pending.push({ change, due: this.#clock() + ms, readsLeft: reads });
    this.catchUp();
  }

  /** Applies what is due, in order: a change waits for those before it. */
  catchUp(): void {
    const now = this.#clock();
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      if (next.due > now || next.readsLeft > 0) return;
      this.store.apply(next.change);
      this.#pending.shift();
    }
  }

  /** Counts one proxied request; called after it was served. */
  served(): void {
    for (const pending of this.#pending) pending.readsLeft -= 1;
  }

  /** Takes over the whole configuration at once, as after a reconnect. */
  flush(): void {
    for (const { change } of this.#pending) this.store.apply(change);
    this.#pending = [];
  }
}
