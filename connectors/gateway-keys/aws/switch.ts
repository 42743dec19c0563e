import type { Finding, Outcome } from "../../../src/domain/access.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { findKey, requireGone, requireOwner } from "./keys.ts";
import type { RegionalKey } from "./keys.ts";
import { isEnabled, isMarked } from "./owner.ts";

const gone: Outcome = { state: "already-gone" };

export async function disableKey(finding: Finding, deps: ApiGatewayDeps): Promise<Outcome> {
  const item = await findKey(finding.ref, deps);
  if (item === null) return gone;
  requireOwner(item, finding.accountId, deps);
  return switchOff(item, deps);
}

export async function restoreKey(finding: Finding, deps: ApiGatewayDeps): Promise<Outcome> {
  const item = await findKey(finding.ref, deps);
  if (item === null) return gone;
  requireOwner(item, finding.accountId, deps);
  return switchOn(item, deps);
}

/**
 * Switches a key off and marks it as ours. The mark comes first: a crash in between leaves a mark on a key that works,
 * which the next attempt switches off; the other way round it would leave a key off that nobody would switch on again.
 *
 * A server that takes no tags does not keep a leaver's key alive: the key goes off unmarked, and the outcome says so.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateApiKey.html
 */
export async function switchOff(item: RegionalKey, deps: ApiGatewayDeps): Promise<Outcome> {
  const { region, key } = item;
  if (!isEnabled(key)) {
    return { state: "disabled", reason: isMarked(key) ? "switched off" : "somebody else has switched it off already" };
  }
  const isMarkable = await region.mark(key.id);
  if (!(await region.setEnabled(key.id, false))) return goneAfterAll(item, deps);
  return {
    state: "disabled",
    reason: isMarkable ? "switched off" : "switched off, but this server takes no mark: only a person can restore it",
  };
}

/** Switches on what we switched off, and nothing else. The mark goes last, so that a crash in between is made good. */
export async function switchOn(item: RegionalKey, deps: ApiGatewayDeps): Promise<Outcome> {
  const { region, key } = item;
  if (!isMarked(key)) return gone;
  if (!isEnabled(key) && !(await region.setEnabled(key.id, true))) return goneAfterAll(item, deps);
  await region.unmark(key.id);
  return { state: "revoked", reason: "what we switched off is on again" };
}

async function goneAfterAll(item: RegionalKey, deps: ApiGatewayDeps): Promise<Outcome> {
  await requireGone(item, "UpdateApiKey", deps);
  return gone;
}
