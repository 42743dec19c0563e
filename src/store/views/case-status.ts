import type { ItemState } from "../../domain/access.ts";
import type { CaseState, TargetState } from "../../domain/case.ts";

export interface CaseStatusFacts {
  state: CaseState;
  /** `guard`, `first-seen-gone`, `protected`, `target`, ... */
  stateReason: string | null;
  paused: boolean;
  /** How many targets stand where; a state nobody is in may be left out. */
  targets: Readonly<Partial<Record<TargetState, number>>>;
  items: Readonly<Partial<Record<ItemState, number>>>;
}

/** What a case shows in one glance: which icon and colour, and the word beside them. */
export interface CaseStatus {
  badge: ItemState;
  word: string;
}

/**
 * The one status of a case, read by list, detail, API, page and command line, so that none can say done while another
 * says running. Worst first: what still works hides everything else (dashboard.md sections 1 and 2).
 */
export function caseStatusOf(facts: CaseStatusFacts): CaseStatus {
  const { state, stateReason } = facts;
  if (state === "open" || state === "blocked") return activeStatusOf(facts);
  if (state === "awaiting_approval" && stateReason === "first-seen-gone")
    return { badge: "blocked", word: "Needs an answer" };
  return restingStatus[state];
}

const restingStatus: Readonly<Record<Exclude<CaseState, "open" | "blocked">, CaseStatus>> = {
  cancelled: { badge: "skipped", word: "Cancelled" },
  complete: { badge: "verified", word: "Verified dead" },
  complete_with_exceptions: { badge: "excepted", word: "Done, with exceptions" },
  scheduled: { badge: "waiting", word: "Scheduled" },
  awaiting_approval: { badge: "blocked", word: "Needs approval" },
};

function activeStatusOf({ state, paused, targets, items }: CaseStatusFacts): CaseStatus {
  const is = (name: TargetState): boolean => (targets[name] ?? 0) > 0;
  if ((items.failed ?? 0) > 0) return { badge: "failed", word: "Still works" };
  if (paused) return { badge: "blocked", word: "Paused" };
  if (state === "blocked" || is("blocked") || is("awaiting_approval")) return { badge: "blocked", word: "Needs you" };
  if ((items.unknown ?? 0) > 0) return { badge: "unknown", word: "Could not check" };
  if (is("retrying")) return { badge: "retrying", word: "Retrying" };
  if (is("waiting")) return { badge: "waiting", word: "Waiting" };
  if (is("running")) return { badge: "running", word: "Running" };
  if (is("finished")) return { badge: "running", word: is("pending") ? "Running" : "Certifying" };
  return { badge: "pending", word: "Not started" };
}

/** Worst first, as lists are ordered. */
export const badgeRank: Readonly<Record<ItemState, number>> = {
  failed: 0,
  blocked: 1,
  unknown: 2,
  retrying: 3,
  waiting: 4,
  running: 5,
  pending: 6,
  done: 7,
  "cut-off": 8,
  attested: 9,
  excepted: 10,
  verified: 11,
  skipped: 12,
};
