/** `npm run db:check`: whether prisma/schema.prisma and prisma/migrations describe the same database. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { testServer } from "../test/support/database.ts";
import { checkMigrations, countMigrations } from "./migrations/check.ts";

const prisma = join(import.meta.dirname, "..", "prisma");
const folder = join(prisma, "migrations");
const schema = await readFile(join(prisma, "schema.prisma"), "utf8");
const server = await testServer();
try {
  const complaints = await checkMigrations({ folder, schema, adminUrl: server.adminUrl });
  for (const complaint of complaints) console.error(`- ${complaint}`);
  if (complaints.length > 0) process.exitCode = 1;
  else console.log(`The schema and its ${await countMigrations(folder)} migrations agree.`);
} finally {
  await server.stop();
}
