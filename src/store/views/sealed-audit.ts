import { row, rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";

/** One link of the audit chain. */
export interface SealedAuditRow {
  seq: number;
  sha256: string;
  at: Date;
  actor: string;
  action: string;
  caseId: string | null;
  target: string | null;
  data: unknown;
}

const sealedColumns = `s.seq::float8 AS seq, s.sha256, a.at, a.actor, a.action, a.case_id AS "caseId", a.target, a.data`;

/** Sealed rows, newest first. */
export async function listSealedAudit(
  client: Queryable,
  { caseId, before, limit }: { caseId: string | null; before: number | null; limit: number },
): Promise<SealedAuditRow[]> {
  return await rows<SealedAuditRow>(
    client,
    `SELECT ${sealedColumns} FROM audit_seal s JOIN audit a ON a.id = s.audit_id
      WHERE ($1::uuid IS NULL OR a.case_id = $1) AND ($2::bigint IS NULL OR s.seq < $2)
      ORDER BY s.seq DESC LIMIT $3`,
    [caseId, before, limit],
  );
}

/** Sealed rows after a number, oldest first: what the event stream tells. */
export async function sealedAfter(
  client: Queryable,
  { seq, limit }: { seq: number; limit: number },
): Promise<Omit<SealedAuditRow, "data" | "sha256" | "actor">[]> {
  return await rows(
    client,
    `SELECT s.seq::float8 AS seq, a.at, a.action, a.case_id AS "caseId", a.target
       FROM audit_seal s JOIN audit a ON a.id = s.audit_id WHERE s.seq > $1 ORDER BY s.seq LIMIT $2`,
    [seq, limit],
  );
}

export async function lastSealedSeq(client: Queryable): Promise<number> {
  const found = await row<{ seq: number }>(client, `SELECT coalesce(max(seq), 0)::float8 AS seq FROM audit_seal`);
  return found?.seq ?? 0;
}

/** Committed rows that have no number yet; more than a few, or old ones, are an alarm. */
export async function countUnsealed(client: Queryable): Promise<number> {
  const found = await row<{ count: number }>(client, `SELECT count(*)::int AS count FROM audit_pending`);
  return found?.count ?? 0;
}
