import type { Migration } from "./folder.ts";
import { MigrationError } from "./error.ts";

/** A row of `_prisma_migrations`, those rolled back left out. */
export interface AppliedRow {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * What is left to apply, once the database's history proves to be the beginning of ours.
 *
 * @throws {MigrationError} `unfinished-migration`, `changed-migration`, `database-newer` or `foreign-database`: going
 * on from any of these would build on a schema that nobody has described.
 */
export function pendingMigrations(known: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  const unfinished = applied.find((row) => !row.finished);
  if (unfinished !== undefined) {
    throw new MigrationError(
      "unfinished-migration",
      `Migration ${unfinished.name} was begun by another tool and never finished. Repair the schema, then mark the row in _prisma_migrations as rolled back or finished`,
    );
  }
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  const unknown = applied.filter((row) => !byName.has(row.name)).map((row) => row.name);
  if (unknown.length > 0 && unknown.length === applied.length) {
    throw new MigrationError(
      "foreign-database",
      `This database belongs to another program: it has the migrations ${unknown.join(", ")}. Name a database of Lastday's own`,
    );
  }
  if (unknown.length > 0) {
    throw new MigrationError(
      "database-newer",
      `This database was upgraded by a newer version of Lastday (${unknown.join(", ")}). Run that version, or restore a backup from before the upgrade`,
    );
  }
  for (const row of applied) {
    if (byName.get(row.name)?.checksum === row.checksum) continue;
    throw new MigrationError(
      "changed-migration",
      `Migration ${row.name} was applied with other contents than the file has now. Restore the file: an applied migration is never edited`,
    );
  }
  const done = new Set(applied.map((row) => row.name));
  return known.filter((migration) => !done.has(migration.name));
}
