import type { Grade, ItemState, OutcomeState } from "../../domain/access.ts";

/** Printed beside every verdict: only a probe may say "tried" (dashboard.md section 1). */
export const gradeWord: Readonly<Record<Grade, string>> = {
  probe: "refused when tried",
  absence: "no longer listed",
  state: "switched off",
};

export const outcomeWord: Readonly<Record<OutcomeState, string>> = {
  revoked: "Revoked",
  "already-gone": "Was already gone",
  pending: "Revocation under way",
  disabled: "Disabled",
  "cut-off": "Cut off",
  unsupported: "Cannot be revoked",
};

const stateWord: Readonly<Record<ItemState, string>> = {
  pending: "Not started",
  running: "Running",
  waiting: "Looking again",
  retrying: "Retrying",
  blocked: "Needs you",
  done: "Revoked, unproven",
  verified: "Verified dead",
  failed: "Still works",
  unknown: "Could not check",
  "cut-off": "Only cut off",
  attested: "Attested by a person",
  excepted: "Excepted",
  skipped: "Skipped",
};

/** The word on an item's badge. */
export function itemWord({ state, outcome, disposition }: ItemWordInput): string {
  if (state === "done" && outcome !== null && outcome !== "revoked") return `${outcomeWord[outcome]}, unproven`;
  if (state === "skipped" && disposition === "observed") return "Only observed";
  if (state === "skipped" && disposition === "reported") return "Only reported";
  if (state === "skipped" && outcome === "unsupported") return outcomeWord.unsupported;
  return stateWord[state];
}

interface ItemWordInput {
  state: ItemState;
  outcome: OutcomeState | null;
  disposition: string | null;
}
