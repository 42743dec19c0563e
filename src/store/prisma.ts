import { PrismaPg } from "@prisma/adapter-pg";
import type { Pool } from "pg";
import { PrismaClient } from "./generated/client.ts";

/**
 * The Prisma client over this pool; it holds no connections of its own, and the pool stays ours to end. A file of its own:
 * loading the client costs a tenth of a second, which a process that runs SQL alone need not pay (docs/adr/0008).
 */
export function openPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}
