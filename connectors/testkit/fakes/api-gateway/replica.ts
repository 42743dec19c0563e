import type { World } from "./world.ts";

/** How far behind a replica is: in time, in reads answered meanwhile, or both. */
export interface Lag {
  readonly lagMs?: number;
  /** Reads it still answers by the old state after a change; `Infinity` for one that never catches up. */
  readonly lagReads?: number;
}

interface Pending {
  readonly world: World;
  readonly due: number;
  readsLeft: number;
}

/** Something that answers by its own, later copy of a region: the reads of its control plane, or its data plane. */
export class Replica {
  readonly #clock: () => number;
  #world: World;
  #lag: Lag;
  #pending: Pending[] = [];

  constructor(world: World, clock: () => number, lag: Lag) {
    this.#world = world;
    this.#clock = clock;
    this.#lag = lag;
  }

  /** Counts for changes from now on; those on their way keep their lag, and stay in order. */
  setLag(lag: Lag): void {
    this.#lag = lag;
  }

  receive(world: World): void {
    const { lagMs = 0, lagReads = 0 } = this.#lag;
    this.#pending.push({ world, due: this.#clock() + lagMs, readsLeft: lagReads });
  }

  /** What it shows at present. */
  now(): World {
    const now = this.#clock();
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      if (next.due > now || next.readsLeft > 0) break;
      this.#world = next.world;
      this.#pending.shift();
    }
    return this.#world;
  }

  /** Counts one read; called after it was answered. */
  served(): void {
    for (const pending of this.#pending) pending.readsLeft -= 1;
  }

  flush(): void {
    this.#world = this.#pending.at(-1)?.world ?? this.#world;
    this.#pending = [];
  }
}
