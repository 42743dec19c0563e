import type { Finding, Grade, HandTask, Holder, OutcomeState, Risk, VerdictState } from "../../domain/access.ts";
import type { CasePlan, CaseState, Mode, StepKind, TargetState } from "../../domain/case.ts";
import type { Disposition } from "../../domain/item-state.ts";
import type { RotationState } from "../../domain/rotation.ts";

/** What the engine reads of a case; it changes only through statements of its own. */
export interface CaseRow {
  id: string;
  personId: string;
  generation: number;
  state: CaseState;
  priority: string;
  preserve: boolean;
  /** `deleteAfter` has passed: this run deletes principals that were only switched off. */
  deleting: boolean;
  runId: string;
  runNo: number;
  plan: CasePlan;
  runStartedAt: Date;
  lastFreezeAt: Date | null;
}

/** One target's part of a case. The holder of the turn changes it in memory and settles it whole. */
export interface TargetRow {
  caseId: string;
  target: string;
  connector: string;
  mode: Mode;
  state: TargetState;
  step: StepKind | "done";
  reasonCode: string | null;
  reason: string | null;
  dueAt: Date | null;
  /** Raised by whoever takes the turn; a bigint as the driver spells it. */
  fencing: string;
  attempts: number;
  failingSince: Date | null;
  freeze: "not-yet" | "frozen" | "unsupported" | "not-needed";
  freezeReason: string | null;
  frozenAt: Date | null;
  lastWriteAt: Date | null;
  settleMs: number;
  firstCleanAt: Date | null;
  secondCleanAt: Date | null;
  looks: number;
  accountsSha256: string | null;
  inventory: "complete" | "partial" | "failed" | null;
  listedAt: Date | null;
  gaps: readonly { kind: string; why: string }[];
  finishedAt: Date | null;
}

/** One credential or grant of the case at this target. */
export interface ItemRow {
  id: string;
  kind: string;
  ref: string;
  accountId: string;
  label: string;
  holder: Holder;
  risk: Risk;
  facts: Finding["facts"];
  createdAtTarget: Date | null;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  discoveredAt: Date;
  outcome: OutcomeState | null;
  outcomeReason: string | null;
  requestedAt: Date | null;
  outcomeAt: Date | null;
  revokeStepId: string | null;
  revokeEvidence: string | null;
  attempts: number;
  verdict: VerdictState | null;
  grade: Grade | null;
  verdictReason: string | null;
  verdictAt: Date | null;
  verifyEvidence: string | null;
  looks: number;
  disposition: Disposition | null;
  /** The account itself. */
  principal: boolean;
  /** What a person has to do before it can be seen dead. */
  task: HandTask | null;
  /** Of a secret that is being replaced. */
  rotation: RotationState | null;
  state: string;
}

export const caseColumns = `
  c.id, c.person_id AS "personId", c.generation, c.state, c.priority, c.preserve, c.deleting, c.run_id AS "runId", c.run_no AS "runNo",
  c.plan, c.run_started_at AS "runStartedAt", c.last_freeze_at AS "lastFreezeAt"`;

export const targetColumns = `
  t.case_id AS "caseId", t.target, t.connector, t.mode, t.state, t.step, t.reason_code AS "reasonCode", t.reason,
  t.due_at AS "dueAt", t.fencing, t.attempts, t.failing_since AS "failingSince", t.freeze,
  t.freeze_reason AS "freezeReason", t.frozen_at AS "frozenAt", t.last_write_at AS "lastWriteAt", t.settle_ms AS "settleMs",
  t.first_clean_at AS "firstCleanAt", t.second_clean_at AS "secondCleanAt", t.looks, t.accounts_sha256 AS "accountsSha256",
  t.inventory, t.listed_at AS "listedAt", t.gaps, t.finished_at AS "finishedAt"`;

export const itemColumns = `
  i.id, i.kind, i.ref, i.account_id AS "accountId", i.label, i.holder, i.risk, i.facts,
  i.created_at_target AS "createdAtTarget", i.last_used_at AS "lastUsedAt", i.expires_at AS "expiresAt",
  i.discovered_at AS "discoveredAt", i.outcome, i.outcome_reason AS "outcomeReason", i.requested_at AS "requestedAt",
  i.outcome_at AS "outcomeAt", i.revoke_step_id AS "revokeStepId", i.revoke_evidence AS "revokeEvidence", i.attempts,
  i.verdict, i.grade, i.verdict_reason AS "verdictReason", i.verdict_at AS "verdictAt",
  i.verify_evidence AS "verifyEvidence", i.looks, i.disposition, i.principal, i.task,
  i.rotation, i.state`;

/** The finding an item was made from, for a connector to act on again. */
export function findingOf(item: ItemRow): Finding {
  return {
    kind: item.kind,
    ref: item.ref,
    accountId: item.accountId,
    label: item.label,
    holder: item.holder,
    risk: item.risk,
    createdAt: item.createdAtTarget?.toISOString() ?? null,
    lastUsedAt: item.lastUsedAt?.toISOString() ?? null,
    expiresAt: item.expiresAt?.toISOString() ?? null,
    facts: item.facts,
  };
}
