import type { Verdict } from "../../../src/domain/access.ts";
import { isRotating, itemStateOf } from "../../../src/domain/item-state.ts";
import { decideAfterLook } from "../../../src/domain/target-progress.ts";
import { lookForAccess } from "../../../src/stages/discover/look-for-access.ts";
import { lookAgain } from "../../../src/stages/verify/look-again.ts";
import { findingOf } from "../../../src/store/turn/rows.ts";
import type { ItemRow } from "../../../src/store/turn/rows.ts";
import { backOff } from "../trouble.ts";
import type { Why } from "../trouble.ts";
import type { StepResult } from "../step-result.ts";
import type { TargetTurn } from "../turn.ts";
import { clear, finish, waitForPerson, waitUntil } from "./endings.ts";
import { keepProbes, newItems, recordInventory, told } from "./findings.ts";
import { hasReturned, isComplete } from "./returned.ts";

/** A complete second discovery and a fresh look at each item; decides whether the target is finished. */
export async function verifyStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target, deps } = turn;
  const settledAt = target.lastWriteAt === null ? null : new Date(target.lastWriteAt.getTime() + target.settleMs);
  if (settledAt !== null && settledAt.getTime() >= turn.now().getTime())
    return waitUntil(turn, after(settledAt), "settling");

  const lookStartedAt = turn.now();
  const look = await lookForAccess(turn.with(session), turn.items.map(findingOf));
  const fresh = newItems(turn, look);
  await keepProbes(turn, look);
  const changed: ItemRow[] = [];
  for (const item of turn.items) {
    if (
      item.disposition !== null ||
      item.outcome === null ||
      item.outcome === "cut-off" ||
      item.outcome === "unsupported"
    )
      continue;
    const finding = findingOf(item);
    const mark = turn.mark();
    const material = await deps.vault.get(turn.case.id, target.target, finding);
    const verdict = seenOf(item, await lookAgain(turn.with(session), finding, look, material));
    // What was tried and refused stays so while nothing is at hand to try again and nothing shows it alive.
    if (verdict.state === "unknown" && material === null && item.verdict === "dead" && item.grade === "probe") continue;
    const confirmed = verdict.state === "dead" && item.verdict === "dead";
    Object.assign(item, {
      verdict: verdict.state,
      grade: verdict.by,
      verdictReason: verdict.reason,
      verdictAt: turn.now(),
      verifyEvidence: turn.evidenceSince(mark) ?? turn.lastEvidence(false),
      looks: verdict.state === "dead" ? (confirmed ? item.looks + 1 : 1) : 0,
    });
    item.state = itemStateOf(item);
    changed.push(item);
  }
  turn.items.push(...fresh);
  recordInventory(turn, look);
  target.looks += 1;
  await deps.fault("step.verify.before-settle");

  const detail = {
    look: target.looks,
    dead: changed.filter((item) => item.verdict === "dead").length,
    alive: changed.filter((item) => item.verdict === "alive").length,
    unknown: changed.filter((item) => item.verdict === "unknown").length,
    new: fresh.length,
    couldNotLook: look.troubles.map(told),
  };
  const decision = decideAfterLook({
    items: turn.items,
    troubled: look.troubles.length > 0,
    lookStartedAt,
    firstCleanAt: target.firstCleanAt,
    lastFreezeAt: turn.case.lastFreezeAt,
    settledAt,
    lookGapMs: turn.case.plan.policy.lookGapMs,
    looksAsked: endsAccess(turn) ? 2 : 1,
  });
  const rows = { newItems: fresh, changedItems: changed };

  switch (decision.kind) {
    case "finished":
      Object.assign(target, { firstCleanAt: decision.firstCleanAt, secondCleanAt: decision.secondCleanAt });
      return finish(turn, { kind: "verify", result: "dead", detail }, fresh, changed);
    case "look-again":
      Object.assign(target, { ...clear, firstCleanAt: decision.firstCleanAt });
      return waitUntil(turn, decision.notBefore, "between-looks", {
        ...rows,
        step: { kind: "verify", result: "clean", detail },
      });
    case "revoke": {
      Object.assign(target, { firstCleanAt: null, secondCleanAt: null, step: "revoke" });
      const stubborn = changed.filter((item) => item.verdict === "alive" || isRotating(item));
      const step = { kind: "verify", result: stubborn.length > 0 ? "alive" : "found-more", detail } as const;
      const reopened = hasReturned(turn);
      if (stubborn.length === 0) {
        target.dueAt = turn.now();
        await turn.settle({ ...rows, step, reopened });
        return { kind: "next" };
      }
      return backOff(turn, whyAlive(stubborn), "other", { ...rows, step, reopened });
    }
    case "by-hand":
      return waitForPerson(turn, {
        ...rows,
        step: { kind: "verify", result: "by-hand", detail },
        reopened: isComplete(turn),
      });
    case "unsure": {
      Object.assign(target, { firstCleanAt: null, secondCleanAt: null });
      const [trouble] = look.troubles;
      const why: Why =
        trouble === undefined
          ? {
              code: "could-not-check",
              reason: changed.find((item) => item.verdict === "unknown")?.verdictReason ?? "a look was unsure",
            }
          : { code: trouble.error.code, reason: trouble.error.message, retryAt: trouble.error.retryAt };
      return backOff(turn, why, "other", { ...rows, step: { kind: "verify", result: "unsure", detail } });
    }
  }
}

/** A principal that was deleted is gone or it is not: being switched off is what it was before. */
function seenOf({ principal, outcome }: ItemRow, verdict: Verdict): Verdict {
  const wasDeleted = principal && (outcome === "revoked" || outcome === "already-gone");
  if (!wasDeleted || verdict.state !== "dead" || verdict.by !== "state") return verdict;
  return { state: "alive", by: "state", reason: `it is still there after its deletion: ${verdict.reason}` };
}

/** A watch looks once; whatever ends something looks twice. */
function endsAccess({ case: held }: TargetTurn): boolean {
  return held.runNo === 1 || held.deleting || held.state === "open" || held.state === "blocked";
}

/** What the target said it is still doing is not yet a lie; only what it called done and is not, is. */
function whyAlive(stubborn: readonly ItemRow[]): Why {
  const lies = stubborn.filter((item) => item.outcome !== "pending");
  if (lies.length > 0) return { code: "still-alive", reason: `${lies.length} still worked after being revoked` };
  const [first] = stubborn;
  const reason = first?.outcomeReason ?? `${stubborn.length} are still being ended by the target`;
  const times = stubborn.flatMap(({ rotation }) => rotation?.notBefore ?? []);
  const isKnown = times.length === stubborn.length;
  return { code: "under-way", reason, retryAt: isKnown ? new Date(Math.min(...times.map(Date.parse))) : null };
}

function after(instant: Date): Date {
  return new Date(instant.getTime() + 1);
}
