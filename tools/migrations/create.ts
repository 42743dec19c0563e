import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diffSchemas } from "./schema-engine.ts";

export interface CreateMigrationInput {
  /** `prisma/migrations`. */
  readonly folder: string;
  /** The text of `schema.prisma`. */
  readonly schema: string;
  /** What changes: lower case words joined by `_`. */
  readonly name: string;
  /** Write the files even when the schema is unchanged: for triggers, checks, data. */
  readonly empty: boolean;
  readonly now: Date;
}

/**
 * Writes the next migration: the SQL from the last migration's snapshot to the schema as it is, and the new snapshot.
 *
 * @returns the new folder.
 * @throws {Error} with a sentence for whoever typed the command.
 */
export async function createMigration({ folder, schema, name, empty, now }: CreateMigrationInput): Promise<string> {
  if (!/^[a-z][a-z0-9_]{2,60}$/.test(name)) {
    throw new Error(`"${name}" is no migration name. Say what changes, in lower case: evidence_digest_required`);
  }
  const last = await lastMigration(folder);
  const { equal, sql } = await diffSchemas(last?.snapshot ?? null, schema);
  if (equal && !empty) {
    throw new Error("schema.prisma has not changed since the last migration. Only SQL to write? Add --empty");
  }
  const created = join(folder, `${stampAfter(last?.name ?? null, now)}_${name}`);
  await mkdir(created, { recursive: true });
  await writeFile(join(created, "migration.sql"), equal ? header : `${header}\n${sql}`);
  await writeFile(join(created, "schema.prisma"), schema);
  const lock = join(folder, "migration_lock.toml");
  if (!existsSync(lock)) await writeFile(lock, 'provider = "postgresql"\n');
  return created;
}

const header = `-- Why: 
-- Rollout: 
-- Locks: 
`;

export interface LastMigration {
  readonly name: string;
  /** The schema.prisma that it led to. */
  readonly snapshot: string;
}

export async function lastMigration(folder: string): Promise<LastMigration | null> {
  if (!existsSync(folder)) return null;
  const entries = await readdir(folder, { withFileTypes: true });
  const name = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .at(-1);
  if (name === undefined) return null;
  const snapshot = join(folder, name, "schema.prisma");
  if (!existsSync(snapshot)) throw new Error(`${snapshot} is missing: it is what the next migration starts from`);
  return { name, snapshot: await readFile(snapshot, "utf8") };
}

/** UTC to the second, and always after the last one: migrations apply in the order of their names. */
function stampAfter(last: string | null, now: Date): string {
  const stamp = stampOf(now);
  if (last === null || stamp > last.slice(0, 14)) return stamp;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_/.exec(last) ?? [];
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return stampOf(new Date(Date.UTC(year, month - 1, day, hour, minute, second + 1)));
}

function stampOf(at: Date): string {
  return at.toISOString().replace(/\D/g, "").slice(0, 14);
}
