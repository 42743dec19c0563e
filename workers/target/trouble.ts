import { ConnectorError } from "../../connectors/contract/error.ts";
import type { ConnectorErrorCode } from "../../connectors/contract/error.ts";
import { backOffMs, blockedAfterMs, nextAttempt } from "../../connectors/contract/policy.ts";
import type { FailureHistory } from "../../connectors/contract/policy.ts";
import type { Trouble } from "../../src/stages/discover/look-for-access.ts";
import type { StepResult } from "./step-result.ts";
import type { StepEnd, TargetTurn } from "./turn.ts";

export interface Why {
  /** A connector's error, or our own. `under-way`: it takes its time; `secrets`: what was sealed cannot be opened. */
  code: ConnectorErrorCode | OwnCode;
  reason: string;
  retryAt?: Date | null;
}

const ownCodes = ["still-alive", "under-way", "could-not-check", "incomplete-listing", "secrets"] as const;
type OwnCode = (typeof ownCodes)[number];

/** A time that has passed already is no reason to ask without a pause. */
const soonMs = 1_000;

/** Speak of the whole target: trying the next item would only make it worse. */
const wholeTarget: ReadonlySet<ConnectorErrorCode> = new Set([
  "rate-limited",
  "unauthorized",
  "egress-refused",
  "cancelled",
  "write-refused",
]);

/** Runs one item's work; a failure that is only this item's becomes a trouble, so that the others go on. */
export async function attempt<T>(kind: string, work: () => Promise<T>): Promise<T | Trouble> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorError) || wholeTarget.has(error.code)) throw error;
    return { kind, error };
  }
}

/**
 * Ends the turn after a failure: tried again for ever, later and later, and loudly once it has lasted (trust rule 5).
 * A target that asked to be left alone is obeyed, and that counts as no failure.
 */
export async function backOff(
  turn: TargetTurn,
  why: Why,
  stage: FailureHistory["stage"],
  end: StepEnd = {},
): Promise<StepResult> {
  const { target } = turn;
  const now = turn.now();
  const next = decide(
    why,
    { failures: target.attempts, failingSince: target.failingSince ?? now, stage },
    now,
    turn.deps.random(),
  );
  // It said when: that is no failure.
  const isPatient = why.code === "rate-limited" || (why.code === "under-way" && (why.retryAt ?? null) !== null);
  Object.assign(target, {
    state: next.blocked ? "blocked" : isPatient || why.code === "under-way" ? "waiting" : "retrying",
    reasonCode: why.code,
    reason: why.reason,
    dueAt: next.at,
    attempts: isPatient ? target.attempts : target.attempts + 1,
    failingSince: isPatient ? target.failingSince : (target.failingSince ?? now),
  });
  await turn.settle({ ...end, release: true });
  return next.blocked ? { kind: "rest" } : { kind: "wait", until: next.at };
}

function decide(why: Why, history: FailureHistory, now: Date, random: number): { at: Date; blocked: boolean } {
  const failingForMs = Math.max(0, now.getTime() - history.failingSince.getTime());
  const ownDelay = new Date(now.getTime() + backOffMs(history.failures, failingForMs, random));
  const { code } = why;
  if (code === "under-way" && why.retryAt !== undefined && why.retryAt !== null) {
    return { at: new Date(Math.max(why.retryAt.getTime(), now.getTime() + soonMs)), blocked: false };
  }
  if (isOwn(code))
    return { at: ownDelay, blocked: code === "secrets" || failingForMs >= blockedAfterMs(history.stage) };
  const next = nextAttempt({ code, retryAt: why.retryAt ?? null }, history, now, random);
  return { at: next.at ?? ownDelay, blocked: next.blocked };
}

function isOwn(code: Why["code"]): code is OwnCode {
  return (ownCodes as readonly string[]).includes(code);
}
