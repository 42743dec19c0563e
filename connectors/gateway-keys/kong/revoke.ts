import type { Finding, Outcome } from "../../../src/domain/access.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { Deletion } from "./client.ts";
import type { CredentialKind } from "./credentials.ts";
import type { KongDeps } from "./deps.ts";
import { isThere } from "./verify.ts";

/** Deletes one credential. Safe to repeat; a 404 counts as gone only after a listing that could have shown it. */
export async function revokeCredential(kind: CredentialKind, finding: Finding, deps: KongDeps): Promise<Outcome> {
  const deletion = await deps.kong.deleteCredential(kind, finding.accountId, finding.ref);
  return outcomeOf(deletion, `delete${kind.suffix}`, deps.target, () => isThere(kind, finding, deps));
}

/** What a deletion came to. `isStillThere` looks for what Kong said it has not. */
export async function outcomeOf(
  deletion: Deletion,
  operation: string,
  target: string,
  isStillThere: () => Promise<boolean>,
): Promise<Outcome> {
  if (deletion === "deleted") return { state: "revoked" };
  if (deletion === "read-only") {
    return { state: "unsupported", reason: "this Kong runs without a database: its Admin API takes no changes" };
  }
  if (!(await isStillThere())) return { state: "already-gone" };
  const what = `${target}: ${operation} answered 404 for what is listed; check the delete permissions`;
  throw new ConnectorError("not-visible", what, { target, operation, status: 404 });
}
