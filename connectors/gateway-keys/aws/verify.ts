import type { Finding, Verdict } from "../../../src/domain/access.ts";
import type { Probe } from "../../contract/connector.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { findKey, placeOf } from "./keys.ts";
import { isEnabled, ownerOf } from "./owner.ts";
import { tryAtStage } from "./stage.ts";

/**
 * Looks again: the key's own address, a complete listing of its region, and where the value is still at hand, the key
 * itself at a stage. A key that is there and switched on is alive whatever a stage says; one that is gone or switched off
 * may still be let in by a stage that has not heard of it.
 */
export async function verifyKey(finding: Finding, probe: Probe | null, deps: ApiGatewayDeps): Promise<Verdict> {
  const item = await findKey(finding.ref, deps);
  if (item !== null && isEnabled(item.key)) {
    const isTheirs = ownerOf(item.key, deps.settings) === finding.accountId;
    const reason = isTheirs ? "API Gateway has it, switched on" : "it is switched on, under another owner";
    return { state: "alive", by: "state", reason };
  }
  const { region } = placeOf(finding.ref, deps);
  const tried = probe === null ? null : await tryAtStage(region.name, probe.material, deps);
  if (tried !== null) return tried;
  return item === null
    ? { state: "dead", by: "absence", reason: "no longer there, by its id and in a complete listing of its region" }
    : { state: "dead", by: "state", reason: "switched off" };
}
