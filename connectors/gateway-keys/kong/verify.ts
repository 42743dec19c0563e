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
  if (await isThere(kind, finding, deps)) {
    return { state: "alive", by: "absence", reason: "the Admin API still has it" };
  }
  const { probeUrl } = deps.settings;
  if (kind.kind === "key-auth" && probe !== null && probeUrl !== undefined) {
    return tryAtProxy(probeUrl, probe.material, deps);
  }
  return {
    state: "dead",
    by: "absence",
    reason: "the Admin API no longer has it, in a complete listing and by its id",
  };
}

/**
 * Whether a complete, fresh listing has the credential, or its own address. Both must miss it: a listing can lose a row
 * while others are deleted beside it, and an address alone says the same 404 to what it may not show.
 */
export async function isThere(kind: CredentialKind, finding: Finding, deps: KongDeps): Promise<boolean> {
  const { accountId, ref } = finding;
  for await (const { items } of listCredentials(kind, accountId, deps)) {
    if (items.some((item) => item.finding.ref === ref)) return true;
  }
  return deps.kong.hasCredential(kind, accountId, ref);
}
