import { Client, DatabaseError } from "pg";
import { messageOf } from "../../domain/error.ts";
import { newId } from "../../domain/id.ts";
import type { Log } from "../../domain/ports.ts";
import { MigrationError } from "./error.ts";
import { migrationsFolder, readMigrations, type Migration } from "./folder.ts";
import { pendingMigrations, type AppliedRow } from "./history.ts";

/** The advisory lock of Prisma's own engine, so that a user who has it cannot migrate at the same time. */
const migrationLock = 72_707_369;

export interface ApplyMigrationsInput {
  readonly url: string;
  /** Left out: the `prisma/migrations` of this installation. */
  readonly folder?: string;
  readonly log: Log;
  /** How long to wait for another process that is migrating. */
  readonly lockTimeoutMs?: number;
}

/**
 * Brings the schema up to date: each migration in one transaction together with its row in `_prisma_migrations`,
 * whose columns and checksums are Prisma's. A crash anywhere leaves the migration out or in, never half done; hence
 * statements that cannot run in a transaction (CREATE INDEX CONCURRENTLY) have no place in one.
 *
 * @returns the names of those applied now, oldest first.
 * @throws {MigrationError}
 * @see https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories
 */
export async function applyMigrations({
  url,
  folder,
  log,
  lockTimeoutMs = 120_000,
}: ApplyMigrationsInput): Promise<string[]> {
  const known = await readMigrations(folder ?? migrationsFolder());
  if (known.length === 0) throw new MigrationError("no-migrations", "There is no migration in the migrations folder");
  const client = new Client({
    connectionString: url,
    application_name: "lastday migrations",
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30 * 60_000,
    keepAlive: true,
  });
  client.on("error", () => undefined); // the statement under way rejects with the reason
  await client.connect().catch((cause: unknown) => {
    throw new MigrationError("database-unreachable", `The database cannot be reached: ${messageOf(cause)}`, { cause });
  });
  try {
    await takeLock(client, lockTimeoutMs);
    const pending = pendingMigrations(known, await readHistory(client));
    for (const migration of pending) {
      const startedAt = performance.now();
      await applyOne(client, migration);
      log.info("migration applied", {
        migration: migration.name,
        durationMs: Math.round(performance.now() - startedAt),
      });
    }
    return pending.map((migration) => migration.name);
  } finally {
    await client.end().catch(() => undefined); // and with the session goes the lock
  }
}

async function takeLock(client: Client, lockTimeoutMs: number): Promise<void> {
  await setLockTimeout(client, lockTimeoutMs);
  try {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.code !== "55P03") throw cause;
    throw new MigrationError("migration-in-progress", "Another process has been migrating this database for too long", {
      cause,
    });
  }
  await setLockTimeout(client, 30_000); // a table that is in use must not make everybody queue up behind us
}

async function setLockTimeout(client: Client, ms: number): Promise<void> {
  await client.query("select set_config('lock_timeout', $1, false)", [String(ms)]);
}

/** The applied migrations; creates Prisma's table in an empty schema. */
async function readHistory(client: Client): Promise<AppliedRow[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = current_schema() order by 1",
  );
  if (!tables.some(({ name }) => name === "_prisma_migrations")) {
    if (tables.length > 0) {
      const names = tables.slice(0, 5).map(({ name }) => name);
      throw new MigrationError(
        "foreign-database",
        `This database holds tables of another program (${names.join(", ")}). Name an empty one`,
      );
    }
    await client.query(createHistory);
  }
  const { rows } = await client.query<AppliedRow>(
    `select migration_name as name, checksum, finished_at is not null as finished
     from _prisma_migrations where rolled_back_at is null order by started_at, migration_name`,
  );
  return rows;
}

/** @see prisma-engines, schema-engine/connectors/sql-schema-connector, the PostgreSQL flavour's migrations table */
const createHistory = `
  create table _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

async function applyOne(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query("begin");
    const before = await transactionId(client);
    await client.query(sql);
    if ((await transactionId(client)) !== before) throw new Error("it ends the transaction that it runs in");
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [newId(), checksum, name],
    );
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => undefined);
    throw new MigrationError(
      "migration-failed",
      `Migration ${name} failed and was rolled back: ${messageOf(cause)}${place(cause, sql)}`,
      { cause },
    );
  }
}

async function transactionId(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>("select pg_current_xact_id()::text as id");
  return rows[0]?.id;
}

function place(cause: unknown, sql: string): string {
  if (!(cause instanceof DatabaseError) || cause.position === undefined) return "";
  return ` (line ${sql.slice(0, Number(cause.position)).split("\n").length})`;
}
