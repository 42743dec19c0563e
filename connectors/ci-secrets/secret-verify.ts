import type { Finding, Verdict } from "../../src/domain/access.ts";
import type { Probe } from "../contract/connector.ts";
import type { CiDeps } from "./deps.ts";
import { fits } from "./name-pattern.ts";
import { lookAtSecret } from "./secret-look.ts";

/**
 * Looks again at a secret that a person replaces. Only a refusal of the old value shows that it is dead: a new date, or
 * a secret that is gone, says nothing about the value, which may still work where it came from.
 */
export async function verifySecret(deps: CiDeps, finding: Finding, probe: Probe | null): Promise<Verdict> {
  const rule = deps.settings.probes.find(({ match }) => fits(match, String(finding.facts["name"] ?? "")));
  if (probe !== null && rule !== undefined) {
    const status = await deps.tryOldValue(rule, probe.material);
    if (rule.refused.includes(status)) {
      return { state: "dead", by: "probe", reason: `the old value was refused where it was used (${status})` };
    }
    if (status >= 200 && status < 300) {
      return { state: "alive", by: "probe", reason: `the old value still opens what it opened (${status})` };
    }
    return { state: "unknown", by: "probe", reason: `the answer ${status} tells nothing about the old value` };
  }
  const shown = await lookAtSecret(finding, deps);
  if (shown === null) {
    const reason = "the secret is gone from GitHub; its value may still work where it came from";
    return { state: "unknown", by: "absence", reason };
  }
  const before = finding.facts["updatedAt"];
  if (typeof before === "string" && shown.updatedAt?.toISOString() === before) {
    return { state: "alive", by: "state", reason: "the secret still holds the value that was within reach" };
  }
  const reason = "the secret was written since; that alone does not show that the old value was ended";
  return { state: "unknown", by: "state", reason };
}
