import { z } from "zod";
import { outcomeStates } from "../../domain/access.ts";
import { targetStates } from "../../domain/case.ts";
import { caseSummaryView } from "./case-summary.ts";
import { certificateView } from "./certificate.ts";
import { questionView } from "./question.ts";
import { handTask } from "./task.ts";
import { id, instant, sha256, statusView } from "./shared.ts";

export const targetView = z
  .strictObject({
    target: z.string(),
    connector: z.string(),
    connectorVersion: z.string(),
    mode: z.enum(["observe", "enforce"]),
    state: z.enum(targetStates),
    step: z.enum(["resolve", "freeze", "discover", "revoke", "verify", "done"]),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    nextDueAt: instant.nullable(),
    attempts: z.int(),
    failingSince: instant.nullable(),
    freeze: z.strictObject({ state: z.string(), reason: z.string().nullable(), at: instant.nullable() }),
    looks: z.int(),
    inventory: z.string().nullable().describe("Whether the last listing was whole"),
    gaps: z.array(z.object({ kind: z.string(), why: z.string() })).describe("Kinds that could not be looked at"),
    finishedAt: instant.nullable(),
    accounts: z.array(
      z.strictObject({ accountId: z.string(), label: z.string(), strength: z.string(), reason: z.string() }),
    ),
  })
  .meta({ id: "CaseTarget", description: "One target's part of a case" });

export const itemView = z
  .strictObject({
    id,
    target: z.string(),
    kind: z.string(),
    ref: z.string(),
    accountId: z.string(),
    label: z.string(),
    holder: z.string(),
    risk: z.string(),
    createdAtTarget: instant.nullable(),
    lastUsedAt: instant.nullable(),
    expiresAt: instant.nullable(),
    discoveredAt: instant,
    status: statusView,
    disposition: z.string().nullable(),
    task: handTask.nullable().describe("What a person has to do before it can be seen dead"),
    revocation: z.strictObject({
      outcome: z.enum(outcomeStates).nullable().describe("What the last attempt did; proves nothing"),
      reason: z.string().nullable(),
      at: instant.nullable(),
      attempts: z.int(),
      evidence: z.string().nullable(),
    }),
    look: z.strictObject({
      verdict: z.enum(["dead", "alive", "unknown"]).nullable().describe("What the last independent look saw"),
      grade: z
        .enum(["probe", "absence", "state"])
        .nullable()
        .describe("How: tried and refused, no longer listed, switched off"),
      reason: z.string().nullable(),
      at: instant.nullable(),
      looks: z.int(),
      evidence: z.string().nullable(),
    }),
  })
  .meta({ id: "Item", description: "One credential or grant; outcome, verdict and grade stay apart" });

export const stepView = z
  .strictObject({
    id,
    target: z.string(),
    runId: id,
    kind: z.enum(["resolve", "freeze", "discover", "revoke", "verify"]),
    startedAt: instant,
    endedAt: instant,
    result: z.string(),
    evidence: z.array(
      z.strictObject({
        sha256,
        operation: z.string(),
        status: z.int().nullable(),
        write: z.boolean(),
        requestId: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Step" });

export const blockerView = z
  .strictObject({
    kind: z.enum(["approval", "question", "target", "paused"]),
    target: z.string().nullable(),
    code: z.string(),
    text: z.string(),
    who: z.enum(["approver", "operator"]).describe("The least role that can act"),
    nextTryAt: instant.nullable(),
  })
  .meta({ id: "Blocker", description: "What keeps the case from going on, and who must act" });

export const approvalView = z
  .strictObject({ by: z.string(), at: instant, expiresAt: instant })
  .meta({ id: "Approval" });

export const caseDetailView = caseSummaryView
  .extend({
    verdict: z.strictObject({ headline: z.string(), explanation: z.string() }),
    blockedBy: z.array(blockerView),
    approvals: z.strictObject({ needed: z.int(), given: z.array(approvalView) }),
    blindSpots: z.array(z.strictObject({ target: z.string(), text: z.string() })),
    targetList: z.array(targetView),
    itemList: z.array(itemView),
    steps: z.array(stepView).describe("The latest ones, oldest first"),
    questions: z.array(questionView),
    certificates: z.array(certificateView),
  })
  .meta({ id: "Case" });

export type TargetView = z.output<typeof targetView>;
export type ItemView = z.output<typeof itemView>;
export type BlockerView = z.output<typeof blockerView>;
export type CaseDetailView = z.output<typeof caseDetailView>;
