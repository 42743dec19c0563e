import { Redis } from "ioredis";
import { messageOf } from "../../domain/error.ts";
import { failure, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/**
 * A Redis that may lose or evict jobs still loses nothing for us (the database is the truth), but work would stop until
 * the sweep finds it: so it must keep what it is given (trust rule 19).
 */
export async function checkRedis(url: string): Promise<Finding[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    connectionName: "lastday doctor",
  });
  let refusal: Error | null = null; // tells more than the command that fails of it
  redis.on("error", (error: Error) => (refusal = error));
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "of unknown version";
    return [
      Number.parseInt(version, 10) >= 6
        ? ok("redis", `Redis ${version}`)
        : failure("redis", `Redis ${version} is too old`, "Use Redis 7 or later."),
      ...(await keepsFindings(redis)),
    ];
  } catch (error) {
    return [
      failure("redis", `Redis cannot be used: ${messageOf(refusal ?? error)}`, "Check queue.redisUrl (REDIS_URL)."),
    ];
  } finally {
    if (redis.status !== "end") redis.disconnect();
  }
}

async function keepsFindings(redis: Redis): Promise<Finding[]> {
  const policy = await setting(redis, "maxmemory-policy");
  const appendOnly = await setting(redis, "appendonly");
  if (policy === null || appendOnly === null) {
    return [
      warning(
        "redis",
        "CONFIG is refused, as managed services do: eviction and persistence cannot be checked",
        "See in its console that maxmemory-policy is noeviction and that AOF is on.",
      ),
    ];
  }
  return [
    policy === "noeviction"
      ? ok("redis", "keeps what it is given (noeviction)")
      : failure(
          "redis",
          `Redis may drop jobs when its memory is full (${policy})`,
          "CONFIG SET maxmemory-policy noeviction",
        ),
    appendOnly === "yes"
      ? ok("redis", "writes to disk (AOF)")
      : warning(
          "redis",
          "Redis forgets jobs at a restart; they come back within a minute",
          "CONFIG SET appendonly yes",
        ),
  ];
}

/** Null where the server refuses CONFIG. */
async function setting(redis: Redis, name: string): Promise<string | null> {
  try {
    const reply: unknown = await redis.config("GET", name);
    return Array.isArray(reply) && typeof reply[1] === "string" ? reply[1] : null;
  } catch {
    return null;
  }
}
