import { needsRevocation } from "../../../src/domain/item-state.ts";
import { lookForAccess } from "../../../src/stages/discover/look-for-access.ts";
import { findingOf } from "../../../src/store/turn/rows.ts";
import { backOff } from "../trouble.ts";
import type { StepResult } from "../step-result.ts";
import type { TargetTurn } from "../turn.ts";
import { clear, finish } from "./endings.ts";
import { hasReturned } from "./returned.ts";
import { keepProbes, newItems, recordInventory, told } from "./findings.ts";

/** The first look: what there is to end. In `observe` it is also the last. */
export async function discoverStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target, worker } = turn;
  const look = await lookForAccess(turn.with(session), turn.items.map(findingOf));
  const fresh = newItems(turn, look);
  await keepProbes(turn, look);
  await turn.deps.fault("step.discover.before-settle");
  recordInventory(turn, look);
  const detail = {
    found: look.findings.length,
    new: fresh.length,
    gaps: look.gaps.length,
    couldNotLook: look.troubles.map(told),
  };

  if (target.mode === "observe") {
    const [trouble] = look.troubles;
    turn.items.push(...fresh);
    if (trouble !== undefined) {
      return backOff(
        turn,
        { code: trouble.error.code, reason: trouble.error.message, retryAt: trouble.error.retryAt },
        "other",
        {
          newItems: fresh,
          step: { kind: "discover", result: "incomplete", detail },
        },
      );
    }
    return finish(turn, { kind: "discover", result: "observed", detail }, fresh);
  }
  // A freeze is a write too: a look is believed when whatever could have been made before it would show.
  const touched = target.freeze === "frozen" ? Object.keys(worker.connector.kinds) : fresh.map(({ kind }) => kind);
  const settleMs = Math.max(0, ...touched.map((kind) => worker.connector.kinds[kind]?.settleMs ?? 0));
  turn.items.push(...fresh);
  Object.assign(target, {
    ...clear,
    step: turn.items.some(needsRevocation) ? "revoke" : "verify",
    settleMs: worker.settleMs ?? Math.max(target.settleMs, settleMs),
    dueAt: turn.now(),
  });
  await turn.settle({
    newItems: fresh,
    reopened: hasReturned(turn),
    step: { kind: "discover", result: look.troubles.length > 0 ? "incomplete" : "found", detail },
  });
  return { kind: "next" };
}
