import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, Pool, type PoolClient } from "pg";
import { CodedError } from "../domain/error.ts";
import type { Log } from "../domain/ports.ts";

export interface PoolInput {
  readonly url: string;
  /** At most this many connections. BullMQ keeps one per worker for LISTEN: workers + 10 for a pool it shares. */
  readonly max: number;
  /** How the connections appear in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly log: Log;
  /** Server settings for each connection, as `-c search_path=bullmq,public`. */
  readonly options?: string;
}

/**
 * A pool in which nothing waits for ever; `pg` by itself has no time-out at all (trust, rule 6). The server gives up
 * first, so that it knows; the client's own time-out is for a server that can no longer tell.
 *
 * A connection that dies is reported and replaced, whoever holds it: without a listener it would end the process (F03).
 */
export function openPool({ url, max, applicationName, log, options }: PoolInput): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    lock_timeout: 10_000,
    statement_timeout: 15_000,
    query_timeout: 20_000,
    idle_in_transaction_session_timeout: 30_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options === undefined ? {} : { options }),
  });
  pool.on("connect", (client) => client.on("error", () => undefined)); // its holder learns of it by the next statement
  pool.on("error", (error) => log.warn("database connection lost", { applicationName, reason: error.message }));
  return pool;
}

export type Isolation = "read committed" | "repeatable read" | "serializable";

export interface TransactionOptions {
  /** Above `read committed`, and after a deadlock, the work is run again from its start: it must only touch the database. */
  readonly isolation?: Isolation;
}

/** The store did not do what the caller would have believed. */
export class StoreError extends CodedError<"not-committed"> {
  override readonly name = "StoreError";
}

const maxAttempts = 10;

/**
 * Runs the work in one transaction: committed when it returns, rolled back when it throws. A conflict with another
 * transaction runs it again, up to ten times, a little later each time.
 *
 * A connection whose transaction cannot be ended for certain is closed, never handed to somebody else.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  { isolation = "read committed" }: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(pool, work, isolation);
    } catch (error) {
      if (attempt === maxAttempts || !isConflict(error)) throw error;
      await sleep(Math.random() * 10 * 2 ** Math.min(attempt, 6));
    }
  }
}

async function attemptTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  isolation: Isolation,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => void (broken = error);
  client.on("error", onError); // while checked out, the pool does not listen for it
  try {
    await client.query(`begin isolation level ${isolation}`);
    const result = await work(client);
    const { command } = await client.query("commit");
    if (command !== "COMMIT")
      throw new StoreError("not-committed", "The work hid a failed statement: nothing was committed");
    return result;
  } catch (error) {
    if (isClientTimeout(error)) broken ??= error; // the server may still be at it: a rollback would only queue behind
    if (broken === undefined) await client.query("rollback").catch((failed: Error) => (broken = failed));
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** Serialization failure or deadlock, also where a caller has wrapped it. @see PostgreSQL 18, section 13.5 */
function isConflict(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === "40001" || error.code === "40P01";
  return error instanceof Error && isConflict(error.cause);
}

function isClientTimeout(error: unknown): error is Error {
  return error instanceof Error && error.message === "Query read timeout";
}
