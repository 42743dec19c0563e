import type { Grade, OutcomeState, VerdictState } from "./access.ts";
import type { CaseState, Mode } from "./case.ts";
import type { Disposition } from "./item-state.ts";

/** A case as it stands at one instant, read under a lock: all that a certificate is drafted from. */
export interface CaseSnapshot {
  /** The database's clock when it was read. */
  at: Date;
  case: {
    id: string;
    state: CaseState;
    runId: string;
    runNo: number;
    source: string;
    event: string;
    effectiveAt: Date | null;
    effectiveFrom: string;
    receivedAt: Date;
    rawSha256: string | null;
    planSha256: string;
    policySha256: string;
    preserve: boolean;
    /** The run deleted principals that had only been switched off; its certificate supersedes the earlier one. */
    deleting: boolean;
    demo: boolean;
    watchMs: readonly number[];
    watchesDone: number;
    completedAt: Date | null;
    lastFreezeAt: Date | null;
  };
  person: { id: string; userName: string | null; displayName: string | null };
  runs: readonly { id: string; startedAt: Date; completedAt: Date | null }[];
  targets: readonly TargetSnapshot[];
  items: readonly ItemSnapshot[];
  /** The latest final certificate, which a new one supersedes. */
  previous: { id: string; paeSha256: string; runNo: number } | null;
}

export interface TargetSnapshot {
  target: string;
  connector: string;
  connectorVersion: string;
  mode: Mode;
  state: string;
  reason: string | null;
  freeze: "not-yet" | "frozen" | "unsupported" | "not-needed";
  freezeReason: string | null;
  firstCleanAt: Date | null;
  /** Accounts acted upon or observed. */
  accounts: number;
  accountsSha256: string | null;
  inventory: "complete" | "partial" | "failed" | null;
  listedAt: Date | null;
  gaps: readonly { kind: string; why: string }[];
}

export interface ItemSnapshot {
  target: string;
  kind: string;
  ref: string;
  label: string;
  createdAtTarget: Date | null;
  discoveredAt: Date;
  outcome: OutcomeState | null;
  outcomeReason: string | null;
  requestedAt: Date | null;
  outcomeAt: Date | null;
  revokeStepId: string | null;
  revokeRunId: string | null;
  revokeOperation: string | null;
  revokeEvidence: EvidenceSnapshot | null;
  verdict: VerdictState | null;
  grade: Grade | null;
  verdictAt: Date | null;
  looks: number;
  attempts: number;
  verifyEvidence: EvidenceSnapshot | null;
  disposition: Disposition | null;
  /** Who answers for it, when and why; empty and null where nobody has to. */
  disposedBy: readonly string[];
  disposedAt: Date | null;
  disposedReason: string | null;
  /** The account itself. */
  principal: boolean;
}

export interface EvidenceSnapshot {
  sha256: string;
  bytes: number;
  mediaType: string;
}
