import type { ItemState } from "../../domain/access.ts";
import type { CaseState, TargetState } from "../../domain/case.ts";
import { row, rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";

/** A case with the counts that its status is computed from: list and detail read the same statement. */
export interface CaseSummaryRow {
  id: string;
  subjectKind: string;
  personId: string;
  userName: string;
  displayName: string | null;
  generation: number;
  source: string;
  state: CaseState;
  stateReason: string | null;
  reason: string | null;
  requestedBy: string;
  urgent: boolean;
  confidential: boolean;
  preserve: boolean;
  demo: boolean;
  paused: boolean;
  effectiveAt: Date | null;
  effectiveFrom: string;
  receivedAt: Date;
  openedAt: Date;
  completedAt: Date | null;
  updatedAt: Date;
  runNo: number;
  runStartedAt: Date;
  watchesDone: number;
  planSha256: string;
  slaMs: number | null;
  nextDueAt: Date | null;
  targetStates: Partial<Record<TargetState, number>>;
  observedTargets: number;
  itemStates: Partial<Record<ItemState, number>>;
  openQuestions: number;
  certificate: CertificateBrief | null;
}

/** The certificate that speaks for a case now. */
export interface CertificateBrief {
  id: string;
  kind: string;
  outcome: string;
  /** RFC 3339. */
  issuedAt: string;
}

const summaryStatement = `
  SELECT c.id, c.subject_kind AS "subjectKind", c.person_id AS "personId", p.user_name AS "userName",
         p.display_name AS "displayName", c.generation, c.source, c.state, c.state_reason AS "stateReason", c.reason,
         c.requested_by AS "requestedBy", c.urgent, c.confidential, c.preserve, c.demo, c.paused,
         c.effective_at AS "effectiveAt", c.effective_from AS "effectiveFrom", c.received_at AS "receivedAt",
         c.opened_at AS "openedAt", c.completed_at AS "completedAt", c.updated_at AS "updatedAt", c.run_no AS "runNo",
         c.run_started_at AS "runStartedAt", c.watches_done AS "watchesDone", c.plan_sha256 AS "planSha256",
         (c.plan->'policy'->>'slaMs')::float8 AS "slaMs",
         least(c.due_at, t.due_at) AS "nextDueAt",
         coalesce(t.states, '{}') AS "targetStates", coalesce(t.observed, 0) AS "observedTargets",
         coalesce(i.states, '{}') AS "itemStates",
         (SELECT count(*)::int FROM question q WHERE q.case_id = c.id AND q.answered_at IS NULL) AS "openQuestions",
         (SELECT jsonb_build_object('id', f.id, 'kind', f.kind, 'outcome', f.outcome,
                   'issuedAt', to_char(f.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
            FROM certificate f WHERE f.case_id = c.id
           ORDER BY f.kind = 'final' DESC, f.issued_at DESC, f.id DESC LIMIT 1) AS certificate
    FROM cases c JOIN person p ON p.id = c.person_id
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(s.state, s.n) AS states, min(s.due_at) AS due_at, sum(s.observed)::int AS observed
        FROM (SELECT state, count(*) AS n, min(due_at) AS due_at, count(*) FILTER (WHERE mode = 'observe') AS observed
                FROM case_target WHERE case_id = c.id GROUP BY state) s) t ON true
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(s.state, s.n) AS states
        FROM (SELECT state, count(*) AS n FROM item WHERE case_id = c.id GROUP BY state) s) i ON true`;

export interface CaseFilter {
  /** Empty: all. */
  states: readonly CaseState[];
  /** True: only cases in which something was seen alive after its revocation. */
  alive: boolean;
  personId: string | null;
}

export interface CasePosition {
  openedAt: Date;
  id: string;
}

/** Newest first, after a position; ask for one more than is shown to learn whether a next page exists. */
export async function listCaseRows(
  client: Queryable,
  { filter, after, limit }: { filter: CaseFilter; after: CasePosition | null; limit: number },
): Promise<CaseSummaryRow[]> {
  return await rows<CaseSummaryRow>(
    client,
    `${summaryStatement}
      WHERE (cardinality($1::text[]) = 0 OR c.state = ANY ($1::text[]))
        AND (NOT $2::boolean OR EXISTS (SELECT 1 FROM item a WHERE a.case_id = c.id AND a.state = 'failed'))
        AND ($3::uuid IS NULL OR c.person_id = $3)
        AND ($4::timestamptz IS NULL OR (c.opened_at, c.id) < ($4::timestamptz, $5::uuid))
      ORDER BY c.opened_at DESC, c.id DESC LIMIT $6`,
    [filter.states, filter.alive, filter.personId, after?.openedAt ?? null, after?.id ?? null, limit],
  );
}

export async function findCaseRow(client: Queryable, caseId: string): Promise<CaseSummaryRow | null> {
  return await row<CaseSummaryRow>(client, `${summaryStatement} WHERE c.id = $1`, [caseId]);
}

/** Cases by state, over all of them, and how many have access that still works. */
export async function countCases(
  client: Queryable,
): Promise<{ byState: Partial<Record<CaseState, number>>; alive: number; pastSla: number }> {
  const counted = await row<{ byState: Partial<Record<CaseState, number>>; alive: number; pastSla: number }>(
    client,
    `SELECT (SELECT coalesce(jsonb_object_agg(s.state, s.n), '{}')
               FROM (SELECT state, count(*) AS n FROM cases GROUP BY state) s) AS "byState",
            (SELECT count(DISTINCT i.case_id)::int FROM item i JOIN cases c ON c.id = i.case_id
              WHERE i.state = 'failed' AND c.state IN ('open', 'blocked')) AS alive,
            (SELECT count(*)::int FROM cases c WHERE c.state IN ('open', 'blocked', 'awaiting_approval')
                AND c.received_at + (c.plan->'policy'->>'slaMs')::float8 * interval '1 ms' < now()) AS "pastSla"`,
  );
  return counted ?? { byState: {}, alive: 0, pastSla: 0 };
}
