import type { Outcome } from "../../../src/domain/access.ts";
import { newId } from "../../../src/domain/id.ts";
import { itemStateOf, needsRevocation } from "../../../src/domain/item-state.ts";
import type { Trouble } from "../../../src/stages/discover/look-for-access.ts";
import { revokeItem } from "../../../src/stages/revoke/revoke-item.ts";
import { rotateItem } from "../../../src/stages/revoke/rotate-item.ts";
import type { OpenTarget } from "../../../src/stages/session.ts";
import { revokeOrder } from "../../../src/stages/revoke/revoke-order.ts";
import { firstWriteAt } from "../../../src/store/turn/intent.ts";
import { findingOf } from "../../../src/store/turn/rows.ts";
import type { ItemRow, TargetRow } from "../../../src/store/turn/rows.ts";
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
    const attempted = await attempt(item.kind, () => endItem(turn, open, item));
    if ("error" in attempted) {
      troubles.push(attempted);
      continue;
    }
    Object.assign(item, {
      outcome: attempted.state,
      outcomeReason: attempted.reason ?? null,
      task: attempted.task ?? null,
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

/** A secret that others use is replaced; everything else is ended. Legal hold deletes nothing, so it replaces nothing. */
async function endItem(turn: TargetTurn, open: OpenTarget, item: ItemRow): Promise<Outcome> {
  const finding = findingOf(item);
  const { preserve, deleting } = turn.case;
  if (turn.worker.connector.kinds[item.kind]?.strategy !== "rotate" || preserve) {
    return revokeItem(open, finding, { preserve, deletePrincipals: deleting && isLongEnoughOff(turn, item) });
  }
  const { vault, fault } = turn.deps;
  const place = [turn.case.id, turn.target.target] as const;
  return rotateItem(open, finding, item.rotation, {
    newToken: newId,
    now: () => turn.now(),
    async commit(state) {
      item.rotation = state;
      await turn.settle({
        changedItems: [item],
        step: { kind: "revoke", result: "running", detail: { rotation: state.step } },
      });
    },
    firstWriteAt: ({ since }) => firstWriteAt(turn.deps.pool, turn.target, `${item.kind}/${item.ref}`, new Date(since)),
    seal: (token, { ref, value }) => vault.putIssued(...place, { token, ref }, value),
    open: (token, ref) => vault.getIssued(...place, { token, ref }),
    fault,
  });
}

/** What was found meanwhile is switched off first, and has its own time before it goes. */
function isLongEnoughOff(turn: TargetTurn, { outcomeAt }: ItemRow): boolean {
  const { deleteAfterMs } = turn.case.plan.policy;
  return outcomeAt !== null && outcomeAt.getTime() + deleteAfterMs <= turn.now().getTime();
}

function done(turn: TargetTurn): Partial<TargetRow> {
  return { reasonCode: null, reason: null, step: "verify", dueAt: turn.now() };
}
