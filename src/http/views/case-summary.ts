import { z } from "zod";
import { isEnded, caseStates } from "../../domain/case.ts";
import type { ItemState } from "../../domain/access.ts";
import type { CaseSummaryRow } from "../../store/views/cases.ts";
import { caseStatusOf } from "../../store/views/case-status.ts";
import { id, instant, iso, isoOrNull, sha256, statusView } from "./shared.ts";

export const caseSummaryView = z
  .strictObject({
    id,
    subject: z.strictObject({
      kind: z.string(),
      personId: id,
      userName: z.string(),
      displayName: z.string().nullable(),
    }),
    state: z.enum(caseStates),
    stateReason: z.string().nullable().describe("Why it waits for somebody: `guard`, `first-seen-gone`, `target`, ..."),
    status: statusView,
    source: z.string(),
    requestedBy: z.string().describe("`source:<name>` or `token:<name>`"),
    reason: z.string().nullable(),
    urgent: z.boolean(),
    confidential: z.boolean(),
    preserve: z.boolean(),
    demo: z.boolean(),
    paused: z.boolean(),
    effectiveAt: instant.nullable().describe("When the person left, where anybody said so"),
    effectiveFrom: z.string(),
    receivedAt: instant,
    openedAt: instant,
    completedAt: instant.nullable(),
    slaDueAt: instant.nullable(),
    pastSla: z.boolean(),
    nextDueAt: instant.nullable().describe("When something happens next without anybody's help"),
    run: z.strictObject({ number: z.int(), startedAt: instant, watchesDone: z.int() }),
    targets: z.strictObject({ total: z.int(), finished: z.int(), observed: z.int() }),
    items: z.strictObject({
      total: z.int(),
      verifiedDead: z.int(),
      stillWorks: z.int().describe("Seen alive after its revocation"),
      couldNotCheck: z.int(),
      open: z.int().describe("Not revoked yet, or revoked and unproven"),
      notProven: z.int().describe("Cut off, attested, excepted or only reported: named in the certificate"),
    }),
    openQuestions: z.int(),
    certificate: z
      .strictObject({ id, kind: z.string(), outcome: z.string(), issuedAt: instant })
      .nullable()
      .describe("The final one where there is one, else the latest interim one"),
    planSha256: sha256,
  })
  .meta({ id: "CaseSummary" });

export type CaseSummaryView = z.output<typeof caseSummaryView>;

/**
 * What every surface shows of a case. List, detail and page call this one function over the same row, so that they
 * cannot disagree.
 */
export function caseViewOf(row: CaseSummaryRow, now: Date): CaseSummaryView {
  const slaDueAt = row.slaMs === null ? null : new Date(row.receivedAt.getTime() + row.slaMs);
  return {
    id: row.id,
    subject: {
      kind: row.subjectKind,
      personId: row.personId,
      userName: row.userName,
      displayName: row.displayName,
    },
    state: row.state,
    stateReason: row.stateReason,
    status: caseStatusOf({ ...row, targets: row.targetStates, items: row.itemStates }),
    source: row.source,
    requestedBy: row.requestedBy,
    reason: row.reason,
    urgent: row.urgent,
    confidential: row.confidential,
    preserve: row.preserve,
    demo: row.demo,
    paused: row.paused,
    effectiveAt: isoOrNull(row.effectiveAt),
    effectiveFrom: row.effectiveFrom,
    receivedAt: iso(row.receivedAt),
    openedAt: iso(row.openedAt),
    completedAt: isoOrNull(row.completedAt),
    slaDueAt: isoOrNull(slaDueAt),
    pastSla: slaDueAt !== null && !isEnded(row.state) && slaDueAt.getTime() < now.getTime(),
    nextDueAt: row.paused || row.state === "cancelled" ? null : isoOrNull(row.nextDueAt),
    run: { number: row.runNo, startedAt: iso(row.runStartedAt), watchesDone: row.watchesDone },
    targets: {
      total: totalOf(row.targetStates),
      finished: row.targetStates.finished ?? 0,
      observed: row.observedTargets,
    },
    items: countItems(row.itemStates),
    openQuestions: row.openQuestions,
    certificate: row.certificate,
    planSha256: row.planSha256,
  };
}

const notProven = ["cut-off", "attested", "excepted", "skipped"] as const satisfies readonly ItemState[];

function countItems(states: CaseSummaryRow["itemStates"]): CaseSummaryView["items"] {
  const total = totalOf(states);
  const verifiedDead = states.verified ?? 0;
  const stillWorks = states.failed ?? 0;
  const couldNotCheck = states.unknown ?? 0;
  const aside = notProven.reduce((sum, state) => sum + (states[state] ?? 0), 0);
  const open = total - verifiedDead - stillWorks - couldNotCheck - aside;
  return { total, verifiedDead, stillWorks, couldNotCheck, open, notProven: aside };
}

function totalOf(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
