import { row, rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";
import type { Position } from "./questions.ts";

export interface CertificateRow {
  id: string;
  caseId: string;
  runNo: number;
  kind: string;
  outcome: string;
  keyid: string;
  sha256: string;
  supersedes: string | null;
  supersededBy: string | null;
  issuedAt: Date;
}

export const certificateColumns = `f.id, f.case_id AS "caseId", f.run_no AS "runNo", f.kind, f.outcome, f.keyid, f.sha256,
  f.supersedes, f.issued_at AS "issuedAt",
  (SELECT n.id FROM certificate n WHERE n.case_id = f.case_id AND n.supersedes = f.id ORDER BY n.issued_at DESC LIMIT 1)
    AS "supersededBy"`;

/** Newest first. */
export async function listCertificateRows(
  client: Queryable,
  { caseId, kind, after, limit }: { caseId: string | null; kind: string | null; after: Position | null; limit: number },
): Promise<CertificateRow[]> {
  return await rows<CertificateRow>(
    client,
    `SELECT ${certificateColumns} FROM certificate f
      WHERE ($1::uuid IS NULL OR f.case_id = $1) AND ($2::text IS NULL OR f.kind = $2)
        AND ($3::timestamptz IS NULL OR (f.issued_at, f.id) < ($3::timestamptz, $4::uuid))
      ORDER BY f.issued_at DESC, f.id DESC LIMIT $5`,
    [caseId, kind, after?.at ?? null, after?.id ?? null, limit],
  );
}

/** A certificate with its file; `body` is null when it was erased. */
export async function findCertificate(
  client: Queryable,
  id: string,
): Promise<(CertificateRow & { body: string | null }) | null> {
  return await row(
    client,
    `SELECT ${certificateColumns}, b.body FROM certificate f
       LEFT JOIN certificate_body b ON b.certificate_id = f.id WHERE f.id = $1`,
    [id],
  );
}

/** The latest final certificate of a case, or null while there is none. */
export async function latestFinal(client: Queryable, caseId: string): Promise<string | null> {
  const found = await row<{ id: string }>(
    client,
    `SELECT id FROM certificate WHERE case_id = $1 AND kind = 'final' ORDER BY issued_at DESC, id DESC LIMIT 1`,
    [caseId],
  );
  return found?.id ?? null;
}
