import { waitsForPerson } from "../../../src/domain/item-state.ts";
import type { ItemRow } from "../../../src/store/turn/rows.ts";
import type { StepResult } from "../step-result.ts";
import type { StepEnd, TargetTurn } from "../turn.ts";

/** A step that succeeded clears what an earlier failure left. */
export const clear = { reasonCode: null, reason: null, attempts: 0, failingSince: null };

type StepSummary = { kind: "resolve" | "discover" | "verify"; result: string; detail: Record<string, unknown> };

/** The target is finished: the row rests, and what was kept sealed is erased. */
export async function finish(
  turn: TargetTurn,
  step: StepSummary,
  newRows: readonly ItemRow[] = [],
  changedItems: readonly ItemRow[] = [],
): Promise<StepResult> {
  Object.assign(turn.target, { ...clear, state: "finished", step: "done", dueAt: null, finishedAt: turn.now() });
  await turn.settle({ release: true, newItems: newRows, changedItems, step });
  // Only now: a look that does not count after all still needs it. The sweep erases what a crash leaves.
  await turn.deps.vault.erase(turn.case.id, turn.target.target);
  return { kind: "rest" };
}

/** How often a target is looked at while a person works on it: they may be done without telling us. */
const lookWhileWaitingMs = 3_600_000;

/** What is left only a person can do. It says what, whose and by when, and goes on looking. */
export async function waitForPerson(turn: TargetTurn, end: StepEnd): Promise<StepResult> {
  const tasks = turn.items.filter(waitsForPerson).flatMap(({ task }) => (task === null ? [] : [task]));
  const [first] = tasks.toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  const rest = tasks.length > 1 ? ` (and ${tasks.length - 1} more)` : "";
  Object.assign(turn.target, {
    ...clear,
    state: "blocked",
    reasonCode: "task",
    reason:
      first === undefined ? "A person has work to do here" : `${first.owner}, by ${first.dueAt}: ${first.what}${rest}`,
    dueAt: new Date(turn.now().getTime() + lookWhileWaitingMs),
    firstCleanAt: null,
    secondCleanAt: null,
  });
  await turn.settle({ ...end, release: true });
  return { kind: "rest" };
}

/** Time will tell: the turn ends and nothing happens before then. */
export async function waitUntil(
  turn: TargetTurn,
  until: Date,
  reasonCode: "settling" | "between-looks",
  end: StepEnd = {},
): Promise<StepResult> {
  const reason =
    reasonCode === "settling" ? "The target may still be applying the last write" : "A second clean look comes later";
  Object.assign(turn.target, { state: "waiting", step: "verify", reasonCode, reason, dueAt: until });
  await turn.settle({ ...end, release: true });
  await turn.deps.fault("step.verify.between-looks");
  return { kind: "wait", until };
}
