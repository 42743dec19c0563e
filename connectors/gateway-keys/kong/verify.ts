import type { Finding, Verdict } from "../../../src/domain/access.ts";
import type { Probe } from "../../contract/connector.ts";
import type { CredentialKind } from "./credentials.ts";
import type { KongDeps } from "./deps.ts";
import { listCredentials } from "./discover.ts";
import { tryAtProxy } from "./probe.ts";

/**
 * Looks again: a fresh listing, and where the key is still at hand, the key itself at the proxy. What is listed is
 * alive whatever the proxy says; what is not listed may still be served by a data plane that has not heard of it.
 */
export async function verifyCredential(
  kind: CredentialKind,
  finding: Finding,
  probe: Probe | null,
  deps: KongDeps,
): Promise<Verdict> {
  if (await isListed(kind, finding, deps)) {
    return { state: "alive", by: "absence", reason: "the Admin API still lists it" };
  }
  const { probeUrl } = deps.settings;
  if (kind.kind === "key-auth" && probe !== null && probeUrl !== undefined) {
    return tryAtProxy(probeUrl, probe.material, deps);
  }
  return { state: "dead", by: "absence", reason: "a complete listing by the Admin API no longer has it" };
}

/** Whether a complete, fresh listing has the credential. */
export async function isListed(kind: CredentialKind, finding: Finding, deps: KongDeps): Promise<boolean> {
  for await (const { items } of listCredentials(kind, finding.accountId, deps)) {
    if (items.some((item) => item.finding.ref === finding.ref)) return true;
  }
  return false;
}
