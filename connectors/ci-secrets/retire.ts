import type { Finding, Outcome } from "../../src/domain/access.ts";
import type { IssuedRef } from "../contract/rotation.ts";
import { lastWrite } from "./consumers.ts";
import { oldIdsOf, principalOf } from "./credential-finding.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import type { HeldKey, Issuer } from "./issuers/issuer.ts";
import type { Plan } from "./plan-settings.ts";

/**
 * Ends the old credentials: switched off at once where that can be taken back, deleted once `grace` has passed since the
 * last consumer was given the new one. Jobs that were queued before still carry the old value, and whatever uses it
 * later is a consumer that the plan does not know.
 *
 * @see https://docs.github.com/en/actions/concepts/security/secrets "Organization and repository secrets are read when a workflow run is queued"
 */
export async function retire(plan: Plan, finding: Finding, issued: IssuedRef, deps: CiDeps): Promise<Outcome> {
  const issuer = deps.issuers(plan.issuer.kind);
  const keys = await issuer.keys(plan);
  const old = oldOf(keys, finding, issued);
  if (old.length === 0) return { state: "already-gone" };
  if (!keys.some(({ id, isActive }) => id === issued.ref && isActive)) {
    const what = `the new ${issuer.noun} of ${principalOf(plan)} is not there or switched off: the old one stays`;
    throw failed("conflict", deps, "retire", what);
  }
  if (issuer.switchOff !== null) {
    for (const { id } of old.filter(({ isActive }) => isActive)) await issuer.switchOff(plan, id);
  }
  const wait = await waitOf(plan, old, issuer, deps);
  if (wait !== null) return wait;
  const hidden: string[] = [];
  for (const { id } of old) if ((await issuer.remove(plan, id)) === "absent") hidden.push(id);
  if (hidden.length === 0) return { state: "revoked" };
  const left = oldOf(await issuer.keys(plan), finding, issued).filter(({ id }) => hidden.includes(id));
  if (left.length === 0) return { state: hidden.length === old.length ? "already-gone" : "revoked" };
  const what = `the issuer says that it has no ${issuer.noun} ${left.map(({ id }) => id).join(", ")}, and lists it: check the permission to delete`;
  throw failed("not-visible", deps, "retire", what);
}

/** What is the new one is never ended, whatever the finding says. */
function oldOf(keys: readonly HeldKey[], finding: Finding, issued: IssuedRef): readonly HeldKey[] {
  const ids = oldIdsOf(finding);
  return keys.filter(({ id }) => ids.has(id) && id !== issued.ref);
}

/** Why deletion has to wait, and until when; null when it has not. */
async function waitOf(plan: Plan, old: readonly HeldKey[], issuer: Issuer, deps: CiDeps): Promise<Outcome | null> {
  const writtenAt = await lastWrite(plan, deps);
  if (writtenAt === null) return null; // no consumer is left to be served
  const uses: Date[] = [];
  for (const key of old) {
    const used = await issuer.lastUse(plan, key);
    if (used !== null && used > writtenAt) uses.push(used);
  }
  const lastUse = uses.toSorted((a, b) => b.getTime() - a.getTime())[0];
  const until = new Date((lastUse ?? writtenAt).getTime() + plan.grace);
  if (deps.clock() >= until) return null;
  const state = issuer.switchOff === null ? "still works" : "is switched off";
  const used =
    lastUse === undefined
      ? ""
      : `; it was used at ${lastUse.toISOString()}, after every secret of the plan held the new one: something else uses it`;
  const reason = `the old ${issuer.noun} ${state} and is deleted after ${until.toISOString()}${used}`;
  return { state: "pending", reason, notBefore: until.toISOString() };
}
