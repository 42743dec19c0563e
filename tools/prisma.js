/**
 * Runs `prisma generate|validate|format` without the schema engine, which would be a download.
 * `migrate` is refused: with a stand-in engine it exits 0 having applied nothing (docs/adr/0003).
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const [command] = process.argv.slice(2);
if (!["generate", "validate", "format"].includes(command ?? "")) {
  console.error("tools/prisma.js runs generate, validate or format. Migrations: npm run db:create-migration -- <name>");
  process.exit(2);
}
const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
const env = {
  ...process.env,
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  CHECKPOINT_DISABLE: "1",
};
const { status } = spawnSync(process.execPath, [cli, command], { stdio: "inherit", env });
process.exit(status ?? 1);
