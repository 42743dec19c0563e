import { tokenRoles } from "../store/tokens.ts";
import type { TokenRole } from "../store/tokens.ts";
import { Problem } from "./problem.ts";

/** Who calls: a token, or a session that was opened with one. */
export interface Actor {
  tokenId: string;
  /** The token's name. Both tokens of a rotation share it, so they count as one approver. */
  name: string;
  role: TokenRole;
  /** As audit and cases name them: `token:<name>`. */
  label: string;
  via: "bearer" | "session";
}

/** Each role may do what the one before it may: viewer, auditor, operator, approver, admin. */
export function hasRole(actor: Actor, least: TokenRole): boolean {
  return tokenRoles.indexOf(actor.role) >= tokenRoles.indexOf(least);
}

/** @throws {Problem} `forbidden-role`, naming the role that is needed. */
export function requireRole(actor: Actor, least: TokenRole): void {
  if (!hasRole(actor, least))
    throw new Problem("forbidden-role", `This needs the role ${least}; the token ${actor.name} has ${actor.role}.`);
}
