import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type pg from "pg";
import { inTransaction } from "./pool.ts";
import { row, rows } from "./sql.ts";

/** Held by whoever numbers audit rows: one chain, one sealer. */
const sealLock = 7_270_736_901;
const batch = 500;

export interface AuditHead {
  seq: number;
  sha256: string;
}

interface UnsealedRow {
  id: string;
  at: Date;
  actor: string;
  action: string;
  caseId: string | null;
  target: string | null;
  data: unknown;
}

/** What stands before the first row. */
export const chainStart = "0".repeat(64);

/** The hash of an audit row at its place in the chain: SHA-256 over canonical JSON of the previous hash and the row. */
export function sealOf(previous: string, seq: number, entry: Omit<UnsealedRow, "at"> & { at: string }): string {
  const text = canonicalize({ previous, seq, ...entry });
  if (text === undefined) throw new TypeError("an audit row is always JSON");
  return createHash("sha256").update(text).digest("hex");
}

/** Whether the sealer waits for another sealer (it does, before a certificate) or leaves the work to it. */
export type SealMode = "wait" | "skip-if-busy";

/**
 * Numbers and chains every audit row committed so far, and returns the head. Rows are taken from `audit_pending`, which a
 * trigger fills: an identity column alone does not tell which rows have committed.
 */
export async function sealAudit(pool: pg.Pool, mode: SealMode): Promise<AuditHead | null> {
  for (;;) {
    const sealed = await inTransaction(pool, (client) => sealBatch(client, mode));
    if (sealed < batch) return headOf(pool);
  }
}

/** The last sealed row; null when nothing was ever audited. */
export async function headOf(pool: pg.Pool): Promise<AuditHead | null> {
  const head = await row<{ seq: string; sha256: string }>(
    pool,
    `SELECT seq, sha256 FROM audit_seal ORDER BY seq DESC LIMIT 1`,
  );
  return head === null ? null : { seq: Number(head.seq), sha256: head.sha256 };
}

async function sealBatch(client: pg.ClientBase, mode: SealMode): Promise<number> {
  if (mode === "wait") await client.query(`SELECT pg_advisory_xact_lock($1)`, [sealLock]);
  else {
    const got = await row<{ ok: boolean }>(client, `SELECT pg_try_advisory_xact_lock($1) AS ok`, [sealLock]);
    if (got?.ok !== true) return 0;
  }
  const unsealed = await rows<UnsealedRow>(
    client,
    `WITH taken AS (
       DELETE FROM audit_pending WHERE audit_id IN (SELECT audit_id FROM audit_pending ORDER BY audit_id LIMIT $1) RETURNING audit_id)
     SELECT a.id, a.at, a.actor, a.action, a.case_id AS "caseId", a.target, a.data
       FROM audit a JOIN taken t ON t.audit_id = a.id ORDER BY a.id`,
    [batch],
  );
  if (unsealed.length === 0) return 0;
  const head = await row<{ seq: string; sha256: string }>(
    client,
    `SELECT seq, sha256 FROM audit_seal ORDER BY seq DESC LIMIT 1`,
  );
  let seq = Number(head?.seq ?? 0);
  let previous = head?.sha256 ?? chainStart;
  const seals = unsealed.map((entry) => {
    seq += 1;
    previous = sealOf(previous, seq, { ...entry, at: entry.at.toISOString() });
    return { seq, auditId: entry.id, sha256: previous };
  });
  await client.query(
    `INSERT INTO audit_seal (seq, audit_id, sha256)
     SELECT seq, "auditId", sha256 FROM jsonb_to_recordset($1::jsonb) AS s(seq bigint, "auditId" bigint, sha256 text)`,
    [JSON.stringify(seals)],
  );
  return seals.length;
}

export interface ChainReport {
  ok: boolean;
  checked: number;
  /** The first place where the chain does not hold. */
  brokenAt: number | null;
}

/** Recomputes the whole chain: an edited, removed, inserted or cut row is found and located (I10). */
export async function checkChain(pool: pg.Pool): Promise<ChainReport> {
  let previous = chainStart;
  let expected = 1;
  for (;;) {
    const page = await rows<UnsealedRow & { seq: string; sha256: string; present: boolean }>(
      pool,
      `SELECT s.seq, s.sha256, a.id IS NOT NULL AS present, a.id, a.at, a.actor, a.action, a.case_id AS "caseId", a.target, a.data
         FROM audit_seal s LEFT JOIN audit a ON a.id = s.audit_id WHERE s.seq >= $1 ORDER BY s.seq LIMIT 1000`,
      [expected],
    );
    for (const { seq, sha256, present, ...entry } of page) {
      const holds =
        Number(seq) === expected &&
        present &&
        sealOf(previous, expected, { ...entry, at: entry.at.toISOString() }) === sha256;
      if (!holds) return { ok: false, checked: expected - 1, brokenAt: expected };
      previous = sha256;
      expected += 1;
    }
    if (page.length < 1000) break;
  }
  const unsealed = await row<{ count: number }>(
    pool,
    `SELECT count(*)::int AS count FROM audit a WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.audit_id = a.id)
        AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.audit_id = a.id)`,
  );
  const cut = (unsealed?.count ?? 0) > 0;
  return { ok: !cut, checked: expected - 1, brokenAt: cut ? expected : null };
}
