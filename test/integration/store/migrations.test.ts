import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { applyMigrations, migrationsFolder } from "../../../src/store/migrations/index.ts";
import { silentLog, useDatabase } from "../../support/database.ts";

const database = useDatabase({ migrated: false });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastday-migrations-"));
  await database.pool.query("drop schema public cascade");
  await database.pool.query("create schema public");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

const apply = (more: { lockTimeoutMs?: number } = {}) =>
  applyMigrations({ url: database.url, folder, log: silentLog, ...more });

async function tables(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1",
  );
  return rows.map(({ name }) => name);
}

const first = "create table first (id int); insert into first values (1);";

describe("applyMigrations", () => {
  it("applies what is missing, in order, once", async () => {
    await write("20270101000000_first", first);
    const once = await apply();
    await write("20270102000000_second", "create table second (id int); alter table first add column n int;");
    const twice = await apply();
    const again = await apply();

    expect([once, twice, again]).toEqual([["20270101000000_first"], ["20270102000000_second"], []]);
    expect(await tables()).toEqual(["first", "second"]);
  });

  it("writes the history as Prisma does", async () => {
    await write("20270101000000_first", first);
    await apply();

    const { rows } = await database.pool.query(
      `select length(id) as id, checksum, finished_at >= started_at as finished, migration_name, logs, rolled_back_at, applied_steps_count
       from _prisma_migrations`,
    );

    expect(rows).toEqual([
      {
        id: 36,
        checksum: "55e82b5c79deaf4ef4fe42c85290129b63547924a8b698d2de3663e3b3e8cf3b",
        finished: true,
        migration_name: "20270101000000_first",
        logs: null,
        rolled_back_at: null,
        applied_steps_count: 1,
      },
    ]);
  });

  it("applies each once when several processes start together", async () => {
    await write("20270101000000_first", `${first} select pg_sleep(0.2);`);
    await write("20270102000000_second", "create table second (id int);");

    const results = await Promise.all([apply(), apply(), apply()]);

    expect(results.flat()).toEqual(["20270101000000_first", "20270102000000_second"]);
  });

  it.each([
    {
      name: "a statement fails",
      sql: "create table second (id int);\nselect 1/0;",
      reason: /20270102000000_second.*division by zero/,
    },
    {
      name: "the SQL is wrong",
      sql: "create table second (id int);\n\ncreate tabel third ();",
      reason: /tabel.*\(line 3\)/,
    },
    {
      name: "it ends its own transaction",
      sql: "create table second (id int); rollback; begin;",
      reason: /ends the transaction/,
    },
    {
      name: "it cannot run in a transaction",
      sql: "create index concurrently x on first (id);",
      reason: /transaction block/,
    },
  ])("F15 I20 keeps all before it and nothing of it when $name", async ({ sql, reason }) => {
    await write("20270101000000_first", first);
    await write("20270102000000_second", sql);

    await expect(apply()).rejects.toMatchObject({ code: "migration-failed", message: expect.stringMatching(reason) });
    expect(await tables()).toEqual(["first"]);

    await write("20270102000000_second", "create table second (id int);");
    expect(await apply()).toEqual(["20270102000000_second"]);
  });

  it("F15 I20 a process killed inside a migration leaves nothing of it, and the next start applies it", async () => {
    await write("20270101000000_first", `${first} select pg_sleep(60); create table last (id int);`);
    const killed = apply().catch((error: unknown) => error);
    for (let found = 0; found === 0; await sleep(10)) {
      const { rowCount } = await database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'lastday migrations' and datname = current_database() and query like '%pg_sleep%' and wait_event = 'PgSleep'`,
      );
      found = rowCount ?? 0;
    }
    expect(await killed).toMatchObject({ code: "migration-failed" });
    expect(await tables()).toEqual([]);
    await write("20270101000000_first", first);
    expect(await apply()).toEqual(["20270101000000_first"]);
  });

  it.each([
    { code: "changed-migration", spoil: () => write("20270101000000_first", `${first} -- edited`) },
    {
      code: "unfinished-migration",
      spoil: () => database.pool.query("update _prisma_migrations set finished_at = null"),
    },
    {
      code: "database-newer",
      spoil: () => rm(join(folder, "20270102000000_second"), { recursive: true }),
    },
    {
      code: "foreign-database",
      spoil: () => database.pool.query("update _prisma_migrations set migration_name = 'shop_' || migration_name"),
    },
    { code: "no-migrations", spoil: () => rm(join(folder, "20270101000000_first", "migration.sql")) },
    { code: "no-migrations", spoil: () => rm(folder, { recursive: true }) },
  ])("F22 refuses to start on $code and changes nothing", async ({ code, spoil }) => {
    await write("20270101000000_first", first);
    await write("20270102000000_second", "create table second (id int);");
    await apply();
    await spoil();
    const before = await tables();

    await expect(apply()).rejects.toMatchObject({ code });
    expect(await tables()).toEqual(before);
  });

  it("F22 refuses a database that holds somebody else's tables", async () => {
    await database.pool.query("create table orders (id int)");
    await write("20270101000000_first", first);

    await expect(apply()).rejects.toMatchObject({
      code: "foreign-database",
      message: expect.stringContaining("orders"),
    });
    expect(await tables()).toEqual(["orders"]);
  });

  it("passes over a row that was marked as rolled back", async () => {
    await write("20270101000000_first", "create table if not exists first (id int);");
    await apply();
    await database.pool.query("update _prisma_migrations set rolled_back_at = now()");

    expect(await apply()).toEqual(["20270101000000_first"]);
  });

  it("gives up on a process that migrates for ever, and says so", async () => {
    await write("20270101000000_first", first);
    const holder = await database.pool.connect();
    await holder.query("select pg_advisory_lock(72707369)");
    const attempt = apply({ lockTimeoutMs: 100 });

    await expect(attempt).rejects.toMatchObject({ code: "migration-in-progress" });
    await holder.query("select pg_advisory_unlock(72707369)");
    holder.release();
    expect(await apply()).toEqual(["20270101000000_first"]);
  });

  it("F22 names a database that cannot be reached", async () => {
    await write("20270101000000_first", first);
    const nowhere = applyMigrations({ url: "postgresql://x:y@127.0.0.1:1/z", folder, log: silentLog });

    await expect(nowhere).rejects.toMatchObject({
      code: "database-unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

describe("migrationsFolder", () => {
  it("finds the project's own migrations, and they apply", async () => {
    const applied = await applyMigrations({ url: database.url, log: silentLog });

    expect(migrationsFolder()).toMatch(/prisma[\\/]migrations$/);
    expect(applied[0]).toMatch(/^\d{14}_spine$/);
  });
});
