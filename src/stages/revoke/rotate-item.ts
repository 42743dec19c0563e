import { ConnectorError } from "../../../connectors/contract/error.ts";
import type { Issued, Rotation } from "../../../connectors/contract/rotation.ts";
import type { Secret } from "../../../connectors/contract/secret.ts";
import type { Finding, Outcome } from "../../domain/access.ts";
import type { Fault } from "../../domain/fault.ts";
import type { RotationState } from "../../domain/rotation.ts";
import type { OpenTarget } from "../session.ts";

/** What a rotation needs from the engine. Each promise is kept when it resolves: nothing goes on before it is durable. */
export interface RotationDeps {
  /** A name that is used once. */
  newToken(): string;
  now(): Date;
  /** Commits how far the rotation is. */
  commit(state: RotationState): Promise<void>;
  /** Keeps a new value, by the rotation's token and the new credential's id. */
  seal(token: string, issued: Issued): Promise<void>;
  /** Null when no such value was sealed. */
  open(token: string, ref: string): Promise<Secret | null>;
  fault: Fault;
}

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
  const reach = async (step: RotationState["step"], issuedRef: string): Promise<RotationState> => {
    const reached = { ...state, step, issuedRef };
    await deps.commit(reached);
    return reached;
  };
  if (state.step === "create") {
    const made = await rotate.create(session, finding, { token: state.token, since: new Date(state.since) });
    await deps.fault("rotate.create.before-seal");
    await deps.seal(state.token, made);
    await deps.fault("rotate.create.before-commit");
    state = await reach("set", made.ref);
  }
  const issued = await issuedOf(work, state);
  if (state.step === "set") {
    await rotate.set(session, finding, issued);
    await deps.fault("rotate.set.before-commit");
    state = await reach("test", issued.ref);
  }
  if (state.step === "test") {
    const { works, reason } = await rotate.test(session, finding, issued);
    if (works === null) throw cannotGoOn(work, "unavailable", `the new value could not be tried: ${reason}`);
    if (!works) return await giveUp(work, issued, reason);
    await deps.fault("rotate.test.before-commit");
    state = await reach("finish", issued.ref);
  }
  if (state.step === "finish") {
    await rotate.finish(session, finding, issued);
    await deps.fault("rotate.finish.before-commit");
    state = await reach("retire", issued.ref);
  }
  // One that was retired before and is here again was seen alive since: it is retired once more.
  const outcome = await rotate.retire(session, finding, issued);
  await deps.fault("rotate.retire.before-commit");
  if (outcome.state !== "pending") await reach("done", issued.ref);
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

/** The new value, which only the sealed store has. Without it nobody can be served with it: a person has to look. */
async function issuedOf(work: Work, { token, issuedRef }: RotationState): Promise<Issued> {
  const value = issuedRef === null ? null : await work.deps.open(token, issuedRef);
  if (issuedRef !== null && value !== null) return { ref: issuedRef, value };
  throw cannotGoOn(
    work,
    "bad-request",
    "the new value is no longer in the sealed store: replace it by hand and attest",
  );
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

function cannotGoOn({ target, finding }: Work, code: "unavailable" | "bad-request", what: string): ConnectorError {
  const operation = "rotate";
  return new ConnectorError(code, `${target.name}: ${finding.label}: ${what}`, { target: target.name, operation });
}
