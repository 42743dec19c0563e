import type pg from "pg";
import type { Fault } from "../src/domain/fault.ts";
import type { Log } from "../src/domain/ports.ts";
import type { CaseFlow, CaseQueue, Priority } from "../src/queue/port.ts";
import { relayOutbox } from "../src/store/wakes.ts";
import type { FlowFacts, OutboxEntry } from "../src/store/wakes.ts";
import { startLoop } from "./loop.ts";
import type { Loop } from "./loop.ts";

export interface RelayDeps {
  pool: pg.Pool;
  queue: CaseQueue;
  /** Every target a worker takes jobs for; a preview asks all of them. */
  targets: readonly string[];
  log: Log;
  fault: Fault;
}

const batch = 100;
const intervalMs = 250;

/** Brings what has committed to the queue, in batches. */
export function startRelay(deps: RelayDeps): Loop {
  return startLoop("outbox relay", intervalMs, () => relayOnce(deps), deps.log);
}

async function relayOnce({ pool, queue, targets, fault }: RelayDeps): Promise<"more" | "rest"> {
  const taken = await relayOutbox(pool, batch, async (entries, facts) => {
    await fault("relay.before-add");
    const opened = unique(entries, "open").flatMap((caseId) => flowOf(facts.get(caseId), targets));
    if (opened.length > 0) await queue.addCases(opened);
    const deferred: string[] = [];
    for (const caseId of unique(entries, "wake")) {
      for (const flow of flowOf(facts.get(caseId), targets)) {
        if ((await queue.wakeCase(flow)) === "deferred") deferred.push(caseId);
      }
    }
    for (const id of unique(entries, "preview")) {
      for (const target of targets) await queue.addTask({ id, target, name: "preview", priority: "urgent" });
    }
    await fault("relay.after-add");
    return deferred;
  });
  return taken === batch ? "more" : "rest";
}

function unique(entries: readonly OutboxEntry[], kind: OutboxEntry["kind"]): string[] {
  return [...new Set(entries.filter((entry) => entry.kind === kind).map((entry) => entry.caseId))];
}

/** Nothing when the case may not run now. A target that is no longer configured has no queue; its case says so. */
function flowOf(facts: FlowFacts | undefined, configured: readonly string[]): CaseFlow[] {
  if (facts === undefined) return [];
  const targets = facts.targets.filter((target) => configured.includes(target));
  return [{ caseId: facts.caseId, targets, priority: facts.priority as Priority }];
}
