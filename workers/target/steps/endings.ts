import type { ItemRow } from "../../../src/store/turn/rows.ts";
import type { StepResult } from "../step-result.ts";
import type { StepEnd, TargetTurn } from "../turn.ts";

/** A step that succeeded clears what an earlier failure left. */
export const clear = { reasonCode: null, reason: null, attempts: 0, failingSince: null };

type StepSummary = { kind: "resolve" | "discover" | "verify"; result: string; detail: Record<string, unknown> };

/** The target is finished: what was kept for probes is erased, and the row rests. */
export async function finish(
  turn: TargetTurn,
  step: StepSummary,
  newRows: readonly ItemRow[] = [],
  changedItems: readonly ItemRow[] = [],
): Promise<StepResult> {
  await turn.deps.vault.erase(turn.case.id, turn.target.target);
  Object.assign(turn.target, { ...clear, state: "finished", step: "done", dueAt: null, finishedAt: turn.now() });
  await turn.settle({ release: true, newItems: newRows, changedItems, step });
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
