import { DatabaseError } from "pg";
import { StoreError } from "../pool.ts";

/**
 * Whether an error means that the database cannot answer now, so that the sender should try again: a broken or refused
 * connection, shutdown or recovery, a time-out, a conflict that outlasted its retries, a full disk. A mistake of ours,
 * such as bad SQL, is none of these.
 * @see PostgreSQL 18, appendix A
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreError) return true;
  if (error instanceof DatabaseError) return outageStates.some((state) => error.code?.startsWith(state) ?? false);
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  return (
    (typeof code === "string" && socketCodes.has(code)) ||
    (typeof message === "string" && clientMessages.some((text) => message.includes(text)))
  );
}

/** Connection, transaction conflict, resources, lock or operator's intervention, system error. */
const outageStates = ["08", "40001", "40P01", "53", "55P03", "57", "58", "25P03"];

const socketCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOENT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** `pg` gives these no code. */
const clientMessages = [
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "Query read timeout",
  "Client has encountered a connection error",
  "Cannot use a pool after calling end",
  "Client was closed",
];
