import type pg from "pg";
import { CodedError } from "../domain/error.ts";
import { newId } from "../domain/id.ts";
import type { Log } from "../domain/ports.ts";
import { rows } from "./sql.ts";

const beatMs = 10_000;
/** A process that was not seen for this long has ended. */
const goneAfterMs = 30_000;

export type ProcessErrorCode = "config-differs";

/** API and workers with different configurations would plan one thing and do another. */
export class ProcessError extends CodedError<ProcessErrorCode> {
  override readonly name = "ProcessError";
}

/**
 * Enters this process among those that run on the database, and refuses when another runs with another configuration.
 * @throws {ProcessError} `config-differs`
 */
export async function announceProcess(
  pool: pg.Pool,
  self: { kind: "all" | "api" | "worker"; configDigest: string; log: Log },
): Promise<{ leave(): Promise<void> }> {
  const id = newId();
  const others = await rows<{ kind: string; configDigest: string }>(
    pool,
    `WITH others AS (
       SELECT kind, config_digest AS "configDigest" FROM process
        WHERE seen_at > clock_timestamp() - $4 * interval '1 ms' AND config_digest <> $3),
     entered AS (
       INSERT INTO process (id, kind, config_digest) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM others)),
     gone AS (DELETE FROM process WHERE seen_at < clock_timestamp() - interval '1 day')
     SELECT * FROM others`,
    [id, self.kind, self.configDigest, goneAfterMs],
  );
  const [other] = others;
  if (other !== undefined) {
    throw new ProcessError(
      "config-differs",
      `Another process (${other.kind}) runs on this database with another configuration (digest ${other.configDigest.slice(0, 12)}, ` +
        `this one has ${self.configDigest.slice(0, 12)}). Give both the same file and restart the other one first; ` +
        `a process that was killed is forgotten after ${goneAfterMs / 1_000} s`,
    );
  }
  const beat = setInterval(() => {
    pool
      .query(`UPDATE process SET seen_at = clock_timestamp() WHERE id = $1`, [id])
      .catch((error: unknown) => self.log.warn("process not announced", { error }));
  }, beatMs);
  beat.unref();
  return {
    async leave() {
      clearInterval(beat);
      await pool.query(`DELETE FROM process WHERE id = $1`, [id]);
    },
  };
}
