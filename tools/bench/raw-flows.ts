import { FlowProducer, Queue, Worker, createPostgresBackend, createRedisBackend, runMigrations } from "bullmq";
import type { BackendFactory } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { Pool as HttpPool } from "undici";
import { newId } from "../../src/domain/id.ts";
import type { BenchTarget } from "./bench-target.ts";

export type Backend = { kind: "redis"; url: string } | { kind: "postgres" };

export interface Flows {
  /** Runs so many cases; ms from the first to the last. */
  run(cases: number): Promise<number>;
  close(): Promise<void>;
}

interface Options {
  pool: pg.Pool;
  backend: Backend;
  targets: readonly string[];
  target: BenchTarget;
  rowsPerCase: number;
  callsPerCase: number;
  /** `row-by-row`: one INSERT each, as plain pg is written; `batched`: one INSERT for each of our six steps. */
  inserts: "row-by-row" | "batched";
}

const concurrency = 8;
/** Ours has six steps at a target, and each commits by itself. */
const statementsPerJob = 6;
const body = "x".repeat(300);

/** The peer: BullMQ as its documentation shows it, with processors that call and insert as much as ours. */
export async function openRawFlows({
  pool,
  backend,
  targets,
  target,
  rowsPerCase,
  callsPerCase,
  inserts,
}: Options): Promise<Flows> {
  await pool.query(`CREATE TABLE IF NOT EXISTS bench_raw (id bigserial PRIMARY KEY, case_id text, body text)`);
  const opened = await openFactory(pool, backend);
  const { factory } = opened;
  const options = { connection: {} as never, prefix: `bench-raw-${inserts}` };
  const http = new HttpPool(target.url, { connections: concurrency * targets.length });
  const queueOf = (name: string): string => `raw-${inserts}-${name}`;
  const insert = inserts === "batched" ? insertAtOnce : insertOneByOne;
  const rowsPerJob = Math.round(rowsPerCase / targets.length);
  const callsPerJob = Math.round(callsPerCase / targets.length);
  let finished: (() => void) | null = null;
  let left = 0;

  const workers = targets.map(
    (name) =>
      new Worker(
        queueOf(name),
        async ({ data }: { data: { caseId: string } }) => {
          const callsPerStatement = callsPerJob / statementsPerJob;
          for (let statement = 0; statement < statementsPerJob; statement += 1) {
            const calls = Math.round((statement + 1) * callsPerStatement) - Math.round(statement * callsPerStatement);
            for (let call = 0; call < calls; call += 1) {
              const reply = await http.request({ method: "GET", path: `/keys/${name}/${data.caseId}` });
              await reply.body.json();
            }
            await insert(pool, data.caseId, Math.round(rowsPerJob / statementsPerJob));
          }
        },
        { ...options, concurrency },
        factory,
      ),
  );
  workers.push(
    new Worker(
      queueOf("certify"),
      async ({ data }: { data: { caseId: string } }) => {
        await insert(pool, data.caseId, 2);
        left -= 1;
        if (left === 0) finished?.();
      },
      { ...options, concurrency: 4 },
      factory,
    ),
  );
  for (const worker of workers) worker.on("error", () => {});
  const producer = new FlowProducer(options, factory);
  producer.on("error", () => {});
  const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

  return {
    async run(cases) {
      left = cases;
      const all = new Promise<void>((resolve) => (finished = resolve));
      const started = performance.now();
      await producer.addBulk(
        Array.from({ length: cases }, () => {
          const caseId = newId();
          return {
            name: "certify",
            queueName: queueOf("certify"),
            data: { caseId },
            opts: { ...jobOptions, jobId: caseId },
            children: targets.map((name) => ({
              name: "target",
              queueName: queueOf(name),
              data: { caseId },
              opts: { ...jobOptions, jobId: `${caseId}.${name}`, ignoreDependencyOnFailure: true },
            })),
          };
        }),
      );
      await all;
      return performance.now() - started;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close(true)));
      await producer.close();
      const queue = new Queue(queueOf("certify"), options, factory);
      queue.on("error", () => {});
      await queue.obliterate({ force: true });
      await queue.close();
      await http.close();
      await opened.close();
    },
  };
}

async function insertOneByOne(pool: pg.Pool, caseId: string, count: number): Promise<void> {
  for (let row = 0; row < count; row += 1) {
    await pool.query(`INSERT INTO bench_raw (case_id, body) VALUES ($1, $2)`, [caseId, body]);
  }
}

async function insertAtOnce(pool: pg.Pool, caseId: string, count: number): Promise<void> {
  await pool.query(`INSERT INTO bench_raw (case_id, body) SELECT $1, $2 FROM generate_series(1, $3)`, [
    caseId,
    body,
    count,
  ]);
}

async function openFactory(
  pool: pg.Pool,
  backend: Backend,
): Promise<{ factory: BackendFactory; close(): Promise<void> }> {
  if (backend.kind === "redis") {
    const redis = new Redis(backend.url, { maxRetriesPerRequest: null });
    redis.setMaxListeners(0);
    return {
      factory: (name, opts, extra) => createRedisBackend(name, { ...opts, connection: redis }, extra),
      close: () => Promise.resolve(redis.disconnect()),
    };
  }
  // The same settings as ours, so that the two differ in what they do and in nothing else.
  const own = new pg.Pool({
    ...pool.options,
    password: pool.options.password,
    options: "-c search_path=bullmq -c synchronous_commit=off",
    max: 30,
  });
  own.setMaxListeners(0);
  own.on("error", () => {});
  const client = await own.connect();
  await runMigrations(client);
  client.release();
  return {
    factory: (name, opts, extra) => createPostgresBackend(name, { ...opts, connection: own as never }, extra),
    close: () => own.end(),
  };
}
