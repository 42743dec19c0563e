import type { ItemState } from "../../domain/access.ts";
import type { TargetState } from "../../domain/case.ts";
import type { ItemView, TargetView } from "./case-schema.ts";

interface Shown {
  badge: ItemState;
  word: string;
}

/** The three columns in which people read a target: find, revoke, verify. */
export interface TargetProgress {
  find: Shown;
  revoke: Shown;
  verify: Shown;
}

const order = [
  "resolve",
  "freeze",
  "discover",
  "revoke",
  "verify",
  "done",
] as const satisfies readonly TargetView["step"][];

/** What a target's steps show; the word depends on the step (dashboard.md section 2). */
export function targetProgressOf(target: TargetView, items: readonly ItemView[]): TargetProgress {
  const at = order.indexOf(target.step);
  return { find: findOf(target, items, at), revoke: revokeOf(target, items, at), verify: verifyOf(target, items, at) };
}

const doing: Readonly<Record<"find" | "revoke" | "verify", string>> = {
  find: "Looking",
  revoke: "Revoking",
  verify: "Looking again",
};

/** A step that is being worked on, or that something keeps from being worked on. */
function atWork(state: TargetState, step: keyof typeof doing): Shown {
  const shown = {
    pending: { badge: "pending", word: "Not started" },
    running: { badge: "running", word: doing[step] },
    waiting: { badge: "waiting", word: "Waiting" },
    retrying: { badge: "retrying", word: "Retrying" },
    blocked: { badge: "blocked", word: "Needs you" },
    awaiting_approval: { badge: "blocked", word: "Needs an answer" },
    finished: { badge: "done", word: "Done" },
  } as const satisfies Record<TargetState, Shown>;
  return shown[state];
}

function findOf({ state, inventory }: TargetView, items: readonly ItemView[], at: number): Shown {
  if (at <= order.indexOf("discover")) return atWork(state, "find");
  if (inventory === "failed") return { badge: "unknown", word: "Could not look" };
  return items.length === 0
    ? { badge: "done", word: "Nothing found" }
    : { badge: "done", word: `Found ${items.length}` };
}

function revokeOf({ state, mode }: TargetView, items: readonly ItemView[], at: number): Shown {
  if (mode === "observe") return { badge: "skipped", word: "Only observed" };
  if (at < order.indexOf("revoke")) return { badge: "pending", word: "After find" };
  if (items.length === 0) return { badge: "skipped", word: "Nothing to revoke" };
  if (at === order.indexOf("revoke")) return atWork(state, "revoke");
  const ended = items.filter(({ revocation }) => revocation.outcome !== null && revocation.outcome !== "unsupported");
  return {
    badge: "done",
    word: ended.length === items.length ? "Revoked" : `Revoked ${ended.length} of ${items.length}`,
  };
}

function verifyOf({ state, mode }: TargetView, items: readonly ItemView[], at: number): Shown {
  const has = (badge: ItemState): boolean => items.some((item) => item.status.badge === badge);
  if (mode === "observe") return { badge: "skipped", word: "Only observed" };
  if (has("failed")) return { badge: "failed", word: "Still works" };
  if (at < order.indexOf("verify")) return { badge: "pending", word: "After revoke" };
  if (state !== "finished")
    return has("unknown") ? { badge: "unknown", word: "Could not check" } : atWork(state, "verify");
  if (items.length === 0) return { badge: "verified", word: "Listed twice, nothing" };
  return items.every((item) => item.status.badge === "verified")
    ? { badge: "verified", word: "Verified dead" }
    : { badge: "excepted", word: "With exceptions" };
}
