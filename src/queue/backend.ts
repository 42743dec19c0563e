/** The two servers that BullMQ can run on, behind one small interface. */
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  DEFAULT_SCHEMA,
  type PgPool,
  runMigrations,
} from "bullmq";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { messageOf } from "../domain/error.ts";
import type { Log } from "../domain/ports.ts";
import { certifyQueue } from "./jobs.ts";
import { type CaseQueueOptions, QueueError } from "./port.ts";

export interface Backend {
  /** Builds BullMQ's connection for one queue, worker or producer; all share what this backend opened. */
  readonly factory: BackendFactory;
  /**
   * Removes these jobs, in whatever state they are, except those that a worker holds. Removing a pending child releases
   * its parent: remove the parent first.
   * @returns for each job, whether it is active and therefore still there.
   */
  removeUnlessActive(jobs: readonly { queue: string; id: string }[]): Promise<boolean[]>;
  /** Those of these cases whose certify job waits for a child that does not exist. */
  findTorn(caseIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** True when the queue is not paused and holds a waiting job of a rank below this one. */
  waitsBelow(queue: string, rank: number): Promise<boolean>;
  ping(): Promise<void>;
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** PostgreSQL clients that the queue's pool may open: one per worker, which keeps it for LISTEN, and ten for the rest. */
export function queuePoolSize(targets: readonly string[]): number {
  const workers = targets.length + [certifyQueue].length;
  return workers + 10; // with fewer clients than workers BullMQ waits for ever, and says nothing
}

export async function openBackend(options: CaseQueueOptions & { prefix: string }): Promise<Backend> {
  const backend =
    options.backend.kind === "redis"
      ? openRedis(options.backend.url, options.prefix, options.log)
      : openPostgres(options.backend.pool, options.targets, options.log);
  try {
    await backend.prepare();
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/**
 * A Redis client as BullMQ needs it: commands wait for the server instead of failing after 20 attempts, which BullMQ
 * requires and which otherwise ends the process. Close it with `disconnect()`.
 * @see https://docs.bullmq.io/guide/connections
 */
export function connectRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null, connectionName: "lastday" });
  redis.setMaxListeners(0); // every queue and worker listens on the one client
  redis.on("error", (error) => log.warn("redis connection failed, will try again", { error: messageOf(error) }));
  return redis;
}

function openRedis(url: string, prefix: string, log: Log): Backend & { prepare(): Promise<void> } {
  const redis = connectRedis(url, log);
  const ping = (): Promise<void> => answerWithin2s(() => redis.ping());
  const factory: BackendFactory = (name, opts, extra) =>
    createRedisBackend(name, { ...opts, connection: redis }, extra);
  const bull = factory("", { connection: {} });
  bull.on("error", () => undefined); // the client's own listener reports it
  return {
    factory,
    ping,
    prepare: ping,
    removeUnlessActive: (jobs) =>
      Promise.all(jobs.map(async ({ queue, id }) => (await bull.forQueue(queue, prefix).remove(id, false)) === 0)),
    findTorn: () => Promise.resolve(new Set()), // one script or MULTI per change: nothing comes in between
    async waitsBelow(queue, rank) {
      const key = `${prefix}:${queue}`;
      // A rank is the integer part of the score: priority * 2^32 + counter (BullMQ, getPriorityScore.lua).
      const [paused, revived, before] = await Promise.all([
        redis.hexists(`${key}:meta`, "paused"),
        redis.llen(`${key}:wait`),
        redis.zcount(`${key}:prioritized`, "-inf", `(${rank * 2 ** 32}`),
      ]);
      return paused === 0 && revived + before > 0;
    },
    async wipe() {
      for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
        if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
      }
    },
    close: () => Promise.resolve(redis.disconnect()),
  };
}

/**
 * BullMQ's SQL names its tables without a schema, so its connections need `search_path=bullmq`, which must not reach the
 * application's statements: hence a second pool, from the same settings. Losing the last moments of the queue in a
 * crash of the server is mended by the sweep, so these connections, and only these, need not wait for the disk (measured:
 * 1.6 to 2 times the flows per second on a busy machine).
 */
function openPostgres(shared: Pool, targets: readonly string[], log: Log): Backend & { prepare(): Promise<void> } {
  const { options: ownOptions, password } = shared.options;
  const settings = [ownOptions, `-c search_path=${DEFAULT_SCHEMA}`, "-c synchronous_commit=off"];
  const pool = new Pool({
    ...shared.options,
    ...(password === undefined ? {} : { password }), // pg-pool hides it from enumeration
    options: settings.filter(Boolean).join(" "),
    max: queuePoolSize(targets),
    keepAlive: true, // lets an idle worker sleep longer than BullMQ's cautious 10 s
    application_name: "lastday queue",
  });
  pool.setMaxListeners(0); // every queue and worker listens on the one pool
  pool.on("error", (error) => log.warn("queue database connection failed", { error: messageOf(error) }));
  const connection = pool as unknown as PgPool; // @types/pg writes the same listeners as one generic signature
  return {
    factory: (name, opts, extra) => createPostgresBackend(name, { ...opts, connection }, extra),
    ping: () => answerWithin2s(() => pool.query("SELECT 1")),
    async prepare() {
      const client = await pool.connect().catch((error: unknown) => {
        throw new QueueError("unreachable", "the queue's database does not answer", { cause: error });
      });
      client.on("error", () => undefined); // a lost connection fails the statement; without this it ends the process
      try {
        await runMigrations(client);
      } finally {
        client.release(true);
      }
    },
    async removeUnlessActive(jobs) {
      // BullMQ's own function looks for the lock and then deletes, and a worker may take the job in between. Here a row
      // that changes under the DELETE is looked at again. Dependencies go with their parent, by their foreign key.
      const { rows } = await retryDeadlocks(() =>
        pool.query<{ active: boolean }>(
          `WITH named AS (SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n(queue, id, position)),
                removed AS (
                  DELETE FROM job USING named WHERE job.queue = named.queue AND job.id = named.id
                     AND (lock_token IS NULL OR locked_until_ms <= extract(epoch FROM clock_timestamp()) * 1000)
                  RETURNING job.queue, job.id)
           SELECT job.id IS NOT NULL AND removed.id IS NULL AS active
             FROM named LEFT JOIN job USING (queue, id) LEFT JOIN removed USING (queue, id) ORDER BY position`,
          [jobs.map(({ queue }) => queue), jobs.map(({ id }) => id)],
        ),
      );
      return rows.map(({ active }) => active);
    },
    async findTorn(caseIds) {
      const { rows } = await pool.query<{ caseId: string }>(
        `SELECT DISTINCT parent_id AS "caseId" FROM job_dependency AS d
          WHERE parent_queue = $1 AND parent_id = ANY ($2) AND status = 'pending'
            AND NOT EXISTS (SELECT FROM job WHERE queue = d.child_queue AND id = d.child_id)`,
        [certifyQueue, caseIds],
      );
      return new Set(rows.map(({ caseId }) => caseId));
    },
    async waitsBelow(queue, rank) {
      // Read straight from BullMQ's index job_ready_idx: its own count visits every waiting job.
      const { rows } = await pool.query<{ waits: boolean }>(
        `SELECT EXISTS (SELECT FROM job WHERE queue = $1 AND state = 'waiting' AND priority < $2)
            AND NOT EXISTS (SELECT FROM meta WHERE queue = $1 AND field = 'paused' AND value = '1') AS waits`,
        [queue, rank],
      );
      return rows[0]?.waits ?? false;
    },
    async wipe() {
      const { rows } = await pool.query<{ tables: string | null }>(
        `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS tables
           FROM pg_tables WHERE schemaname = $1 AND tablename <> 'migration'`,
        [DEFAULT_SCHEMA],
      );
      const tables = rows[0]?.tables;
      if (tables) await retryDeadlocks(() => pool.query(`TRUNCATE ${tables}`));
    },
    // A worker that did not stop in time still holds its client; the pool would wait for it.
    close: () => settleWithin(2_000, pool.end()),
  };
}

/** Against workers under way: the end of a child, say, locks the child first, and a removal the parent. */
async function retryDeadlocks<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const isDeadlock = error instanceof Error && "code" in error && error.code === "40P01";
      if (!isDeadlock || attempt === 10) throw error;
    }
  }
}

async function answerWithin2s(ask: () => Promise<unknown>): Promise<void> {
  const late = new QueueError("unreachable", "the queue's server did not answer within 2 s");
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), 2_000);
  });
  try {
    await Promise.race([ask(), timeout]);
  } catch (error) {
    if (error === late) throw late;
    throw new QueueError("unreachable", "the queue's server does not answer", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a promise, but not longer than this; a rejection counts as settled. */
export async function settleWithin(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([
    promise.then(
      () => undefined,
      () => undefined,
    ),
    timeout,
  ]);
  clearTimeout(timer);
}
