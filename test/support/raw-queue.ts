import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  FlowProducer,
  type IQueueBackend,
  type PgPool,
  Queue,
  Worker,
} from "bullmq";
import { Redis } from "ioredis";
import { Pool } from "pg";
import type { World } from "./world.ts";

/** BullMQ itself on a world's queue: what a test does to it behind the product's back. */
export interface RawQueue {
  /** Deletes everything, as FLUSHALL or TRUNCATE by an operator would. */
  readonly wipe: () => Promise<void>;
  /** Deletes a job's data and leaves every reference to it. */
  readonly loseJob: (queue: string, id: string) => Promise<void>;
  /** Adds a case's flow in which a failed child is kept and stops its parent for good. */
  readonly addStoppedFlow: (caseId: string, target: string) => Promise<void>;
  /** In which state BullMQ holds a job; null when it has none of this id. */
  readonly stateOf: (queue: string, id: string) => Promise<string | null>;
  /** Every key and value, as text. */
  readonly dump: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const prefix = "lastday";
const bull = { connection: {}, prefix };

export async function openRawQueue(world: World): Promise<RawQueue> {
  const raw = world.redis === null ? onPostgres(await world.databaseUrl()) : onRedis(world.redis.url);
  const { factory } = raw;

  async function stateOf(name: string, id: string): Promise<string | null> {
    const queue = new Queue(name, { ...bull, skipMetasUpdate: true }, factory);
    queue.on("error", () => undefined);
    try {
      return (await queue.getJob(id)) === undefined ? null : await queue.getJobState(id);
    } finally {
      await queue.close();
    }
  }

  return {
    wipe: raw.wipe,
    loseJob: raw.loseJob,
    dump: raw.dump,
    stateOf,
    async addStoppedFlow(caseId, target) {
      const name = `target-${target}`;
      const id = `${caseId}.${target}`;
      const producer = new FlowProducer<IQueueBackend>(bull, factory);
      producer.on("error", () => undefined);
      const child = { name: "case", queueName: name, data: { caseId }, opts: { jobId: id, removeOnFail: false } };
      await producer.add({
        name: "certify",
        queueName: "certify",
        data: { caseId },
        opts: { jobId: caseId },
        children: [child],
      });
      await producer.close();
      const worker = new Worker(name, () => Promise.reject(new Error("fails, and is kept")), bull, factory);
      worker.on("error", () => undefined);
      await new Promise((resolve) => worker.once("failed", resolve));
      await worker.close(true);
    },
    close: raw.close,
  };
}

interface Raw {
  readonly factory: BackendFactory;
  readonly wipe: () => Promise<void>;
  readonly loseJob: (queue: string, id: string) => Promise<void>;
  readonly dump: () => Promise<string>;
  readonly close: () => Promise<void>;
}

function onRedis(url: string): Raw {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  return {
    factory: (name, opts, extra) => createRedisBackend(name, { ...opts, connection: redis }, extra),
    wipe: async () => void (await redis.flushall()),
    loseJob: async (queue, id) => void (await redis.del(`${prefix}:${queue}:${id}`)),
    async dump() {
      const lines: string[] = [];
      for await (const keys of redis.scanStream({ count: 1_000 })) {
        for (const key of (keys as unknown[]).map(String))
          lines.push(`${key} ${JSON.stringify(await readKey(redis, key))}`);
      }
      return lines.join("\n");
    },
    close: () => Promise.resolve(redis.disconnect()),
  };
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case "string":
      return redis.get(key);
    case "hash":
      return redis.hgetall(key);
    case "list":
      return redis.lrange(key, 0, -1);
    case "set":
      return redis.smembers(key);
    case "zset":
      return redis.zrange(key, "0", "-1");
    case "stream":
      return redis.xrange(key, "-", "+");
    default:
      return null; // gone meanwhile
  }
}

function onPostgres(url: string): Raw {
  const pool = new Pool({ connectionString: url, options: "-c search_path=bullmq", max: 4 });
  pool.on("error", () => undefined);
  const connection = pool as unknown as PgPool; // the same listeners, typed as overloads
  return {
    factory: (name, opts, extra) => createPostgresBackend(name, { ...opts, connection }, extra),
    wipe: async () => void (await pool.query("TRUNCATE job, job_dependency, job_log, meta, event, dedup, rate_limit")),
    loseJob: async (queue, id) => void (await pool.query("DELETE FROM job WHERE queue = $1 AND id = $2", [queue, id])),
    async dump() {
      const { rows } = await pool.query<{ line: string }>(
        "SELECT row_to_json(j)::text AS line FROM job j UNION ALL SELECT row_to_json(e)::text FROM event e",
      );
      return rows.map(({ line }) => line).join("\n");
    },
    close: () => pool.end(),
  };
}
