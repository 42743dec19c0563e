export { applyMigrations, type ApplyMigrationsInput } from "./apply.ts";
export { MigrationError, type MigrationErrorCode } from "./error.ts";
export { migrationsFolder, readMigrations, type Migration } from "./folder.ts";
