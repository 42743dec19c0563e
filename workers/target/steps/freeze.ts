import { freezeAccounts } from "../../../src/stages/freeze/freeze-accounts.ts";
import type { StepResult } from "../step-result.ts";
import type { TargetTurn } from "../turn.ts";
import { clear } from "./endings.ts";

/** Stops the principal before anything is looked for; then lets others freeze first. */
export async function freezeStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target } = turn;
  const result = await freezeAccounts(turn.with(session));
  await turn.deps.fault("step.freeze.after-reply");
  Object.assign(target, {
    ...clear,
    step: "discover",
    freeze: result.state,
    freezeReason: result.state === "unsupported" ? result.reason : null,
    frozenAt: turn.now(),
    dueAt: turn.now(),
  });
  await turn.settle({
    freezeEnded: true,
    step: {
      kind: "freeze",
      result: result.state,
      detail: result.state === "unsupported" ? { why: result.reason } : {},
    },
  });
  return { kind: "yield" };
}
