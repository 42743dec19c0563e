import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { applyMigrations, readMigrations } from "../../src/store/migrations/index.ts";
import { silentLog } from "../../test/support/database.ts";
import { differences, readCatalog } from "./catalog.ts";
import { lastMigration } from "./create.ts";
import { diffSchemas } from "./schema-engine.ts";

export interface CheckInput {
  /** `prisma/migrations`. */
  readonly folder: string;
  /** The text of `schema.prisma`. */
  readonly schema: string;
  /** A throw-away server; two databases are made on it and dropped. */
  readonly adminUrl: string;
}

/**
 * Whether migrations and schema agree: the newest snapshot is the schema, and a database that went through all
 * migrations, hand-written SQL included, has what a database made from the schema at once has.
 *
 * @returns a sentence for each disagreement.
 */
export async function checkMigrations({ folder, schema, adminUrl }: CheckInput): Promise<string[]> {
  const last = await lastMigration(folder);
  if (last === null) return ["There is no migration: npm run db:create-migration -- <name>"];
  const complaints: string[] = [];
  if (!existsSync(join(folder, "migration_lock.toml"))) complaints.push("migration_lock.toml is missing");
  const { equal, sql } = await diffSchemas(last.snapshot, schema);
  if (!equal) {
    complaints.push(
      `schema.prisma has changed since ${last.name}; run npm run db:create-migration -- <name>\n${sql.trim()}`,
    );
  }
  const fresh = await diffSchemas(null, schema);
  const migrated = await withDatabase(adminUrl, async (url) => {
    await applyMigrations({ url, folder, log: silentLog });
    return readCatalog(url);
  });
  const described = await withDatabase(adminUrl, async (url) => {
    await execute(url, fresh.sql);
    return readCatalog(url);
  });
  return [...complaints, ...differences(migrated, described)];
}

/** How many migrations there are, for the sentence that all is well. */
export async function countMigrations(folder: string): Promise<number> {
  return (await readMigrations(folder)).length;
}

async function withDatabase<T>(adminUrl: string, act: (url: string) => Promise<T>): Promise<T> {
  const name = `check_${randomBytes(6).toString("hex")}`;
  await execute(adminUrl, `create database ${name} template template0`);
  try {
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    return await act(url.href);
  } finally {
    await execute(adminUrl, `drop database ${name} with (force)`);
  }
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 60_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
