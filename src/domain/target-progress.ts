import { holdsTheTarget, needsRevocation, waitsForPerson } from "./item-state.ts";
import type { ItemFacts } from "./item-state.ts";
import type { TargetState } from "./case.ts";

/**
 * What a target does after a look: pure, so that every interleaving can be tried. A target is finished when two complete
 * looks, both begun after the last freeze of the case and after its own last write and settle time, and `lookGapMs`
 * apart, saw nothing alive or unknown (design section 4).
 */
export interface LookInput {
  items: readonly ItemFacts[];
  /** Kinds that could not be looked at. */
  troubled: boolean;
  lookStartedAt: Date;
  /** Start of an earlier clean look that still counts, if any. */
  firstCleanAt: Date | null;
  /** The last freeze of any target of the case. */
  lastFreezeAt: Date | null;
  /** The last write at this target, plus the settle time of what was written. */
  settledAt: Date | null;
  lookGapMs: number;
  /** Clean looks that this run asks for: two to end access, one for a watch. */
  looksAsked: 1 | 2;
}

export type LookDecision =
  | { kind: "finished"; firstCleanAt: Date; secondCleanAt: Date }
  | { kind: "look-again"; firstCleanAt: Date | null; notBefore: Date }
  | { kind: "revoke" }
  /** All that is left is a person's work. */
  | { kind: "by-hand" }
  | { kind: "unsure" };

export function decideAfterLook(input: LookInput): LookDecision {
  if (input.items.some(needsRevocation)) return { kind: "revoke" };
  if (input.troubled) return { kind: "unsure" };
  const holding = input.items.filter(holdsTheTarget);
  if (holding.length > 0) return holding.every(waitsForPerson) ? { kind: "by-hand" } : { kind: "unsure" };

  const counts =
    startedAfter(input.lookStartedAt, input.lastFreezeAt) && startedAfter(input.lookStartedAt, input.settledAt);
  if (!counts) {
    const from = latest(input.lastFreezeAt, input.settledAt) ?? input.lookStartedAt;
    return { kind: "look-again", firstCleanAt: null, notBefore: new Date(from.getTime() + 1) };
  }
  if (input.looksAsked === 1) {
    return { kind: "finished", firstCleanAt: input.lookStartedAt, secondCleanAt: input.lookStartedAt };
  }
  const { firstCleanAt } = input;
  const firstCounts =
    firstCleanAt !== null &&
    startedAfter(firstCleanAt, input.lastFreezeAt) &&
    startedAfter(firstCleanAt, input.settledAt);
  if (!firstCounts)
    return {
      kind: "look-again",
      firstCleanAt: input.lookStartedAt,
      notBefore: later(input.lookStartedAt, input.lookGapMs),
    };
  if (input.lookStartedAt.getTime() - firstCleanAt.getTime() < input.lookGapMs) {
    return { kind: "look-again", firstCleanAt, notBefore: later(firstCleanAt, input.lookGapMs) };
  }
  return { kind: "finished", firstCleanAt, secondCleanAt: input.lookStartedAt };
}

/** A state in which nothing happens until somebody or something outside acts. */
export function needsSomebody(state: TargetState): boolean {
  return state === "blocked" || state === "awaiting_approval";
}

function startedAfter(look: Date, event: Date | null): boolean {
  return event === null || look.getTime() > event.getTime();
}

function latest(a: Date | null, b: Date | null): Date | null {
  if (a === null) return b;
  if (b === null) return a;
  return a.getTime() > b.getTime() ? a : b;
}

function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}
