import { ConnectorError } from "../../../connectors/contract/error.ts";
import type { Issued, Rotation } from "../../../connectors/contract/rotation.ts";
import type { Secret } from "../../../connectors/contract/secret.ts";
import type { Finding, Outcome } from "../../domain/access.ts";
import type { Fault } from "../../domain/fault.ts";
import type { RotationState, RotationStep } from "../../domain/rotation.ts";
import type { OpenTarget } from "../session.ts";

/** What a rotation needs from the engine. Each promise is kept when it resolves: nothing goes on before it is durable. */
export interface RotationDeps {
  /** A name that is used once. */
  newToken(): string;
  now(): Date;
  /** Commits how far the rotation is. */
  commit(state: RotationState): Promise<void>;
  /** When the first write of this rotation that may have had an effect was sent; null when none was. */
  firstWriteAt(state: RotationState): Promise<Date | null>;
  /** Keeps a new value, by the rotation's token and the new credential's id. */
  seal(token: string, issued: Issued): Promise<void>;
  /** Null when no such value was sealed. */
  open(token: string, ref: string): Promise<Secret | null>;
  fault: Fault;
}

/** How long a person has when the engine itself can go no further. */
const handMs = 24 * 3_600_000;

/**
 * Replaces one shared secret, from wherever an earlier attempt got to. Its state is committed before the first write and
 * after every step, so after a crash at most one step runs again, and each of them reads before it writes.
 *
 * @returns `revoked` or `already-gone` when the old value was ended; `pending` while it is not yet, or while a person has
 * to do it.
 */
export async function rotateItem(
  target: OpenTarget,
  finding: Finding,
  before: RotationState | null,
  deps: RotationDeps,
): Promise<Outcome> {
  const kind = target.connector.kinds[finding.kind];
  if (kind?.rotate === undefined) {
    return { state: "unsupported", reason: `${target.connector.title} cannot replace ${finding.label}` };
  }
  const { session } = target;
  const plan = kind.rotate.plan(session, finding);
  if (plan.kind === "by-hand") return { state: "pending", reason: plan.task.what, task: plan.task };
  return advance({ target, finding, rotate: kind.rotate, session, deps }, before);
}

interface Work {
  target: OpenTarget;
  finding: Finding;
  rotate: Rotation<unknown>;
  session: unknown;
  deps: RotationDeps;
}

async function advance(work: Work, before: RotationState | null): Promise<Outcome> {
  const { finding, rotate, session, deps } = work;
  let state = before ?? (await begin(deps));
  const reach = async (step: RotationStep, issuedRef: string, notBefore: string | null = null) => {
    state = { ...state, step, issuedRef, notBefore };
    await deps.commit(state);
    return { ref: issuedRef };
  };
  if (state.step === "create" || state.issuedRef === null) {
    const since = await deps.firstWriteAt(state);
    const made = await rotate.create(session, finding, { token: state.token, since });
    await deps.fault("rotate.create.before-seal");
    await deps.seal(state.token, made);
    await deps.fault("rotate.create.before-commit");
    await reach("set", made.ref);
  }
  const ref = state.issuedRef ?? "";
  if (state.step === "set" || state.step === "test") {
    const value = await deps.open(state.token, ref);
    if (value === null) return valueLost(work);
    const issued = { ref, value };
    if (state.step === "set") {
      await rotate.set(session, finding, issued);
      await deps.fault("rotate.set.before-commit");
      await reach("test", ref);
    }
    const { works, reason } = await rotate.test(session, finding, issued);
    if (works === null) throw cannotTry(work, reason);
    if (!works) return await giveUp(work, issued, reason);
    await deps.fault("rotate.test.before-commit");
    await reach("finish", ref);
  }
  if (state.step === "finish") {
    await rotate.finish(session, finding, { ref });
    await deps.fault("rotate.finish.before-commit");
    await reach("retire", ref);
  }
  // One that was retired before and is here again was seen alive since: it is retired once more.
  const outcome = await rotate.retire(session, finding, { ref });
  await deps.fault("rotate.retire.before-commit");
  await reach(outcome.state === "pending" ? "retire" : "done", ref, outcome.notBefore ?? null);
  return outcome;
}

async function begin(deps: RotationDeps): Promise<RotationState> {
  const state: RotationState = {
    token: deps.newToken(),
    since: deps.now().toISOString(),
    step: "create",
    issuedRef: null,
  };
  await deps.commit(state);
  return state;
}

/** Consumers may hold a value that nobody has any more. Both credentials work, and only a person can go on from here. */
function valueLost({ finding, deps }: Work): Outcome {
  const what = `Replace ${finding.label} by hand, then attest: its new value is no longer in the sealed store`;
  return {
    state: "pending",
    reason: what,
    task: { what, owner: "whoever runs Lastday", dueAt: new Date(deps.now().getTime() + handMs).toISOString() },
  };
}

/** The new value does not work: whoever was given it gets the old one back, and the next attempt begins anew. */
async function giveUp({ rotate, session, finding, deps }: Work, issued: Issued, reason: string): Promise<Outcome> {
  const undone = await rotate.rollBack(session, finding, issued);
  const said = undone.reason === undefined ? "" : ` (${undone.reason})`;
  if (undone.state === "unsupported") {
    return { state: "pending", reason: `the new value is refused and cannot be taken back: ${reason}${said}` };
  }
  await begin(deps);
  return { state: "pending", reason: `the new value was refused and taken back: ${reason}` };
}

function cannotTry({ target, finding }: Work, reason: string): ConnectorError {
  const what = `${target.name}: the new value of ${finding.label} could not be tried: ${reason}`;
  return new ConnectorError("unavailable", what, { target: target.name, operation: "rotate" });
}
