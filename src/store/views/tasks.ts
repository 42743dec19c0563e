import type { HandTask } from "../../domain/access.ts";
import { row, rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";

/** What a person has to do at a target, and how it ended. A task is an item's, and has its id. */
export interface TaskRow {
  id: string;
  caseId: string;
  caseState: string;
  target: string;
  kind: string;
  ref: string;
  label: string;
  task: HandTask;
  verdict: string | null;
  grade: string | null;
  disposition: string | null;
  disposedBy: readonly string[];
  disposedAt: Date | null;
  disposedReason: string | null;
  open: boolean;
}

const columns = `i.id, i.case_id AS "caseId", c.state AS "caseState", i.target, i.kind, i.ref, i.label, i.task, i.verdict, i.grade,
  i.disposition, i.disposed_by AS "disposedBy", i.disposed_at AS "disposedAt", i.disposed_reason AS "disposedReason",
  (c.state <> 'cancelled' AND i.disposition IS NULL AND i.verdict IS DISTINCT FROM 'dead') AS open`;

/** What is due first comes first. */
export async function listTaskRows(
  client: Queryable,
  { open, after, limit }: { open: boolean; after: { at: Date; id: string } | null; limit: number },
): Promise<TaskRow[]> {
  return await rows<TaskRow>(
    client,
    `SELECT ${columns} FROM item i JOIN cases c ON c.id = i.case_id
      WHERE i.task IS NOT NULL
        AND (NOT $1::boolean OR (c.state <> 'cancelled' AND i.disposition IS NULL AND i.verdict IS DISTINCT FROM 'dead'))
        AND ($2::text IS NULL OR (i.task ->> 'dueAt', i.id) > ($2::text, $3::uuid))
      ORDER BY i.task ->> 'dueAt', i.id LIMIT $4`,
    [open, after?.at.toISOString() ?? null, after?.id ?? null, limit],
  );
}

export async function findTaskRow(client: Queryable, id: string): Promise<TaskRow | null> {
  return await row<TaskRow>(
    client,
    `SELECT ${columns} FROM item i JOIN cases c ON c.id = i.case_id WHERE i.id = $1 AND i.task IS NOT NULL`,
    [id],
  );
}
