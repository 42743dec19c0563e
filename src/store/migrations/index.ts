export { applyMigrations } from "./apply.ts";
export { migrationsFolder, readMigrations } from "./folder.ts";
