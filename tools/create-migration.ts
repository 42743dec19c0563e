/** `npm run db:create-migration -- <what_changes> [--empty]`: writes the next folder of prisma/migrations. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../src/domain/error.ts";
import { createMigration } from "./migrations/create.ts";

const prisma = join(import.meta.dirname, "..", "prisma");
const [name = "", ...options] = process.argv.slice(2);
try {
  const schema = await readFile(join(prisma, "schema.prisma"), "utf8");
  const input = {
    folder: join(prisma, "migrations"),
    schema,
    name,
    empty: options.includes("--empty"),
    now: new Date(),
  };
  const created = await createMigration(input);
  console.log(`${created}\nRead the SQL, say why, how it rolls out and what it locks, then run npm run db:check`);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
