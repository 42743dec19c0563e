/** A worker process that takes a job of target "a" and never ends it; the test kills it. */
import { Pool } from "pg";
import { openCaseQueue } from "../../../src/queue/case-queue.ts";
import { silentLog } from "../../support/database.ts";

const [kind = "", url = "", lockDurationMs = ""] = process.argv.slice(2);
const backend =
  kind === "redis"
    ? ({ kind: "redis", url } as const)
    : ({ kind: "postgres", pool: new Pool({ connectionString: url }) } as const);
const queue = await openCaseQueue({ backend, targets: ["a"], lockDurationMs: Number(lockDurationMs), log: silentLog });
await queue.consumeTarget("a", { concurrency: 1 }, async ({ caseId }) => {
  process.stdout.write(`took ${caseId}\n`);
  return new Promise<never>(() => undefined);
});
process.stdout.write("ready\n");
