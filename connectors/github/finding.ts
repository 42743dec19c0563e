import type { Account, Finding, Outcome, Verdict } from "../../src/domain/access.ts";
import { ConnectorError } from "../contract/error.ts";
import type { Deletion } from "./client/index.ts";
import type { GithubDeps } from "./deps.ts";

/** A finding, with what most of them have in common. */
export function findingOf(
  account: Account,
  found: Pick<Finding, "kind" | "ref" | "label" | "risk"> & Partial<Finding>,
): Finding {
  return {
    accountId: account.id,
    holder: "owned",
    createdAt: null,
    lastUsedAt: null,
    expiresAt: null,
    facts: {},
    ...found,
  };
}

/**
 * Ends one thing, unless it is our own account's.
 *
 * @param remove the deletion; null when there is nothing left that it could be done to.
 * @param isThere a fresh look, for a deletion that was answered with 404.
 */
export async function endOnce(
  finding: Finding,
  deps: GithubDeps,
  {
    operation,
    remove,
    isThere,
  }: { operation: string; remove: () => Promise<Deletion | null>; isThere: () => Promise<boolean> },
): Promise<Outcome> {
  const { ownUserId } = await deps.inside.standing();
  if (ownUserId === finding.accountId) return { state: "unsupported", reason: ownAccount };
  const deletion = await remove();
  if (deletion === "deleted") return { state: "revoked" };
  if (deletion === null || !(await isThere())) return { state: "already-gone" };
  const { target } = deps;
  const what = `${target}: ${operation} answered 404 for what is listed; check our permission to end it`;
  throw new ConnectorError("not-visible", what, { target, operation, status: 404 });
}

const ownAccount = "this is the account whose token we use: a person has to end it, with another credential";

/** A verdict by a listing and, where there is one, its own address. */
export function verdictBy(isThere: boolean, { alive, dead }: { alive: string; dead: string }): Verdict {
  return { state: isThere ? "alive" : "dead", by: "absence", reason: isThere ? alive : dead };
}

/** The parts of a ref that joins two ids: neither is unique by itself. */
export function joined(one: number | string, other: number | string): string {
  return `${one}/${other}`;
}

export function firstPart(ref: string): string {
  return ref.split("/")[0] ?? "";
}
