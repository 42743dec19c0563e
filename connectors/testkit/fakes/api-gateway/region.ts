import { Echoes } from "./echoes.ts";
import { type Lag, Replica } from "./replica.ts";
import type { World } from "./world.ts";

export interface RegionOptions {
  readonly name: string;
  readonly clock: () => number;
  readonly readLag: Lag;
  readonly dataPlaneLag: Lag;
}

/** One region: its true state, what its control plane shows of it, and what its data plane goes by. */
export class Region {
  readonly name: string;
  /** What reads of the control plane see; writes go by the truth. */
  readonly reads: Replica;
  readonly dataPlane: Replica;
  readonly echoes: Echoes;
  #world: World;
  #effects = 0;
  #isRehearsing = false;

  constructor(world: World, { name, clock, readLag, dataPlaneLag }: RegionOptions) {
    this.name = name;
    this.#world = world;
    this.reads = new Replica(world, clock, readLag);
    this.dataPlane = new Replica(world, clock, dataPlaneLag);
    this.echoes = new Echoes(clock);
  }

  /** The truth. */
  get world(): World {
    return this.#world;
  }

  /** How many calls changed something. */
  get effects(): number {
    return this.#effects;
  }

  /** The effect of a call. */
  commit(world: World): void {
    if (!this.#isRehearsing) this.#effects += 1;
    this.meddle(world);
  }

  /** A change that no call made. */
  meddle(world: World): void {
    this.#world = world;
    if (this.#isRehearsing) return;
    this.reads.receive(world);
    this.dataPlane.receive(world);
  }

  /** Brings what is shown, and the data plane, up to date at once. */
  flush(): void {
    this.reads.flush();
    this.dataPlane.flush();
  }

  /** Runs the work, takes back every change it made, and keeps its result. */
  rehearse<T>(work: () => T): T {
    const before = this.#world;
    this.#isRehearsing = true;
    try {
      return work();
    } finally {
      this.#isRehearsing = false;
      this.#world = before;
    }
  }
}
