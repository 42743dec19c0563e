import type { Finding, Verdict } from "../../src/domain/access.ts";
import type { Probe } from "../contract/connector.ts";
import { oldIdsOf, planOf, principalOf } from "./credential-finding.ts";
import type { CiDeps } from "./deps.ts";

/**
 * Looks again for every credential an item stands for: a fresh listing at the issuer, and where the old value is at hand
 * and the issuer no longer lists it, the value itself.
 */
export async function verifyCredential(deps: CiDeps, finding: Finding, probe: Probe | null): Promise<Verdict> {
  const plan = planOf(finding, deps);
  if (plan === null) {
    const reason = `the plan ${String(finding.facts["plan"])} is no longer in the settings, so its issuer is not asked`;
    return { state: "unknown", by: "absence", reason };
  }
  const issuer = deps.issuers(plan.issuer.kind);
  const old = oldIdsOf(finding);
  const left = (await issuer.keys(plan)).filter(({ id }) => old.has(id));
  const active = left.find(({ isActive }) => isActive);
  if (active !== undefined) {
    return {
      state: "alive",
      by: "state",
      reason: `the ${issuer.noun} ${active.id} of ${principalOf(plan)} still works`,
    };
  }
  if (left.length > 0) {
    return { state: "dead", by: "state", reason: `the old ${issuer.noun} of ${principalOf(plan)} is switched off` };
  }
  if (probe === null || issuer.mostKeys !== null) {
    return { state: "dead", by: "absence", reason: `${principalOf(plan)} no longer has the ${issuer.noun}` };
  }
  const { works, reason } = await issuer.attempt(plan, { ref: finding.ref, value: probe.material });
  return { state: works === null ? "unknown" : works ? "alive" : "dead", by: "probe", reason };
}
