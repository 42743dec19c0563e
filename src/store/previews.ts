import type pg from "pg";
import { row } from "./sql.ts";

interface PreviewedAccount {
  id: string;
  label: string;
  strength: string;
  reason: string;
}

/** What a case would meet at one target. */
export type PreviewResult =
  | { kind: "no-account"; listed: number }
  | { kind: "ask"; text: string; candidates: readonly PreviewedAccount[] }
  | { kind: "failed"; code: string; reason: string }
  | {
      kind: "found";
      accounts: readonly PreviewedAccount[];
      freezes: boolean;
      items: readonly {
        kind: string;
        ref: string;
        label: string;
        risk: string;
        lastUsedAt: string | null;
        strategy: string;
        /** Why it is there, where the connector says so: how a secret could be read. */
        reason: string | null;
      }[];
      /** What else ends with what was found. */
      sideEffects: readonly string[];
      couldNotLook: readonly { kind: string; why: string }[];
    };

/** Whom a preview is about; null when there is no such preview. */
export async function previewedPerson(pool: pg.Pool, previewId: string): Promise<string | null> {
  const found = await row<{ personId: string }>(pool, `SELECT person_id AS "personId" FROM preview WHERE id = $1`, [
    previewId,
  ]);
  return found?.personId ?? null;
}

export async function finishPreview(
  pool: pg.Pool,
  previewId: string,
  target: string,
  result: PreviewResult,
): Promise<void> {
  await pool.query(
    `UPDATE preview_target SET state = 'done', result = $3, finished_at = clock_timestamp() WHERE preview_id = $1 AND target = $2`,
    [previewId, target, JSON.stringify(result)],
  );
}
