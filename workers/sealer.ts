import type pg from "pg";
import type { Log } from "../src/domain/ports.ts";
import { sealAudit } from "../src/store/seal.ts";
import { startLoop } from "./loop.ts";
import type { Loop } from "./loop.ts";

const intervalMs = 500;

/** Numbers and chains committed audit rows within a second. */
export function startSealer({ pool, log }: { pool: pg.Pool; log: Log }): Loop {
  return startLoop(
    "sealer",
    intervalMs,
    async () => {
      await sealAudit(pool, "skip-if-busy");
      return "rest";
    },
    log,
  );
}
