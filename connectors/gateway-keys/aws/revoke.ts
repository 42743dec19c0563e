import type { Finding, Outcome } from "../../../src/domain/access.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { findKey, requireGone, requireOwner } from "./keys.ts";

/**
 * Deletes one key, and with it its place in every usage plan. Safe to repeat: a key counts as gone only when a listing of
 * its region, which could have shown it, does not.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteApiKey.html
 */
export async function revokeKey(finding: Finding, deps: ApiGatewayDeps): Promise<Outcome> {
  const item = await findKey(finding.ref, deps);
  if (item === null) return { state: "already-gone" };
  requireOwner(item, finding.accountId, deps);
  if (await item.region.deleteKey(item.key.id)) return { state: "revoked" };
  await requireGone(item, "DeleteApiKey", deps);
  return { state: "already-gone" };
}
