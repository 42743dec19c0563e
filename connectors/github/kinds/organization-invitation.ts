import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, verdictBy } from "../finding.ts";
import { isSame } from "../inside.ts";
import { invitations, invitationIdOf } from "../invitations.ts";
import { firstOf } from "../listing.ts";
import { loginOf } from "../people.ts";
import type { GithubInvitation } from "../schema.ts";

/**
 * An invitation to the organization that can still be accepted.
 * @see https://docs.github.com/en/rest/orgs/members#list-pending-organization-invitations
 */
export const organizationInvitation: Kind<GithubDeps> = {
  title: "invitation to the organization",
  strategy: "delete",
  risk: "write",
  stops: "new-logins",
  reversible: false,
  settleMs: 30_000,
  discover: discoverInvitations,
  revoke: revokeInvitation,
  verify: verifyInvitation,
};

/** An invitation by address alone is an account of its own; the others are a user's, by the login they have now. */
async function* discoverInvitations(deps: GithubDeps, account: Account): AsyncGenerator<Page<Finding>> {
  const invitationId = invitationIdOf(account.id);
  const login = invitationId === null ? await loginOf(account.id, deps) : null;
  const isTheirs = (one: GithubInvitation): boolean =>
    invitationId === null
      ? login !== null && one.login !== null && isSame(one.login, login)
      : String(one.id) === invitationId;
  for await (const { items, complete } of listInvitations(deps)) {
    yield { items: items.filter(isTheirs).map((one) => toFinding(one, account)), complete };
  }
}

async function* listInvitations(deps: GithubDeps): AsyncGenerator<Page<GithubInvitation>> {
  const pages = await invitations(deps);
  if (pages !== null) return yield* pages;
  const { target } = deps;
  const what = `${target}: this organization shows no invitations: its users are managed by the enterprise`;
  throw new ConnectorError("unsupported", what, { target, operation: "listInvitations", status: 404 });
}

async function revokeInvitation(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  return endOnce(finding, deps, {
    operation: "cancelInvitation",
    remove: () => deps.github.cancelInvitation(finding.ref),
    isThere: () => isThere(finding, deps),
  });
}

async function verifyInvitation(deps: GithubDeps, finding: Finding): Promise<Verdict> {
  return verdictBy(await isThere(finding, deps), {
    alive: "the invitation is still pending",
    dead: "the invitation is no longer pending",
  });
}

async function isThere({ ref }: Finding, deps: GithubDeps): Promise<boolean> {
  return (await firstOf(listInvitations(deps), ({ id }) => String(id) === ref)) !== null;
}

function toFinding(one: GithubInvitation, account: Account): Finding {
  return findingOf(account, {
    kind: "org-invitation",
    ref: String(one.id),
    label: `invitation as ${one.role.replaceAll("_", " ")}`,
    risk: one.role === "admin" ? "admin" : "write",
    createdAt: one.created_at,
    facts: { role: one.role, inviter: one.inviter?.login ?? null },
  });
}
