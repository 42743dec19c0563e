import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/store/embedded/index.ts";
import { applyMigrations } from "../../src/store/migrations/index.ts";
import { openPool } from "../../src/store/pool.ts";
import { startRedisServer } from "../../test/support/redis-server.ts";
import { findRedisServer } from "../../test/support/programs.ts";
import { startBenchTarget } from "./bench-target.ts";
import type { BenchTarget } from "./bench-target.ts";
import { quiet } from "./quiet.ts";
import { openOurFlows } from "./our-flows.ts";
import { openRawFlows } from "./raw-flows.ts";
import type { Backend, Flows } from "./raw-flows.ts";
import { median } from "./row.ts";
import type { Row } from "./row.ts";

const rounds = 5;
const casesPerRound = 40;
const targets = ["one", "two", "three", "four", "five", "six"];

/**
 * Cases per second from opening to certificate, as a share of what a raw BullMQ flow of the same shape does on the same
 * backend: one parent, six children that make as many HTTP calls as ours and insert as many rows with plain pg, one INSERT
 * a row. A second peer that batches its inserts, and keeps no promise of ours, is printed for comparison. Rounds
 * alternate, so that all meet the same machine.
 */
export async function measureFlows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "lastday-bench-"));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), log: quiet, disposable: true });
  const redis = findRedisServer() === null ? null : await startRedisServer();
  try {
    await applyMigrations({ url: postgres.url, log: quiet });
    const rows = [await compare(postgres.url, { kind: "postgres" }, 1 / 1.5)];
    if (redis === null) console.error("redis-server is not installed: the flow on Redis was not measured");
    else rows.unshift(await compare(postgres.url, { kind: "redis", url: redis.url }, 1 / 1.3));
    return rows;
  } finally {
    await redis?.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(databaseUrl: string, backend: Backend, goal: number): Promise<Row> {
  const pool = openPool({ url: databaseUrl, max: 30, applicationName: "bench", log: quiet });
  const target = await startBenchTarget();
  const ours = await openOurFlows({ pool, backend, targets, target });
  const peers: Flows[] = [];
  try {
    await ours.run(casesPerRound); // warm
    const cost = await costOf(ours, target);
    for (const inserts of ["row-by-row", "batched"] as const) {
      peers.push(await openRawFlows({ pool, backend, targets, target, ...cost, inserts }));
    }
    for (const peer of peers) await peer.run(casesPerRound);
    const runs = [ours, ...peers].map((flows) => ({ flows, ms: [] as number[] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const run of runs) run.ms.push(await run.flows.run(casesPerRound));
    }
    const [own = [], rowByRow = [], batched = []] = runs.map((run) => run.ms);
    const rate = (ms: readonly number[]): string => `${((casesPerRound / median(ms)) * 1_000).toFixed(1)}/s`;
    const ratio = median(own.map((ms, round) => (rowByRow[round] ?? 0) / ms));
    const name = backend.kind === "redis" ? "Redis" : "PostgreSQL";
    console.error(
      `${name}: ours ${rate(own)}, raw ${rate(rowByRow)}, raw with batched inserts ${rate(batched)}; ` +
        `${cost.rowsPerCase} rows and ${cost.callsPerCase} calls a case`,
    );
    return {
      name: `flow throughput against raw BullMQ on ${name}`,
      goal: `>= ${goal.toFixed(2)}`,
      value: ratio.toFixed(2),
      ok: ratio >= goal,
    };
  } finally {
    for (const peer of peers) await peer.close();
    await ours.close();
    await target.close();
    await pool.end();
  }
}

/** What one of our cases costs, so that the raw flow can be made to cost the same. */
async function costOf(ours: Flows & { countRows(): Promise<number> }, target: BenchTarget) {
  const before = { rows: await ours.countRows(), calls: target.calls() };
  await ours.run(casesPerRound);
  return {
    rowsPerCase: Math.round(((await ours.countRows()) - before.rows) / casesPerRound),
    callsPerCase: Math.round((target.calls() - before.calls) / casesPerRound),
  };
}
