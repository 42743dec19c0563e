import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client, DatabaseError } from "pg";
import { messageOf } from "../../domain/error.ts";
import { superuser } from "./cluster.ts";
import { hasCode, type Folder } from "./folder.ts";
import { giveTo } from "./account.ts";
import type { Account } from "./run.ts";

/** Who answers on a port of this machine. */
export type Answer =
  | { kind: "nobody" }
  /** A PostgreSQL server that takes no connections at present: starting, stopping, recovering, full. */
  | { kind: "not-now"; why: string }
  | { kind: "ours" }
  /** A PostgreSQL server that runs another cluster; its data directory where it told. */
  | { kind: "foreign"; dataDirectory: string | null; why: string }
  /** Something that does not speak PostgreSQL, or does not speak at all. */
  | { kind: "no-postgres"; why: string };

export function urlOf(port: number, password: string, database: string): string {
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Asks the port to read a file that we have just put into our own data directory. Whoever can, runs our cluster,
 * whatever it calls the path; a copy of the cluster on the same port, with the same password, cannot.
 */
export async function probe(folder: Folder, port: number, password: string, owner: Account | null): Promise<Answer> {
  const client = new Client({
    connectionString: urlOf(port, password, "postgres"),
    application_name: "lastday launcher",
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
  });
  client.on("error", () => undefined); // a server that dies under us is an answer, given by the next call
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    return refusal(error);
  }
  const name = `lastday-probe-${randomBytes(8).toString("hex")}`;
  const path = join(folder.cluster, name);
  const nonce = randomBytes(16).toString("hex");
  try {
    await writeFile(path, nonce, { mode: 0o600, flag: "wx" });
    if (owner !== null) await giveTo(owner, path);
    const { rows } = await client.query<{ nonce: string | null; directory: string }>(
      "select pg_read_file($1, true) as nonce, current_setting('data_directory') as directory",
      [name],
    );
    if (rows[0]?.nonce === nonce) return { kind: "ours" };
    return { kind: "foreign", dataDirectory: rows[0]?.directory ?? null, why: "it serves another data directory" };
  } catch (error) {
    if (error instanceof DatabaseError && !isPassing(error))
      return { kind: "foreign", dataDirectory: null, why: error.message };
    return { kind: "not-now", why: messageOf(error) };
  } finally {
    await rm(path, { force: true });
    await client.end().catch(() => undefined);
  }
}

function refusal(error: unknown): Answer {
  const why = messageOf(error);
  if (error instanceof DatabaseError)
    return isPassing(error) ? { kind: "not-now", why } : { kind: "foreign", dataDirectory: null, why };
  return hasCode(error, "ECONNREFUSED") ? { kind: "nobody" } : { kind: "no-postgres", why };
}

/** Class 57P: starting up, shutting down; 53: out of connections, memory, disk. @see PostgreSQL 18, appendix A */
function isPassing(error: DatabaseError): boolean {
  return error.code !== undefined && (error.code.startsWith("57P") || error.code.startsWith("53"));
}
