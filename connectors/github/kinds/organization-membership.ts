import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf } from "../finding.ts";
import { isLastOwner, placeOf } from "../people.ts";
import type { GithubMembership } from "../schema.ts";

/**
 * Membership in the organization. Somebody who is a member by an enterprise team stays one, and this says so until the
 * enterprise has ended it.
 *
 * @see https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/members#remove-organization-membership-for-a-user
 */
export const organizationMembership: Kind<GithubDeps> = {
  title: "organization membership",
  strategy: "delete",
  risk: "write",
  after: ["sso-authorization", "fine-grained-token", "token-request", "org-role", "team-membership"],
  stops: "both",
  reversible: false,
  settleMs: 30_000,
  sideEffects: [
    "Private forks of the organization's repositories are deleted",
    "Classic tokens and SSH keys of the person reach nothing of the organization any more",
    "The person is told by e-mail",
  ],
  discover: discoverMembership,
  revoke: revokeMembership,
  verify: verifyMembership,
};

async function* discoverMembership(deps: GithubDeps, account: Account): AsyncGenerator<Page<Finding>> {
  const membership = (await placeOf(account.id, deps))?.membership ?? null;
  yield { items: isActive(membership) ? [toFinding(membership, account, deps)] : [], complete: true };
}

async function revokeMembership(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  const place = await placeOf(finding.accountId, deps);
  if (place === null || !isActive(place.membership)) return { state: "already-gone" };
  const { login, membership } = place;
  const teams = enterpriseTeamsOf(membership);
  if (teams !== null && membership.direct_membership === false) return { state: "pending", reason: staysBy(teams) };
  if (membership.role === "admin" && (await isLastOwner(finding.accountId, deps))) throw lastOwner(deps);
  const outcome = await endOnce(finding, deps, {
    operation: "removeMembership",
    remove: () => deps.github.removeMembership(login),
    isThere: async () => isActive((await placeOf(finding.accountId, deps))?.membership ?? null),
  });
  return teams !== null && outcome.state === "revoked" ? { state: "pending", reason: staysBy(teams) } : outcome;
}

async function verifyMembership(deps: GithubDeps, { accountId }: Finding): Promise<Verdict> {
  const membership = (await placeOf(accountId, deps))?.membership ?? null;
  if (!isActive(membership)) {
    const reason = "neither the membership itself nor the list of members has this person";
    return { state: "dead", by: "absence", reason };
  }
  const teams = enterpriseTeamsOf(membership);
  return { state: "alive", by: "absence", reason: teams === null ? "still a member" : staysBy(teams) };
}

function isActive(membership: GithubMembership | null): membership is GithubMembership {
  return membership?.state === "active";
}

/** Null for a membership that no enterprise team gives. */
function enterpriseTeamsOf({ enterprise_teams_providing_indirect_membership: teams = [] }: GithubMembership) {
  return teams.length === 0 ? null : teams;
}

function staysBy(teams: readonly string[]): string {
  const named = teams.map((team) => team.slice(0, 100)).join(", ");
  return `still a member by the enterprise team ${named}: a person has to take them out of it, in the enterprise`;
}

/** GitHub refuses it, in words that it does not document; and an organization without owners would be nobody's. */
function lastOwner({ target }: GithubDeps): ConnectorError {
  const what = `${target}: this person is the last owner of the organization: name another owner first`;
  return new ConnectorError("bad-request", what, { target, operation: "removeMembership" });
}

function toFinding(membership: GithubMembership, account: Account, { settings }: GithubDeps): Finding {
  return findingOf(account, {
    kind: "org-membership",
    ref: account.id,
    label: `${membership.role === "admin" ? "owner" : membership.role.replace("_", " ")} of ${settings.org}`,
    risk: membership.role === "admin" ? "admin" : "write",
    facts: {
      role: membership.role,
      direct: membership.direct_membership ?? null,
      enterpriseTeams: enterpriseTeamsOf(membership)?.join(", ") ?? null,
    },
  });
}
