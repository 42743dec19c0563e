import type { Finding, Outcome } from "../../domain/access.ts";
import type { OpenTarget } from "../session.ts";

/** What policy allows besides ending access (law 11). */
export interface RevokePolicy {
  /** Legal hold: switch off, delete nothing. */
  preserve: boolean;
  /** `deleteAfter` has passed: a principal may go as well. */
  deletePrincipals: boolean;
}

/**
 * One item, one attempt, one outcome. A credential is switched off before it is deleted where the kind can do both;
 * a principal is only switched off until its time has come, and a case marked `preserve` deletes nothing.
 */
export async function revokeItem(
  target: OpenTarget,
  finding: Finding,
  { preserve, deletePrincipals }: RevokePolicy,
): Promise<Outcome> {
  const kind = target.connector.kinds[finding.kind];
  if (kind === undefined) {
    return { state: "unsupported", reason: `${target.connector.title} no longer knows the kind ${finding.kind}` };
  }
  if (kind.strategy === "cut-off") {
    return { state: "cut-off", reason: `${kind.title} cannot be ended by the organization, only cut off` };
  }
  if (preserve) {
    return kind.disable === undefined
      ? { state: "unsupported", reason: "legal hold forbids deletion, and this kind cannot be switched off" }
      : kind.disable(target.session, finding);
  }
  if (kind.principal === true && !deletePrincipals) {
    return kind.disable === undefined
      ? { state: "unsupported", reason: `${target.connector.title} cannot switch off ${kind.title}` }
      : kind.disable(target.session, finding);
  }
  if (kind.strategy === "disable-then-delete" && kind.disable !== undefined) {
    const disabled = await kind.disable(target.session, finding);
    if (disabled.state === "already-gone" || kind.revoke === undefined) return disabled;
  }
  if (kind.revoke === undefined) {
    return { state: "unsupported", reason: `${target.connector.title} cannot end ${kind.title}` };
  }
  return kind.revoke(target.session, finding);
}
