import type { Grade, HandTask, ItemState, OutcomeState, VerdictState } from "../../domain/access.ts";
import type { Mode, StepKind, TargetState } from "../../domain/case.ts";
import { rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";
import { certificateColumns } from "./certificates.ts";
import type { CertificateRow } from "./certificates.ts";
import { questionColumns } from "./questions.ts";
import type { QuestionRow } from "./questions.ts";

export interface CaseTargetView {
  target: string;
  connector: string;
  connectorVersion: string;
  mode: Mode;
  state: TargetState;
  step: StepKind | "done";
  reasonCode: string | null;
  reason: string | null;
  dueAt: Date | null;
  attempts: number;
  failingSince: Date | null;
  freeze: string;
  freezeReason: string | null;
  frozenAt: Date | null;
  looks: number;
  inventory: string | null;
  gaps: readonly { kind: string; why: string }[];
  finishedAt: Date | null;
  accounts: readonly { accountId: string; label: string; strength: string; reason: string }[];
}

export interface CaseItemView {
  id: string;
  target: string;
  kind: string;
  ref: string;
  accountId: string;
  label: string;
  holder: string;
  risk: string;
  createdAtTarget: Date | null;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  discoveredAt: Date;
  state: ItemState;
  disposition: string | null;
  task: HandTask | null;
  outcome: OutcomeState | null;
  outcomeReason: string | null;
  outcomeAt: Date | null;
  attempts: number;
  revokeEvidence: string | null;
  verdict: VerdictState | null;
  grade: Grade | null;
  verdictReason: string | null;
  verdictAt: Date | null;
  looks: number;
  verifyEvidence: string | null;
}

export interface CaseStepView {
  id: string;
  target: string;
  runId: string;
  kind: StepKind;
  startedAt: Date;
  endedAt: Date;
  result: string;
  evidence: readonly StepEvidence[];
}

export interface StepEvidence {
  sha256: string;
  operation: string;
  status: number | null;
  write: boolean;
  requestId: string | null;
}

/** Someone's consent to the plan; it counts while it is fresh and names the present plan. */
export interface ApprovalView {
  by: string;
  at: Date;
  expiresAt: Date;
}

export interface CaseParts {
  targets: CaseTargetView[];
  items: CaseItemView[];
  /** The latest steps, oldest first. */
  steps: CaseStepView[];
  questions: QuestionRow[];
  certificates: CertificateRow[];
  approvals: ApprovalView[];
}

export const maxItems = 2_000;
export const maxSteps = 300;

/** How long an approval stays good (trust rule 7). */
export const approvalLifetime = "24 hours";

/** Everything below one case. Four short statements on one connection read better than one long join. */
export async function readCaseParts(client: Queryable, caseId: string): Promise<CaseParts> {
  const targets = await rows<CaseTargetView>(
    client,
    `SELECT t.target, t.connector, t.connector_version AS "connectorVersion", t.mode, t.state, t.step,
            t.reason_code AS "reasonCode", t.reason, t.due_at AS "dueAt", t.attempts, t.failing_since AS "failingSince",
            t.freeze, t.freeze_reason AS "freezeReason", t.frozen_at AS "frozenAt", t.looks, t.inventory, t.gaps,
            t.finished_at AS "finishedAt",
            coalesce((SELECT jsonb_agg(jsonb_build_object('accountId', a.account_id, 'label', a.label,
                               'strength', a.strength, 'reason', a.reason) ORDER BY a.account_id)
                        FROM case_account a WHERE a.case_id = t.case_id AND a.target = t.target), '[]') AS accounts
       FROM case_target t WHERE t.case_id = $1 ORDER BY t.target`,
    [caseId],
  );
  const items = await rows<CaseItemView>(
    client,
    `SELECT id, target, kind, ref, account_id AS "accountId", label, holder, risk, created_at_target AS "createdAtTarget",
            last_used_at AS "lastUsedAt", expires_at AS "expiresAt", discovered_at AS "discoveredAt", state, disposition, task,
            outcome, outcome_reason AS "outcomeReason", outcome_at AS "outcomeAt", attempts,
            revoke_evidence AS "revokeEvidence", verdict, grade, verdict_reason AS "verdictReason",
            verdict_at AS "verdictAt", looks, verify_evidence AS "verifyEvidence"
       FROM item WHERE case_id = $1 ORDER BY target, kind, id LIMIT ${maxItems}`,
    [caseId],
  );
  const steps = await rows<CaseStepView>(
    client,
    `SELECT s.id, s.target, s.run_id AS "runId", s.kind, s.started_at AS "startedAt", s.ended_at AS "endedAt", s.result,
            coalesce((SELECT jsonb_agg(jsonb_build_object('sha256', x.sha256, 'operation', x.operation, 'status', x.status,
                               'write', x.write, 'requestId', x.request_id) ORDER BY x.at, x.id)
                        FROM exchange x WHERE x.case_id = $1 AND x.step_id = s.id), '[]') AS evidence
       FROM (SELECT * FROM step WHERE case_id = $1 ORDER BY started_at DESC, id DESC LIMIT ${maxSteps}) s
      ORDER BY s.started_at, s.id`,
    [caseId],
  );
  const questions = await rows<QuestionRow>(
    client,
    `SELECT ${questionColumns} FROM question q WHERE q.case_id = $1 ORDER BY q.created_at, q.id LIMIT 200`,
    [caseId],
  );
  const certificates = await rows<CertificateRow>(
    client,
    `SELECT ${certificateColumns} FROM certificate f WHERE f.case_id = $1 ORDER BY f.issued_at DESC, f.id DESC LIMIT 200`,
    [caseId],
  );
  const approvals = await rows<ApprovalView>(
    client,
    `SELECT 'token:' || k.name AS by, a.at, a.at + interval '${approvalLifetime}' AS "expiresAt"
       FROM approval a JOIN token k ON k.id = a.token_id JOIN cases c ON c.id = a.case_id
      WHERE a.case_id = $1 AND a.plan_sha256 = c.plan_sha256
        AND (c.state <> 'awaiting_approval' OR a.at > now() - interval '${approvalLifetime}') ORDER BY a.at`,
    [caseId],
  );
  return { targets, items, steps, questions, certificates, approvals };
}

/** A case's evidence by digest; null when the case has none such, `body: null` when it was erased. */
export async function readEvidence(
  client: Queryable,
  caseId: string,
  sha256: string,
): Promise<{ mediaType: string; body: Buffer | null } | null> {
  const [found] = await rows<{ mediaType: string; body: Buffer | null }>(
    client,
    `SELECT e.media_type AS "mediaType", b.body FROM evidence e LEFT JOIN evidence_body b ON b.sha256 = e.sha256
      WHERE e.sha256 = $2 AND EXISTS (SELECT 1 FROM exchange x WHERE x.case_id = $1 AND x.sha256 = $2)`,
    [caseId, sha256],
  );
  return found ?? null;
}
