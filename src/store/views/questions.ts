import { row, rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";

export interface QuestionRow {
  id: string;
  kind: string;
  caseId: string | null;
  target: string | null;
  personId: string | null;
  text: string;
  candidates: readonly unknown[];
  createdAt: Date;
  answeredAt: Date | null;
  answeredBy: string | null;
  answer: string | null;
}

export const questionColumns = `q.id, q.kind, q.case_id AS "caseId", q.target, q.person_id AS "personId", q.text,
  q.candidates, q.created_at AS "createdAt", q.answered_at AS "answeredAt", q.answered_by AS "answeredBy", q.answer`;

export interface Position {
  at: Date;
  id: string;
}

/** Oldest first: who waits longest comes first. */
export async function listQuestionRows(
  client: Queryable,
  { open, after, limit }: { open: boolean; after: Position | null; limit: number },
): Promise<(QuestionRow & { userName: string | null })[]> {
  return await rows(
    client,
    `SELECT ${questionColumns}, p.user_name AS "userName" FROM question q LEFT JOIN person p ON p.id = q.person_id
      WHERE (NOT $1::boolean OR q.answered_at IS NULL)
        AND ($2::timestamptz IS NULL OR (q.created_at, q.id) > ($2::timestamptz, $3::uuid))
      ORDER BY q.created_at, q.id LIMIT $4`,
    [open, after?.at ?? null, after?.id ?? null, limit],
  );
}

export async function findQuestionRow(client: Queryable, id: string): Promise<QuestionRow | null> {
  return await row<QuestionRow>(client, `SELECT ${questionColumns} FROM question q WHERE q.id = $1`, [id]);
}
