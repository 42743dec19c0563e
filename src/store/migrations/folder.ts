import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MigrationError } from "./error.ts";

/** One step of the schema's history, as it lies in `prisma/migrations/<utc>_<what_changes>/migration.sql`. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal, as Prisma computes it. */
  readonly checksum: string;
}

/** The `prisma/migrations` that belongs to this code, whether it runs from the sources or from `dist`. */
export function migrationsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, "prisma", "migrations");
    if (existsSync(join(candidate, "migration_lock.toml"))) return candidate;
    if (folder === dirname(folder)) {
      throw new MigrationError("no-migrations", "The folder prisma/migrations is missing from this installation");
    }
  }
}

/**
 * All migrations of a folder, in the order they apply.
 *
 * @throws {MigrationError} `no-migrations` when the folder is unreadable or one has no SQL: applying the others would
 * leave a schema that nobody described.
 */
export async function readMigrations(folder: string): Promise<Migration[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return await Promise.all(names.sort().map((name) => readMigration(folder, name)));
  } catch (cause) {
    throw new MigrationError("no-migrations", `The migrations in ${folder} cannot be read`, { cause });
  }
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const bytes = await readFile(join(folder, name, "migration.sql"));
  return { name, sql: bytes.toString("utf8"), checksum: createHash("sha256").update(bytes).digest("hex") };
}
