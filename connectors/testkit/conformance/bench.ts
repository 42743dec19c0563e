import type { Connector, Kind } from "../../contract/connector.ts";
import type { Finding } from "../../../src/domain/access.ts";
import { lookForAccess } from "../../../src/stages/discover/look-for-access.ts";
import type { Look } from "../../../src/stages/discover/look-for-access.ts";
import { revokeOrder } from "../../../src/stages/revoke/revoke-order.ts";
import { openConnector } from "./host.ts";
import type { Opened, OpenOptions } from "./host.ts";
import { offboard } from "./offboard.ts";
import type { Offboarding, Run } from "./offboard.ts";
import { keyOf } from "./item.ts";
import type { Item } from "./item.ts";
import { newCase } from "./stored-case.ts";
import type { ConformanceSubject, ConformanceWorld, WorldOptions } from "./subject.ts";

/** What a check works with: worlds and sessions, which are closed after it. */
export interface Bench {
  subject: ConformanceSubject;
  connector: Connector;
  world(options?: WorldOptions): Promise<ConformanceWorld>;
  open(world: ConformanceWorld, options?: OpenOptions): Promise<Opened>;
  /** A whole offboarding, from the person to the second clean look. */
  offboard(world: ConformanceWorld, options?: Partial<Offboarding> & { host?: OpenOptions }): Promise<JudgedRun>;
  close(): Promise<void>;
}

export interface JudgedRun extends Run {
  /** What works although it had to end: at the end, and whenever the engine held all for ended. A sentence each. */
  alive: readonly string[];
}

export function openBench(subject: ConformanceSubject): Bench {
  const closers: (() => Promise<void>)[] = [];
  return {
    subject,
    connector: subject.connector,
    async world(options = {}) {
      const world = await subject.openWorld(options);
      closers.push(() => world.close());
      return world;
    },
    async open(world, options) {
      const opened = await openConnector(subject, world, options);
      closers.push(() => opened.close());
      return opened;
    },
    async offboard(world, { host, ...options } = {}) {
      const { stored = newCase() } = options;
      const alive = new Set<string>();
      const look = (isWanted: (item: Item) => boolean): void => {
        const working = world.alive().filter((item) => mustEnd(subject.connector, item) && isWanted(item));
        for (const item of working) alive.add(`${keyOf(item)} still works`);
      };
      const isPrincipal = ({ kind }: Item): boolean => subject.connector.kinds[kind]?.principal === true;
      const onEnded = (): void => look((item) => stored.principalsAreDue || !isPrincipal(item));
      const open = (): Promise<Opened> => openConnector(subject, world, host);
      const run = await offboard({ match: world.match, open, onEnded, ...options, stored });
      look(() => true);
      return { ...run, alive: [...alive] };
    },
    async close() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

/** One look at the leaver's access. */
export function look(opened: Opened, world: ConformanceWorld, known: readonly Finding[] = []): Promise<Look> {
  return lookForAccess({ ...opened, accounts: [world.leaver] }, known);
}

/** One look at a single kind, so that what happens during it is about that kind. */
export function lookAtKind(
  opened: Opened,
  world: ConformanceWorld,
  kind: string,
  known: readonly Finding[] = [],
): Promise<Look> {
  const only = Object.fromEntries(Object.entries(opened.connector.kinds).filter(([name]) => name === kind));
  return lookForAccess({ ...opened, connector: { ...opened.connector, kinds: only }, accounts: [world.leaver] }, known);
}

/** The kinds that this target has. */
export function kindsHere({ connector, lacks = {} }: ConformanceSubject): readonly string[] {
  return Object.keys(connector.kinds).filter((kind) => !Object.hasOwn(lacks, kind));
}

/** Kinds that the connector itself ends, in the order in which that is done. */
export function endedKinds({ kinds }: Connector): readonly string[] {
  return revokeOrder(kinds).filter((name) => {
    const kind = kinds[name];
    return kind !== undefined && isEnded(kind);
  });
}

/** Kinds whose items can be ended one by one; a principal only goes when all else has. */
export function singleKinds(connector: Connector): readonly string[] {
  return endedKinds(connector).filter((name) => connector.kinds[name]?.principal !== true);
}

export function isEnded({ strategy }: Kind<unknown>): boolean {
  return strategy === "delete" || strategy === "disable-then-delete";
}

/** What the connector must have ended at the end: all but what is only named, cut off, or a person's to replace. */
export function mustEnd({ kinds }: Connector, item: Item): boolean {
  const kind = kinds[item.kind];
  return kind === undefined || isEnded(kind);
}

/** Everybody but the leaver, as one text: byte-equal as long as nobody touched any of them. */
export function othersOf(world: ConformanceWorld): string {
  return [world.bystander, ...world.lookAlikes].map(({ id }) => world.stateOf(id)).join("\n");
}
