import { Redis } from "ioredis";
import { checkDatabase } from "../../../src/cli/doctor/database.ts";
import { checkRedis } from "../../../src/cli/doctor/redis.ts";
import { useDatabase } from "../../support/database.ts";
import { describeWithRedis, useRedis } from "../../support/redis.ts";
import { quiet } from "./run.ts";

const database = useDatabase();

const levels = (findings: readonly { check: string; level: string }[]): string[] =>
  findings.map(({ check, level }) => `${check} ${level}`);

describe("the database", () => {
  it("is fine when it answers, keeps time and seals its audit", async () => {
    expect(levels(await checkDatabase(database.url, quiet))).toEqual(["database ok", "clock ok", "audit ok"]);
  });

  it("I10 a row that waits for its place in the chain is an alarm", async () => {
    await database.pool.query(`INSERT INTO audit (actor, action, data) VALUES ('system', 'test.made', '{}')`);
    await database.pool.query(`UPDATE audit_pending SET at = now() - interval '1 minute'`);

    expect(await checkDatabase(database.url, quiet)).toContainEqual(
      expect.objectContaining({ check: "audit", level: "warning", what: expect.stringContaining("60 s") }),
    );
  });

  it("T12 that cannot be used is named without its password", async () => {
    const url = new URL(database.url);
    url.password = "hunter2-wrong";
    url.port = "1";

    const findings = await checkDatabase(url.href, quiet);

    expect(levels(findings)).toEqual(["database error"]);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
  });
});

describeWithRedis("Redis", () => {
  const redis = useRedis({ own: true });

  it.each([
    { policy: "noeviction", appendonly: "yes", expected: ["redis ok", "redis ok", "redis ok"] },
    { policy: "allkeys-lru", appendonly: "yes", expected: ["redis ok", "redis error", "redis ok"] },
    { policy: "noeviction", appendonly: "no", expected: ["redis ok", "redis ok", "redis warning"] },
  ])("T28 with $policy and appendonly $appendonly: $expected", async ({ policy, appendonly, expected }) => {
    const client = new Redis(redis.url);
    await client.config("SET", "maxmemory-policy", policy);
    await client.config("SET", "appendonly", appendonly);
    client.disconnect();

    expect(levels(await checkRedis(redis.url))).toEqual(expected);
  });

  it("that refuses CONFIG, as managed ones do, is a warning", async () => {
    const client = new Redis(redis.url);
    await client.call("ACL", "SETUSER", "managed", "on", ">pw", "~*", "+@all", "-config");
    client.disconnect();
    const url = new URL(redis.url);
    url.username = "managed";
    url.password = "pw";

    expect(levels(await checkRedis(url.href))).toEqual(["redis ok", "redis warning"]);
  });

  it("that does not answer is named", async () => {
    const findings = await checkRedis("redis://:hunter2@127.0.0.1:1");

    expect(findings).toEqual([
      expect.objectContaining({ level: "error", what: expect.stringContaining("ECONNREFUSED") }),
    ]);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
  });
});
