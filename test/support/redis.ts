import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { findRedisServer, requireAll } from "./programs.ts";
import { startRedisServer, type RedisServer } from "./redis-server.ts";

/** The Redis of this test file. Usable from the first `beforeEach` on. */
export interface TestRedis {
  readonly url: string;
  /** Of this file alone; its keys are removed after the file. */
  readonly prefix: string;
  /** The server's process, to be killed by a test of its death; null when it is shared. */
  readonly pid: number | null;
}

export interface UseRedisOptions {
  /** A server for this file alone: for tests that flush, stop or kill it. */
  readonly own?: boolean;
}

/** Whether tests with Redis can run here. In CI they must: there this is true, and a missing server is a failure. */
export const redisIsAvailable = requireAll || sharedUrl() !== null || findRedisServer() !== null;

/** Like `describe`; without a redis-server the tests appear as skipped, under a name that says why. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (redisIsAvailable) describe(name, tests);
  else describe.skip(`${name} (SKIPPED: redis-server is not installed)`, tests);
}

/** Call inside `describeWithRedis`. Uses LASTDAY_TEST_REDIS_URL, which `npm test` sets, else starts its own server. */
export function useRedis({ own = false }: UseRedisOptions = {}): TestRedis {
  const prefix = `test-${randomBytes(6).toString("hex")}`;
  let server: RedisServer | null = null;
  let url: string | null = null;
  beforeAll(async () => {
    url = own ? null : sharedUrl();
    if (url !== null) return;
    server = await startRedisServer();
    ({ url } = server);
  });
  afterAll(async () => {
    if (server !== null) await server.stop();
    else if (url !== null) await removeKeys(url, prefix);
  });
  return {
    prefix,
    get url() {
      if (url === null) throw new Error("useRedis: the server is there between beforeAll and afterAll");
      return url;
    },
    get pid() {
      return server?.pid ?? null;
    },
  };
}

function sharedUrl(): string | null {
  const url = process.env["LASTDAY_TEST_REDIS_URL"];
  return url === undefined || url === "" ? null : url;
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 500 })) {
      if ((keys as string[]).length > 0) await redis.unlink(keys as string[]);
    }
  } finally {
    redis.disconnect();
  }
}
