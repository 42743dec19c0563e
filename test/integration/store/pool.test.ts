import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { Log } from "../../../src/domain/ports.ts";
import { inTransaction, openPool } from "../../../src/store/pool.ts";
import { openPrisma } from "../../../src/store/prisma.ts";
import { silentLog, useDatabase } from "../../support/database.ts";

const database = useDatabase();

beforeAll(async () => {
  await database.pool.query("create table counter (id int primary key, n int not null)");
});

beforeEach(async () => {
  await database.pool.query("truncate counter");
  await database.pool.query("insert into counter values (1, 0), (2, 0)");
});

const countOf = async (id: number): Promise<number | undefined> => {
  const { rows } = await database.pool.query<{ n: number }>("select n from counter where id = $1", [id]);
  return rows[0]?.n;
};

describe("openPool", () => {
  it("gives every connection time-outs, as the server sees them", async () => {
    const { rows } = await database.pool.query(
      `select name, setting::int as ms from pg_settings
       where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by name`,
    );

    expect(rows).toEqual([
      { name: "idle_in_transaction_session_timeout", ms: 30_000 },
      { name: "lock_timeout", ms: 10_000 },
      { name: "statement_timeout", ms: 15_000 },
    ]);
  });

  it("passes server settings on and names its connections", async () => {
    const pool = openPool({
      url: database.url,
      max: 1,
      applicationName: "queue",
      log: silentLog,
      options: "-c search_path=bullmq,public",
    });
    const { rows } = await pool.query(
      "select current_setting('search_path') as path, current_setting('application_name') as name",
    );
    await pool.end();

    expect(rows).toEqual([{ path: "bullmq,public", name: "queue" }]);
  });

  it("F03 an idle connection that dies is reported and replaced; the process lives", async () => {
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (message) => void warnings.push(message) };
    const pool = openPool({ url: database.url, max: 1, applicationName: "victim", log });
    await pool.query("select 1");

    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'",
    );
    while (warnings.length === 0) await sleep(5);
    const { rows } = await pool.query("select 1 as alive");
    await pool.end();

    expect(warnings).toEqual(["database connection lost"]);
    expect(rows).toEqual([{ alive: 1 }]);
  });
});

describe("a connection in somebody's hands", () => {
  it("F03 may die without a listener: the next statement fails, the process lives", async () => {
    const client = await database.pool.connect();
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const gone = new Promise((resolve) => client.once("end", resolve));
    await database.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await gone;

    await expect(client.query("select 1")).rejects.toThrow(/not queryable|terminated/);
    client.release(true);
  });
});

describe("inTransaction", () => {
  it("commits what the work did", async () => {
    const result = await inTransaction(database.pool, async (client) => {
      await client.query("update counter set n = 7 where id = 1");
      return "done";
    });

    expect([result, await countOf(1)]).toEqual(["done", 7]);
  });

  it.each([
    { name: "the work throws", reason: "no", fail: () => Promise.reject(new Error("no")) },
    {
      name: "a statement fails",
      fail: (client: { query(sql: string): Promise<unknown> }) => client.query("select 1/0"),
    },
  ])("keeps nothing when $name, and the connection is clean", async ({ fail, reason }) => {
    const work = inTransaction(database.pool, async (client) => {
      await client.query("update counter set n = 7 where id = 1");
      await fail(client);
    });

    await expect(work).rejects.toThrow(reason);
    expect(await countOf(1)).toBe(0);
    await expect(inTransaction(database.pool, (client) => client.query("select 1"))).resolves.toBeDefined();
  });

  it("refuses to report success when the work hid a failed statement", async () => {
    const work = inTransaction(database.pool, async (client) => {
      await client.query("update counter set n = 7 where id = 1");
      await client.query("select 1/0").catch(() => undefined);
    });

    await expect(work).rejects.toMatchObject({ code: "not-committed" });
    expect(await countOf(1)).toBe(0);
  });

  it("F03 never reports success when the connection is cut before the commit", async () => {
    const work = inTransaction(database.pool, async (client) => {
      await client.query("update counter set n = 7 where id = 1");
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      const gone = new Promise((resolve) => client.once("end", resolve));
      await database.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      await gone;
    });

    await expect(work).rejects.toThrow(/terminat|not queryable|closed/i);
    expect(await countOf(1)).toBe(0);
  });

  it("runs conflicting serializable work again until each has counted", async () => {
    const add = () =>
      inTransaction(
        database.pool,
        async (client) => {
          const { rows } = await client.query<{ n: number }>("select n from counter where id = 1");
          await client.query("update counter set n = $1 where id = 1", [(rows[0]?.n ?? 0) + 1]);
        },
        { isolation: "serializable" },
      );

    await Promise.all([add(), add(), add(), add()]);

    expect(await countOf(1)).toBe(4);
  });

  it("runs the victim of a deadlock again", async () => {
    const together = barrier(2);
    const addInOrder = (first: number, second: number) =>
      inTransaction(database.pool, async (client) => {
        await client.query("update counter set n = n + 1 where id = $1", [first]);
        await together();
        await client.query("update counter set n = n + 1 where id = $1", [second]);
      });

    await Promise.all([addInOrder(1, 2), addInOrder(2, 1)]);

    expect([await countOf(1), await countOf(2)]).toEqual([2, 2]);
  });
});

describe("openPrisma", () => {
  it("reads and writes through the same pool, and leaves it open", async () => {
    const prisma = openPrisma(database.pool);
    const before = await prisma.person.count();
    await prisma.$disconnect();

    expect(before).toBe(0);
    await expect(database.pool.query("select 1")).resolves.toBeDefined();
  });
});

describe("useDatabase", () => {
  it("gives this file a database of its own", async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>("select current_database() as name");
    await client.end();

    expect(rows[0]?.name).toMatch(/^test_[0-9a-f]{16}$/);
  });
});

/** Lets the first `parties` callers through together; whoever comes later passes. */
function barrier(parties: number): () => Promise<void> {
  let arrived = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    arrived += 1;
    if (arrived >= parties) open();
    return opened;
  };
}
