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
 * backend: one parent, six children that make as many HTTP calls as ours and insert as many rows, in as many statements as
 * we have steps. Rounds of the two alternate, so that both meet the same machine.
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
  let raw: Flows | null = null;
  try {
    await ours.run(casesPerRound); // warm
    const cost = await costOf(ours, target);
    raw = await openRawFlows({ pool, backend, targets, target, ...cost });
    await raw.run(casesPerRound);
    const pairs: { ours: number; raw: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      pairs.push({ ours: await ours.run(casesPerRound), raw: await raw.run(casesPerRound) });
    }
    const rate = (ms: number): string => `${((casesPerRound / ms) * 1_000).toFixed(1)}/s`;
    const ratio = median(pairs.map((pair) => pair.raw / pair.ours));
    const figures = `ours ${rate(median(pairs.map((pair) => pair.ours)))}, raw ${rate(median(pairs.map((pair) => pair.raw)))}`;
    const what = `${cost.rowsPerCase} rows and ${cost.callsPerCase} calls a case`;
    return {
      name: `flow throughput against raw BullMQ on ${backend.kind === "redis" ? "Redis" : "PostgreSQL"} (${figures}; ${what})`,
      goal: `>= ${goal.toFixed(2)}`,
      value: ratio.toFixed(2),
      ok: ratio >= goal,
    };
  } finally {
    await raw?.close();
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
