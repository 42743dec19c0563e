import type { Finding, Outcome } from "../../src/domain/access.ts";
import type { Issued, Rotation, RotationTurn } from "../contract/rotation.ts";
import { lastWrite, lookAtConsumers, wasWritten, writeConsumers } from "./consumers.ts";
import { oldIdsOf, planOf, principalOf } from "./credential-finding.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import type { HeldKey, Issuer } from "./issuers/issuer.ts";
import { textOf } from "./place.ts";
import { fill, templateOf } from "./plan-settings.ts";
import type { Plan } from "./plan-settings.ts";
import { requireOutOfReach } from "./reach.ts";
import { retire } from "./retire.ts";

/** A new credential is not known everywhere at once: until then a refusal says nothing about it. */
const settlesMs = 5 * 60_000;

/** The five steps for credentials that a plan names. Each reads first, and may run twice. */
export const rotation: Rotation<CiDeps> = {
  plan: () => ({ kind: "auto" }),
  create,
  set: (deps, finding, issued) => set(deps, finding, issued),
  test,
  finish,
  retire: (deps, finding, issued) => retire(requirePlan(deps, finding), finding, issued, deps),
  rollBack,
};

async function create(deps: CiDeps, finding: Finding, turn: RotationTurn): Promise<Issued> {
  const plan = requirePlan(deps, finding);
  const issuer = deps.issuers(plan.issuer.kind);
  await requireOutOfReach(plan, finding, deps);
  await requireNotOurOwn(issuer, finding, deps);
  const old = oldIdsOf(finding);
  const held: HeldKey[] = [];
  for (const key of await issuer.keys(plan)) {
    // Left by an attempt that died before its value was sealed: nobody has it, and nobody ever will.
    if (!old.has(key.id) && issuer.isLeftBy(turn, key)) await issuer.remove(plan, key.id);
    else held.push(key);
  }
  if (issuer.mostKeys !== null && held.length >= issuer.mostKeys) throw await noRoom(plan, held, issuer, deps);
  return issuer.create(plan, turn);
}

/** Which of two is in use, only a person can tell: we would rather wait than end the wrong one. */
async function noRoom(plan: Plan, held: readonly HeldKey[], issuer: Issuer, deps: CiDeps) {
  const described: string[] = [];
  for (const key of held) {
    const used = await issuer.lastUse(plan, key);
    described.push(
      `${key.id}, ${key.isActive ? "" : "switched off, "}${used === null ? "never used" : `last used ${used.toISOString()}`}`,
    );
  }
  const what = `${principalOf(plan)} already has ${held.length} ${issuer.noun}s, as many as it may (${described.join("; ")}): delete the one that is not in use, and the rotation goes on`;
  return failed("conflict", deps, "create", what);
}

async function requireNotOurOwn(issuer: Issuer, finding: Finding, deps: CiDeps): Promise<void> {
  if (issuer.ownKeyId === null || !oldIdsOf(finding).has(await issuer.ownKeyId())) return;
  const what = `this is the ${issuer.noun} that Lastday itself comes with: give it another identity before this one is replaced`;
  throw failed("bad-request", deps, "create", what);
}

/**
 * Nobody is given a value that the issuer does not accept yet. One that is not there at all was never issued, whatever
 * the issuer said: then nothing is written either, and `test` says so.
 */
async function set(deps: CiDeps, finding: Finding, issued: Issued): Promise<void> {
  const plan = requirePlan(deps, finding);
  const issuer = deps.issuers(plan.issuer.kind);
  const { works, reason } = await issuer.attempt(plan, issued);
  if (works === true) return write(plan, finding, issued, deps);
  if (works === false && !(await isThere(plan, issued, issuer))) return;
  const what = `the new ${issuer.noun} does not work yet (${reason}): nothing was written`;
  throw failed("unavailable", deps, "set", what);
}

/** A list may be behind: what it does not have yet is asked for by a write, which goes by what is so. */
async function isThere(plan: Plan, { ref }: Issued, issuer: Issuer): Promise<boolean> {
  return (await issuer.keys(plan)).some(({ id }) => id === ref) || issuer.confirm(plan, ref);
}

function write(plan: Plan, finding: Finding, credential: Issued, deps: CiDeps): Promise<void> {
  const parts = deps.issuers(plan.issuer.kind).partsOf(credential);
  return writeConsumers(plan, finding, ({ settings }) => fill(templateOf(plan.issuer.kind, settings), parts), deps);
}

async function test(
  deps: CiDeps,
  finding: Finding,
  issued: Issued,
): Promise<{ works: boolean | null; reason: string }> {
  const plan = requirePlan(deps, finding);
  const issuer = deps.issuers(plan.issuer.kind);
  const tried = await issuer.attempt(plan, issued);
  if (tried.works !== false || !(await isThere(plan, issued, issuer))) return tried;
  const writtenAt = await lastWrite(plan, deps);
  const isNew = writtenAt !== null && deps.clock().getTime() - writtenAt.getTime() < settlesMs;
  return isNew ? { works: null, reason: `${tried.reason}, which may be because it is new` } : tried;
}

/** The new one is in use where every consumer was given it; the issuers have no mark for that. */
async function finish(deps: CiDeps, finding: Finding): Promise<void> {
  const plan = requirePlan(deps, finding);
  for (const { consumer, shown } of await lookAtConsumers(plan, deps)) {
    if (wasWritten(consumer, shown, finding)) continue;
    const what = `${textOf(consumer.place)} does not hold the new value: the old one stays until it does`;
    throw failed("conflict", deps, "finish", what);
  }
}

async function rollBack(deps: CiDeps, finding: Finding, issued: Issued): Promise<Outcome> {
  const plan = requirePlan(deps, finding);
  const issuer = deps.issuers(plan.issuer.kind);
  const keys = await issuer.keys(plan);
  const seen = await lookAtConsumers(plan, deps);
  if (seen.some(({ consumer, shown }) => wasWritten(consumer, shown, finding))) {
    const old = keys.find(({ id }) => id === finding.ref);
    if (old === undefined || old.value === null) {
      // Consumers that hold what is gone are helped by a third one alone, which the next rotation issues.
      if (!(await isThere(plan, issued, issuer))) return { state: "already-gone" };
      const why = old === undefined ? "is no longer there" : "is not shown again by its issuer";
      const reason = `secrets hold the new value, and the old one ${why}: only forward is safe`;
      return { state: "unsupported", reason };
    }
    await write(plan, finding, { ref: old.id, value: old.value }, deps);
  }
  return { state: (await issuer.remove(plan, issued.ref)) === "removed" ? "revoked" : "already-gone" };
}

function requirePlan(deps: CiDeps, finding: Finding): Plan {
  const plan = planOf(finding, deps);
  if (plan !== null) return plan;
  const what = `the plan ${String(finding.facts["plan"])} is no longer in the settings: put it back, or replace the credential by hand`;
  throw failed("bad-request", deps, "rotate", what);
}
