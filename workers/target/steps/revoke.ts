import { itemStateOf, needsRevocation } from "../../../src/domain/item-state.ts";
import type { Trouble } from "../../../src/stages/discover/look-for-access.ts";
import { revokeItem } from "../../../src/stages/revoke/revoke-item.ts";
import { revokeOrder } from "../../../src/stages/revoke/revoke-order.ts";
import { findingOf } from "../../../src/store/turn/rows.ts";
import type { TargetRow } from "../../../src/store/turn/rows.ts";
import { attempt, backOff } from "../trouble.ts";
import type { StepResult } from "../step-result.ts";
import type { TargetTurn } from "../turn.ts";
import { told } from "./findings.ts";

/** Ends what is alive, one item at a time; each outcome commits before the next call. */
export async function revokeStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target, worker } = turn;
  const open = turn.with(session);
  const order = revokeOrder(worker.connector.kinds);
  const due = turn.items.filter(needsRevocation).toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const counts: Record<string, number> = {};
  const troubles: Trouble[] = [];
  Object.assign(target, { firstCleanAt: null, secondCleanAt: null });

  for (const item of due) {
    turn.itemRef = `${item.kind}/${item.ref}`;
    turn.lastIntentAt = null;
    const mark = turn.mark();
    const attempted = await attempt(item.kind, () =>
      revokeItem(open, findingOf(item), { preserve: turn.case.preserve, deletePrincipals: false }),
    );
    if ("error" in attempted) {
      troubles.push(attempted);
      continue;
    }
    Object.assign(item, {
      outcome: attempted.state,
      outcomeReason: attempted.reason ?? null,
      requestedAt: turn.lastIntentAt,
      outcomeAt: turn.now(),
      revokeStepId: turn.stepId,
      revokeEvidence: turn.evidenceSince(mark),
      attempts: item.attempts + 1,
      verdict: null,
      grade: null,
      verdictReason: null,
      verdictAt: null,
      verifyEvidence: null,
      looks: 0,
    });
    item.state = itemStateOf(item);
    counts[attempted.state] = (counts[attempted.state] ?? 0) + 1;
    const last = item === due.at(-1) && troubles.length === 0;
    if (last) Object.assign(target, done(turn));
    await turn.settle({
      changedItems: [item],
      step: { kind: "revoke", result: last ? "done" : "running", detail: counts },
    });
    await turn.deps.fault("step.revoke.after-record");
  }
  turn.itemRef = null;

  const detail = { ...counts, couldNot: troubles.map(told) };
  const [trouble] = troubles;
  if (trouble !== undefined) {
    // What could be ended is ended; a second look comes before the next attempt, because a lost reply may have worked.
    target.step = "verify";
    return backOff(
      turn,
      { code: trouble.error.code, reason: trouble.error.message, retryAt: trouble.error.retryAt },
      "other",
      {
        step: { kind: "revoke", result: "incomplete", detail },
      },
    );
  }
  if (due.length === 0) {
    Object.assign(target, done(turn));
    await turn.settle({ step: { kind: "revoke", result: "done", detail } });
  }
  return { kind: "next" };
}

function done(turn: TargetTurn): Partial<TargetRow> {
  return { reasonCode: null, reason: null, step: "verify", dueAt: turn.now() };
}
