import type { Secret } from "../../contract/secret.ts";
import type { Account, Finding, Verdict } from "../../../src/domain/access.ts";
import type { ItemFacts } from "../../../src/domain/item-state.ts";
import type { RotationState } from "../../../src/domain/rotation.ts";
import type { Gap, Trouble } from "../../../src/stages/discover/look-for-access.ts";
import { keyOf } from "./item.ts";

/**
 * What the engine's database holds of one case at one target, in memory. All that outlives a session is here; it is changed
 * through `commit` alone, so that a run that is cut off leaves what a database would have.
 */
export interface StoredCase {
  step: "resolve" | "freeze" | "discover" | "revoke" | "verify" | "done";
  accounts: readonly Account[];
  items: readonly StoredItem[];
  gaps: readonly Gap[];
  /** Of the last look. */
  troubles: readonly Trouble[];
  firstCleanAt: Date | null;
  /** `deleteAfter` has passed: principals go as well. */
  principalsAreDue: boolean;
  /** What a probe needs, and new values of rotations: sealed in the engine. */
  sealed: ReadonlyMap<string, Secret>;
  /** Each write before it was sent, with the item that it was about. */
  intents: readonly StoredIntent[];
  /** How often something was stored. */
  commits: number;
}

export interface StoredItem extends ItemFacts {
  finding: Finding;
  outcomeReason: string | null;
  verdictReason: string | null;
  rotation: RotationState | null;
}

interface StoredIntent {
  /** `keyOf` the item; null for what is about none, as a freeze. */
  item: string | null;
  at: Date;
}

export function newCase(): StoredCase {
  return {
    step: "resolve",
    accounts: [],
    items: [],
    gaps: [],
    troubles: [],
    firstCleanAt: null,
    principalsAreDue: false,
    sealed: new Map(),
    intents: [],
    commits: 0,
  };
}

export function commit(stored: StoredCase, change: Partial<Omit<StoredCase, "commits">>): void {
  Object.assign(stored, change, { commits: stored.commits + 1 });
}

export function newItem(finding: Finding, strategy: string | undefined): StoredItem {
  return {
    finding,
    disposition: strategy === "report" ? "reported" : null,
    outcome: null,
    outcomeReason: null,
    task: null,
    rotation: null,
    verdict: null,
    verdictReason: null,
    grade: null,
    looks: 0,
  };
}

/** An item after a look, which counts looks in a row that saw it dead. */
export function looked(item: StoredItem, verdict: Verdict): StoredItem {
  const looks = verdict.state !== "dead" ? 0 : item.verdict === "dead" ? item.looks + 1 : 1;
  return { ...item, verdict: verdict.state, verdictReason: verdict.reason, grade: verdict.by, looks };
}

export function replaced(items: readonly StoredItem[], item: StoredItem): readonly StoredItem[] {
  return items.map((other) => (keyOf(other.finding) === keyOf(item.finding) ? item : other));
}
