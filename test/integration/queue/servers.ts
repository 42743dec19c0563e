/** The two servers that every test of this room runs on, with what a test may do to them behind the queue's back. */
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  FlowProducer,
  type IQueueBackend,
  type PgPool,
  Queue,
} from "bullmq";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { type CaseQueue, type CaseQueueOptions, openCaseQueue } from "../../../src/queue/case-queue.ts";
import { silentLog, useDatabase } from "../../support/database.ts";
import { describeWithRedis, useRedis } from "../../support/redis.ts";

const prefix = "lastday";

export interface TestServer {
  /** Opens a queue as one more process would; closed after the test if the test did not. */
  open(options?: Partial<CaseQueueOptions>): Promise<CaseQueue>;
  /** How another process reaches the server: kind and URL. */
  address(): [kind: string, url: string];
  /** BullMQ itself, to add what we would not. */
  producer(): FlowProducer<IQueueBackend>;
  /** Every job in these queues, as stored. */
  jobs(queues: readonly string[]): Promise<{ id?: string | undefined; name: string; data: unknown; delay: number }[]>;
  /** Everything that the server holds, as text. */
  dump(): Promise<string>;
  /** Deletes a job's data and leaves every reference to it. */
  loseJob(queue: string, id: string): Promise<void>;
  /** Everything gone, as by FLUSHALL or TRUNCATE. */
  flush(): Promise<void>;
  /** Cuts every connection of the queue. */
  cutConnections(): Promise<void>;
  /** From now on the server refuses to take jobs. */
  refuseJobs(): Promise<void>;
  /** Where tying a child to its parent takes several steps, it now pauses in between. */
  slowDownTying(): Promise<void>;
}

interface Raw {
  readonly factory: BackendFactory;
  readonly backend: CaseQueueOptions["backend"];
  readonly url: string;
  dump(): Promise<string>;
  loseJob(queue: string, id: string): Promise<void>;
  flush(): Promise<void>;
  cutConnections(): Promise<void>;
  refuseJobs(): Promise<void>;
  slowDownTying(): Promise<void>;
  /** Undoes the two above. */
  recover(): Promise<void>;
  end(): Promise<void>;
}

/** The same tests on both servers. Each test begins with an empty one. */
export function describeOnBoth(name: string, tests: (server: TestServer) => void): void {
  describeWithRedis(`${name} on redis`, () => tests(useServer("redis", useRawRedis())));
  describe(`${name} on postgres`, () => tests(useServer("postgres", useRawPostgres())));
}

function useServer(kind: "redis" | "postgres", connect: () => Raw): TestServer {
  const bull = { connection: {}, prefix };
  let opened: { close(): Promise<void> }[] = [];
  let raw: Raw;

  const open = async (options: Partial<CaseQueueOptions> = {}): Promise<CaseQueue> => {
    const { backend } = raw;
    const queue = await openCaseQueue({ targets: ["a", "b", "c"], log: silentLog, backend, ...options });
    opened.push({ close: () => queue.close(0) });
    return queue;
  };
  beforeEach(async () => {
    raw = connect();
    const queue = await open();
    await raw.flush();
    await queue.close();
  });
  afterEach(async () => {
    await Promise.all(opened.map((part) => part.close()));
    opened = [];
    await raw.recover();
    await raw.end();
  });

  return {
    open,
    address: () => [kind, raw.url],
    producer() {
      const producer = new FlowProducer<IQueueBackend>(bull, raw.factory);
      producer.on("error", () => undefined);
      opened.push(producer);
      return producer;
    },
    async jobs(names) {
      const found = names.map(async (name) => {
        const queue = new Queue(name, { ...bull, skipMetasUpdate: true }, raw.factory);
        queue.on("error", () => undefined);
        const jobs = await queue.getJobs(["waiting", "prioritized", "delayed", "active", "waiting-children", "failed"]);
        await queue.close();
        return jobs;
      });
      return (await Promise.all(found)).flat();
    },
    dump: () => raw.dump(),
    loseJob: (queue, id) => raw.loseJob(queue, id),
    flush: () => raw.flush(),
    cutConnections: () => raw.cutConnections(),
    refuseJobs: () => raw.refuseJobs(),
    slowDownTying: () => raw.slowDownTying(),
  };
}

function useRawRedis(): () => Raw {
  const server = useRedis({ own: true }); // it is flushed and cut off here
  return () => {
    const { url } = server;
    const redis = new Redis(url, { maxRetriesPerRequest: null });
    return {
      url,
      backend: { kind: "redis", url },
      factory: (name, opts, extra) => createRedisBackend(name, { ...opts, connection: redis }, extra),
      async dump() {
        const keys = await redis.keys("*");
        return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await redisText(redis, key)])));
      },
      loseJob: async (queue, id) => void (await redis.del(`${prefix}:${queue}:${id}`)),
      flush: async () => void (await redis.flushall()),
      cutConnections: async () => void (await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")),
      refuseJobs: async () => void (await redis.set(`${prefix}:target-a:id`, "not a number")),
      slowDownTying: () => Promise.resolve(), // each change is one step
      recover: async () => void (await redis.del(`${prefix}:target-a:id`)),
      end: async () => redis.disconnect(),
    };
  };
}

function useRawPostgres(): () => Raw {
  const database = useDatabase({ migrated: false });
  return () => {
    const { url, pool: shared } = database;
    const pool = new Pool({ connectionString: url, options: "-c search_path=bullmq" });
    pool.setMaxListeners(0).on("error", () => undefined);
    const connection = pool as unknown as PgPool; // the same listeners, typed as overloads
    const run = async (sql: string, values: unknown[] = []): Promise<void> =>
      void (await (values.length > 0 ? pool.query(sql, values) : pool.query(sql)));
    return {
      url,
      backend: { kind: "postgres", pool: shared },
      factory: (name, opts, extra) => createPostgresBackend(name, { ...opts, connection }, extra),
      async dump() {
        const { rows } = await pool.query(
          `SELECT query_to_xml(format('SELECT * FROM %I.%I', schemaname, tablename), true, false, '')::text AS content
             FROM pg_tables WHERE schemaname = 'bullmq'`,
        );
        return JSON.stringify(rows);
      },
      loseJob: (queue, id) => run("DELETE FROM job WHERE queue = $1 AND id = $2", [queue, id]),
      async flush() {
        const truncate = "TRUNCATE job, job_dependency, job_log, meta, event, dedup, rate_limit";
        const isDone = async (): Promise<boolean> =>
          run(truncate).then(
            () => true,
            () => false,
          );
        while (!(await isDone())); // a worker in the middle of a statement may deadlock with it
      },
      cutConnections: () =>
        run(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        ),
      refuseJobs: () => run("ALTER TABLE job ADD CONSTRAINT refused CHECK (false) NOT VALID"),
      slowDownTying: () =>
        run(`CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS
               'BEGIN PERFORM pg_sleep(0.4); RETURN coalesce(NEW, OLD); END';
             CREATE TRIGGER slow AFTER INSERT ON job_dependency FOR EACH ROW EXECUTE FUNCTION pause()`),
      recover: () => run("ALTER TABLE job DROP CONSTRAINT IF EXISTS refused; DROP FUNCTION IF EXISTS pause() CASCADE"),
      end: () => pool.end(),
    };
  };
}

async function redisText(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
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
      return redis.get(key);
  }
}
