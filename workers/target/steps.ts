import type { Finding } from "../../src/domain/access.ts";
import { newId } from "../../src/domain/id.ts";
import { itemStateOf, needsRevocation } from "../../src/domain/item-state.ts";
import { decideAfterLook } from "../../src/domain/target-progress.ts";
import { lookForAccess } from "../../src/stages/discover/look-for-access.ts";
import type { Look, Trouble } from "../../src/stages/discover/look-for-access.ts";
import { freezeAccounts } from "../../src/stages/freeze/freeze-accounts.ts";
import { digestOf } from "../../src/stages/plan/freeze-plan.ts";
import { resolveAccounts } from "../../src/stages/resolve/resolve-accounts.ts";
import { revokeItem } from "../../src/stages/revoke/revoke-item.ts";
import { revokeOrder } from "../../src/stages/revoke/revoke-order.ts";
import { lookAgain } from "../../src/stages/verify/look-again.ts";
import { loadIdentity, loadRivals, loadStrangersLinks } from "../../src/store/identity.ts";
import { findingOf } from "../../src/store/turn/rows.ts";
import type { ItemRow } from "../../src/store/turn/rows.ts";
import type { TargetTurn } from "./turn.ts";
import { attempt, backOff } from "./trouble.ts";
import type { Why } from "./trouble.ts";

/** What the turn does after a step: the next one at once, or nothing before that instant, or nothing more. */
export type StepResult = { kind: "next" } | { kind: "yield" } | { kind: "wait"; until: Date } | { kind: "rest" };

/** Person to accounts. Ambiguity stops this target and asks a person; the other targets go on. */
export async function resolveStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target, worker, deps } = turn;
  const { person, links } = await loadIdentity(deps.pool, turn.case.personId, target.target);
  const open = turn.with(session);
  const resolution = await resolveAccounts(
    open,
    { person, rules: worker.rules, links },
    {
      principals: () => deps.principals.list(open),
      linkedToOthers: () => loadStrangersLinks(deps.pool, person.id, target.target),
      rivals: (values) => loadRivals(deps.pool, person.id, values),
    },
  );
  await deps.fault("step.resolve.before-settle");

  switch (resolution.kind) {
    case "incomplete":
      return backOff(
        turn,
        { code: "incomplete-listing", reason: `The list of accounts at ${target.target} was cut short` },
        "contain",
      );
    case "ask":
      Object.assign(target, {
        state: "awaiting_approval",
        reasonCode: resolution.question,
        reason: resolution.text,
        dueAt: null,
      });
      await turn.settle({
        release: true,
        question: { kind: resolution.question, text: resolution.text, candidates: resolution.candidates },
        step: { kind: "resolve", result: "asked", detail: { candidates: resolution.candidates.length } },
      });
      return { kind: "rest" };
    case "none":
      Object.assign(target, {
        ...clear,
        accountsSha256: digestOf([]),
        inventory: "complete",
        listedAt: turn.stepStartedAt,
        freeze: "not-needed",
      });
      return finish(turn, { kind: "resolve", result: "no-account", detail: { listed: resolution.listed } });
    case "accounts":
      turn.accounts = resolution.accounts.map((match) => match.account);
      Object.assign(target, {
        ...clear,
        step: target.mode === "enforce" ? "freeze" : "discover",
        accountsSha256: digestOf(resolution.accounts),
        freeze: target.mode === "enforce" ? "not-yet" : "not-needed",
        dueAt: turn.now(),
      });
      await turn.settle({
        accounts: resolution.accounts,
        step: {
          kind: "resolve",
          result: "found",
          detail: { accounts: resolution.accounts.length, listed: resolution.listed },
        },
      });
      return { kind: "next" };
  }
}

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
    release: true,
    step: {
      kind: "freeze",
      result: result.state,
      detail: result.state === "unsupported" ? { why: result.reason } : {},
    },
  });
  return { kind: "yield" };
}

/** The first look: what there is to end. In `observe` it is also the last. */
export async function discoverStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target, worker } = turn;
  const look = await lookForAccess(turn.with(session));
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
  const settleMs = Math.max(0, ...fresh.map((item) => worker.connector.kinds[item.kind]?.settleMs ?? 0));
  turn.items.push(...fresh);
  Object.assign(target, {
    ...clear,
    step: turn.items.some(needsRevocation) ? "revoke" : "verify",
    settleMs: worker.settleMs ?? Math.max(target.settleMs, settleMs),
    dueAt: turn.now(),
  });
  await turn.settle({
    newItems: fresh,
    step: { kind: "discover", result: look.troubles.length > 0 ? "incomplete" : "found", detail },
  });
  return { kind: "next" };
}

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
    const attempted = await attempt(item.kind, () => revokeItem(open, findingOf(item), turn.case.preserve));
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
    await turn.settle({ changedItems: [item], step: { kind: "revoke", result: "running", detail: counts } });
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
  Object.assign(target, { reasonCode: null, reason: null, step: "verify", dueAt: turn.now() });
  await turn.settle({ step: { kind: "revoke", result: "done", detail } });
  return { kind: "next" };
}

/** A complete second discovery and a fresh look at each item; decides whether the target is finished. */
export async function verifyStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target, deps } = turn;
  const settledAt = target.lastWriteAt === null ? null : new Date(target.lastWriteAt.getTime() + target.settleMs);
  if (settledAt !== null && settledAt.getTime() >= turn.now().getTime())
    return waitUntil(turn, after(settledAt), "settling");

  const lookStartedAt = turn.now();
  const look = await lookForAccess(turn.with(session));
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
    const verdict = await lookAgain(
      turn.with(session),
      finding,
      look,
      await deps.vault.get(turn.case.id, target.target, finding),
    );
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
    looksAsked: turn.case.runNo === 1 || turn.case.state === "open" || turn.case.state === "blocked" ? 2 : 1,
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
      const stubborn = changed.filter((item) => item.verdict === "alive");
      const step = { kind: "verify", result: stubborn.length > 0 ? "alive" : "found-more", detail } as const;
      // Access that came back after the case was complete: the case is open again, and its certificate superseded.
      const reopened = turn.case.state === "complete" || turn.case.state === "complete_with_exceptions";
      if (stubborn.length === 0) {
        target.dueAt = turn.now();
        await turn.settle({ ...rows, step, reopened });
        return { kind: "next" };
      }
      const reason = `${stubborn.length} still worked after being revoked`;
      return backOff(turn, { code: "still-alive", reason }, "other", { ...rows, step, reopened });
    }
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

/** A step that succeeded clears what an earlier failure left. */
const clear = { reasonCode: null, reason: null, attempts: 0, failingSince: null };

type StepSummary = { kind: "resolve" | "discover" | "verify"; result: string; detail: Record<string, unknown> };

async function finish(
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

async function waitUntil(
  turn: TargetTurn,
  until: Date,
  reasonCode: "settling" | "between-looks",
  end: Parameters<TargetTurn["settle"]>[0] = {},
): Promise<StepResult> {
  const reason =
    reasonCode === "settling" ? "The target may still be applying the last write" : "A second clean look comes later";
  Object.assign(turn.target, { state: "waiting", step: "verify", reasonCode, reason, dueAt: until });
  await turn.settle({ ...end, release: true });
  await turn.deps.fault("step.verify.between-looks");
  return { kind: "wait", until };
}

function newItems(turn: TargetTurn, look: Look): ItemRow[] {
  const known = new Set(turn.items.map((item) => `${item.kind}\0${item.ref}`));
  const fresh: ItemRow[] = [];
  for (const finding of look.findings) {
    const key = `${finding.kind}\0${finding.ref}`;
    if (known.has(key)) continue;
    known.add(key);
    fresh.push(itemOf(turn, finding));
  }
  return fresh;
}

function itemOf(turn: TargetTurn, finding: Finding): ItemRow {
  const strategy = turn.worker.connector.kinds[finding.kind]?.strategy;
  const disposition = turn.target.mode === "observe" ? "observed" : strategy === "report" ? "reported" : null;
  const facts = { disposition, outcome: null, verdict: null, grade: null, looks: 0 } as const;
  return {
    id: newId(),
    kind: finding.kind,
    ref: finding.ref,
    accountId: finding.accountId,
    label: finding.label,
    holder: finding.holder,
    risk: finding.risk,
    facts: finding.facts,
    createdAtTarget: dateOf(finding.createdAt),
    lastUsedAt: dateOf(finding.lastUsedAt),
    expiresAt: dateOf(finding.expiresAt),
    discoveredAt: turn.stepStartedAt,
    outcomeReason: null,
    requestedAt: null,
    outcomeAt: null,
    revokeStepId: null,
    revokeEvidence: null,
    attempts: 0,
    verdictReason: null,
    verdictAt: null,
    verifyEvidence: null,
    ...facts,
    state: itemStateOf(facts),
  };
}

function recordInventory(turn: TargetTurn, look: Look): void {
  const partial = look.gaps.length > 0 || look.troubles.length > 0;
  Object.assign(turn.target, {
    inventory: partial ? "partial" : "complete",
    listedAt: turn.stepStartedAt,
    gaps: look.gaps,
  });
}

async function keepProbes(turn: TargetTurn, look: Look): Promise<void> {
  if (turn.target.mode === "observe") return;
  for (const [finding, material] of look.materials) {
    await turn.deps.vault.put(turn.case.id, turn.target.target, finding, material);
  }
}

function told({ kind, error }: Trouble): { kind: string; code: string } {
  return { kind, code: error.code };
}

function dateOf(text: string | null): Date | null {
  if (text === null) return null;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}

function after(instant: Date): Date {
  return new Date(instant.getTime() + 1);
}
