import type pg from "pg";
import type { Log } from "../src/domain/ports.ts";
import type { CaseQueue } from "../src/queue/port.ts";
import { startScheduledCases } from "../src/store/scheduled.ts";
import type { ScheduleDeps } from "../src/store/scheduled.ts";
import { sweep } from "../src/store/wakes.ts";
import { startLoop } from "./loop.ts";
import type { Loop } from "./loop.ts";

export interface SweepDeps extends ScheduleDeps {
  pool: pg.Pool;
  queue: CaseQueue;
  log: Log;
}

const intervalMs = 15_000;
/** Jobs waiting at one target beyond which an overdue row is taken to be in line rather than lost. */
const backlogOf = 50;

/** At start and then every 15 s: whatever the queue has lost is found in our tables and asked for again. */
export function startSweep(deps: SweepDeps): Loop {
  const { pool, queue, log } = deps;
  return startLoop(
    "sweep",
    intervalMs,
    async () => {
      const depths = await queue.depths();
      const busy = Object.entries(depths).flatMap(([name, { waiting }]) =>
        waiting > backlogOf && name.startsWith("target-") ? [name.slice("target-".length)] : [],
      );
      const started = await startScheduledCases(pool, deps);
      const { woken, watches } = await sweep(pool, busy);
      if (woken + watches + started > 0) log.info("sweep woke cases", { woken, watches, started });
      return "rest";
    },
    log,
  );
}
