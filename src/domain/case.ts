/** A case: one ending of access for one subject. Words: docs/glossary.md. */

export const caseStates = [
  "scheduled",
  "open",
  "awaiting_approval",
  "blocked",
  "complete",
  "complete_with_exceptions",
  "cancelled",
] as const;

export type CaseState = (typeof caseStates)[number];

export const targetStates = [
  "pending",
  "running",
  "waiting",
  "retrying",
  "blocked",
  "awaiting_approval",
  "finished",
] as const;

/** Where one target's part of a case stands. */
export type TargetState = (typeof targetStates)[number];

export type StepKind = "resolve" | "freeze" | "discover" | "revoke" | "verify";

export type Mode = "observe" | "enforce";

/** What the case plan says of one target; frozen and hashed when the case opens. */
export interface PlannedTarget {
  name: string;
  connector: string;
  connectorVersion: string;
  mode: Mode;
}

/** What was decided without any network, in the transaction that opened the case. */
export interface CasePlan {
  v: 1;
  targets: readonly PlannedTarget[];
  policy: {
    /** Apart from each other, the two clean looks that end a target, in ms. */
    lookGapMs: number;
    /** When watch runs come after completion, in ms. */
    watchMs: readonly number[];
    slaMs: number;
    deleteAfterMs: number;
  };
}

export interface FrozenPlan {
  plan: CasePlan;
  /** SHA-256 of the plan's canonical JSON, hex. */
  sha256: string;
}

export function isEnded(state: CaseState): boolean {
  return state === "complete" || state === "complete_with_exceptions" || state === "cancelled";
}
