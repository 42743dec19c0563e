import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type Pool } from "pg";
import type { Log } from "../../src/domain/ports.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded/index.ts";
import { applyMigrations, migrationsFolder, readMigrations } from "../../src/store/migrations/index.ts";
import { openPool } from "../../src/store/pool.ts";

/** A database of this test file alone. Usable from the first `beforeEach` on; ended and dropped after the file. */
export interface TestDatabase {
  readonly url: string;
  /** Of the same server, on its maintenance database. */
  readonly adminUrl: string;
  readonly pool: Pool;
}

export interface UseDatabaseOptions {
  /** False for an empty database; else it is a clone of one to which all migrations were applied. */
  readonly migrated?: boolean;
  /** Connections of the pool. */
  readonly max?: number;
}

/**
 * Call once at the top of a test file or describe block. Uses the server of LASTDAY_TEST_POSTGRES_URL, which
 * `npm test` sets, else starts one of its own for this file.
 */
export function useDatabase({ migrated = true, max = 20 }: UseDatabaseOptions = {}): TestDatabase {
  let current: (TestDatabase & { end(): Promise<void> }) | null = null;
  const present = (): TestDatabase => {
    if (current === null) throw new Error("useDatabase: the database is there between beforeAll and afterAll");
    return current;
  };
  beforeAll(async () => {
    const server = await testServer();
    try {
      const created = await createDatabase(server.adminUrl, migrated);
      const pool = openPool({ url: created.url, max, applicationName: "test", log: silentLog });
      const end = async (): Promise<void> => {
        await pool.end();
        await created.drop();
        await server.stop();
      };
      current = { url: created.url, adminUrl: server.adminUrl, pool, end };
    } catch (error) {
      await server.stop();
      throw error;
    }
  });
  afterAll(async () => {
    await current?.end();
    current = null;
  });
  return {
    get url() {
      return present().url;
    },
    get adminUrl() {
      return present().adminUrl;
    },
    get pool() {
      return present().pool;
    },
  };
}

export interface TestServer {
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** The shared test server, or one in a temporary folder that forgets everything. */
export async function testServer(): Promise<TestServer> {
  const shared = process.env["LASTDAY_TEST_POSTGRES_URL"];
  if (shared !== undefined && shared !== "") return { adminUrl: shared, stop: () => Promise.resolve() };
  const dataDir = await mkdtemp(join(tmpdir(), "lastday-test-"));
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, disposable: true });
  return {
    adminUrl: server.adminUrl,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Makes the template that test databases are cloned from, unless a database with these very migrations is there. */
export async function ensureTemplate(adminUrl: string): Promise<string> {
  const digest = createHash("sha256");
  for (const { checksum } of await readMigrations(migrationsFolder())) digest.update(checksum);
  const name = `lastday_template_${digest.digest("hex").slice(0, 16)}`;
  await asAdmin(adminUrl, async (admin) => {
    await admin.query("select pg_advisory_lock(hashtext($1))", [name]);
    const { rowCount } = await admin.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount !== 0) return;
    const staged = `${name}_${randomBytes(4).toString("hex")}`;
    await admin.query(`create database ${staged}`);
    await applyMigrations({ url: onDatabase(adminUrl, staged), log: silentLog });
    await admin.query(`alter database ${staged} rename to ${name}`);
  });
  return name;
}

async function createDatabase(adminUrl: string, migrated: boolean): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  const template = migrated ? await ensureTemplate(adminUrl) : "template0";
  await asAdmin(adminUrl, (admin) => admin.query(`create database ${name} template ${template}`));
  return {
    url: onDatabase(adminUrl, name),
    drop: () => asAdmin(adminUrl, async (admin) => void (await admin.query(`drop database ${name} with (force)`))),
  };
}

async function asAdmin<T>(adminUrl: string, act: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000, query_timeout: 60_000 });
  admin.on("error", () => undefined);
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.end();
  }
}

function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

const nothing = (): void => undefined;
/** For tests that do not look at the log. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, with: () => silentLog };
