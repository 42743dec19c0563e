import type { CaseItemView, CaseParts, CaseTargetView } from "../../store/views/case-detail.ts";
import type { CaseSummaryRow } from "../../store/views/cases.ts";
import { blockersOf } from "./blockers.ts";
import type { CaseDetailView, ItemView, TargetView } from "./case-schema.ts";
import { caseViewOf } from "./case-summary.ts";
import { certificateViewOf } from "./certificate.ts";
import { itemWord } from "./item-word.ts";
import { questionViewOf } from "./question.ts";
import { iso, isoOrNull } from "./shared.ts";
import { verdictOf } from "./verdict.ts";

export function caseDetailViewOf(row: CaseSummaryRow, parts: CaseParts, now: Date): CaseDetailView {
  const summary = caseViewOf(row, now);
  const targets = parts.targets.map(targetViewOf);
  const items = parts.items.map(itemViewOf);
  const questions = parts.questions.map(questionViewOf);
  const given = parts.approvals.map(({ by, at, expiresAt }) => ({ by, at: iso(at), expiresAt: iso(expiresAt) }));
  const needed = approvalsNeeded(row);
  return {
    ...summary,
    verdict: verdictOf(summary, targets, items),
    blockedBy: blockersOf(summary, { targets, questions, given: given.length, needed }),
    approvals: { needed, given },
    blindSpots: blindSpotsOf(targets, items),
    targetList: targets,
    itemList: items,
    steps: parts.steps.map(({ startedAt, endedAt, evidence, ...step }) => ({
      ...step,
      startedAt: iso(startedAt),
      endedAt: iso(endedAt),
      evidence: [...evidence],
    })),
    questions,
    certificates: parts.certificates.map(certificateViewOf),
  };
}

/** One urgent leaver needs one approver, always possible; anything else that was held needs two (trust rule 7). */
export function approvalsNeeded({ urgent }: { urgent: boolean }): number {
  return urgent ? 1 : 2;
}

function targetViewOf(row: CaseTargetView): TargetView {
  const { dueAt, failingSince, freeze, freezeReason, frozenAt, finishedAt, gaps, accounts, ...rest } = row;
  return {
    ...rest,
    nextDueAt: isoOrNull(dueAt),
    failingSince: isoOrNull(failingSince),
    freeze: { state: freeze, reason: freezeReason, at: isoOrNull(frozenAt) },
    gaps: [...gaps],
    finishedAt: isoOrNull(finishedAt),
    accounts: [...accounts],
  };
}

function itemViewOf(row: CaseItemView): ItemView {
  return {
    id: row.id,
    target: row.target,
    kind: row.kind,
    ref: row.ref,
    accountId: row.accountId,
    label: row.label,
    holder: row.holder,
    risk: row.risk,
    createdAtTarget: isoOrNull(row.createdAtTarget),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    expiresAt: isoOrNull(row.expiresAt),
    discoveredAt: iso(row.discoveredAt),
    status: { badge: row.state, word: itemWord(row) },
    disposition: row.disposition,
    task: row.task,
    revocation: {
      outcome: row.outcome,
      reason: row.outcomeReason,
      at: isoOrNull(row.outcomeAt),
      attempts: row.attempts,
      evidence: row.revokeEvidence,
    },
    look: {
      verdict: row.verdict,
      grade: row.grade,
      reason: row.verdictReason,
      at: isoOrNull(row.verdictAt),
      looks: row.looks,
      evidence: row.verifyEvidence,
    },
  };
}

/** What the certificate will have to name: a reader must not take silence for proof (law 10). */
function blindSpotsOf(targets: readonly TargetView[], items: readonly ItemView[]): CaseDetailView["blindSpots"] {
  const ofTargets = targets.flatMap((target) => [
    ...(target.mode === "observe" ? [{ target: target.target, text: "Only observed: nothing is ended here" }] : []),
    ...(target.freeze.state === "unsupported"
      ? [{ target: target.target, text: target.freeze.reason ?? "The account cannot be frozen here" }]
      : []),
    ...(target.inventory !== null && target.inventory !== "complete"
      ? [{ target: target.target, text: `The last listing was ${target.inventory}` }]
      : []),
    ...target.gaps.map((gap) => ({ target: target.target, text: `${gap.kind}: ${gap.why}` })),
  ]);
  const ofItems = items
    .filter((item) => ["cut-off", "attested", "excepted", "skipped"].includes(item.status.badge))
    .map((item) => ({ target: item.target, text: `${item.kind} ${item.label}: ${item.status.word}` }));
  return [...ofTargets, ...ofItems];
}
