import { CodedError } from "../../domain/error.ts";

export type MigrationErrorCode =
  | "no-migrations"
  | "database-unreachable"
  | "migration-in-progress"
  | "foreign-database"
  | "database-newer"
  | "changed-migration"
  | "unfinished-migration"
  | "migration-failed";

/** Why the schema could not be brought up to date; nothing of the migration that is named was kept. */
export class MigrationError extends CodedError<MigrationErrorCode> {
  override readonly name = "MigrationError";
}
