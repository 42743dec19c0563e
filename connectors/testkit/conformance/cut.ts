import { ConnectorError } from "../../contract/error.ts";
import type { Bench } from "./bench.ts";
import { openConnector } from "./host.ts";
import type { Opened } from "./host.ts";
import { offboard } from "./offboard.ts";
import type { Run } from "./offboard.ts";
import type { StoredCase } from "./stored-case.ts";
import type { ConformanceWorld } from "./subject.ts";

/** When a run is cut off: at which request, counted from 1, and whether that request still has its effect. */
export interface Cut {
  request: number;
  at: "before-effect" | "after-effect";
}

/**
 * Runs a case until it is cut off: the request reaches the server, its reply is never read, and every object of the session is
 * thrown away. What is left is the server and what was stored. @returns whether the run lasted until there.
 */
export async function runUntilCut(
  bench: Bench,
  world: ConformanceWorld,
  stored: StoredCase,
  { request, at }: Cut,
): Promise<boolean> {
  let open: Opened | null = null;
  let requests = 0;
  let wasCut = false;
  const cut = (): void => {
    wasCut = true;
    open?.cut();
  };
  const withdraw = world.faults.add({
    on: { when: () => (requests += 1) === request },
    times: "always",
    fault:
      at === "after-effect"
        ? { name: "cut-after-effect", afterwards: cut, deliver: { kind: "hang" } }
        : {
            name: "cut-before-effect",
            prepare: (call) => {
              cut();
              return call;
            },
            severBefore: "hang",
          },
  });
  try {
    await offboard({
      match: world.match,
      stored,
      open: async () => (open = await openConnector(bench.subject, world)),
      looks: 1,
      stopAfter: () => wasCut,
    });
  } catch (thrown) {
    // What a session says while it is torn down reaches nobody; before that it is the connector's bug.
    if (!wasCut || thrown instanceof ConnectorError) throw thrown;
  } finally {
    withdraw();
  }
  return wasCut;
}

/** What a whole run asks of the server, request by request, and what had changed and been stored when each arrived. */
export interface Reference {
  run: Run;
  stored: StoredCase;
  requests: readonly Request[];
}

interface Request {
  isWrite: boolean;
  effects: number;
  commits: number;
  /** The kind whose item was being ended; null outside of that. */
  kind: string | null;
}

export async function referenceRun(bench: Bench, world: ConformanceWorld, stored: StoredCase): Promise<Reference> {
  const requests: Request[] = [];
  let isWrite = false;
  let kind: string | null = null;
  const withdraw = world.faults.add({
    on: {},
    times: "always",
    fault: {
      name: "noted",
      prepare: (call) => {
        requests.push({ isWrite, effects: world.effects(), commits: stored.commits, kind });
        isWrite = false;
        return call;
      },
    },
  });
  const run = await bench.offboard(world, {
    stored,
    looks: 1,
    host: { onWrite: () => (isWrite = true) },
    onItem: (item, moment) => (kind = moment === "before" ? item.kind : null),
  });
  withdraw();
  return { run, stored, requests };
}

/**
 * The requests to cut at. Two reads between which neither the server changed nor anything was stored leave the same behind:
 * for a connector without a memory, which is what is tried, they are one cut, and the first of them is taken.
 */
export function distinctCuts({ requests }: Reference): readonly number[] {
  return requests.flatMap(({ isWrite, effects, commits }, at) => {
    const before = requests[at - 1];
    const isSame = before !== undefined && before.effects === effects && before.commits === commits && !before.isWrite;
    return isWrite || !isSame ? [at + 1] : [];
  });
}
