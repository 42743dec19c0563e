import type pg from "pg";
import { row } from "./sql.ts";

interface SealedRow {
  target: string;
  field: string;
  version: number;
  ciphertext: Uint8Array;
}

/** The table behind the sealed store: one row per target and field, ciphertext only. */
export function sealedStorage(pool: pg.Pool) {
  return {
    async put({ target, field, version, ciphertext }: SealedRow): Promise<void> {
      await pool.query(
        `INSERT INTO sealed (target, field, version, ciphertext) VALUES ($1, $2, $3, $4)
         ON CONFLICT (target, field) DO UPDATE SET version = excluded.version, ciphertext = excluded.ciphertext, created_at = now()`,
        [target, field, version, Buffer.from(ciphertext)],
      );
    },
    get({ target, field }: Pick<SealedRow, "target" | "field">): Promise<SealedRow | null> {
      return row<SealedRow>(
        pool,
        `SELECT target, field, version, ciphertext FROM sealed WHERE target = $1 AND field = $2`,
        [target, field],
      );
    },
    async delete({ target, field }: Pick<SealedRow, "target" | "field">): Promise<void> {
      await pool.query(`DELETE FROM sealed WHERE target = $1 AND field = $2`, [target, field]);
    },
  };
}
