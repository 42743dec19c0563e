import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, firstPart, joined, verdictBy } from "../finding.ts";
import { firstOf, listed } from "../listing.ts";
import { loginOf } from "../people.ts";
import type { GithubTeam } from "../schema.ts";

/**
 * Membership in a team. It falls with the organization's as well; ended before, it leaves nothing to a membership that
 * stays. A parent team lists the members of its child teams too, who leave it with those.
 *
 * @see https://docs.github.com/en/rest/teams/members
 */
export const teamMembership: Kind<GithubDeps> = {
  title: "team membership",
  strategy: "delete",
  risk: "write",
  after: ["sso-authorization", "fine-grained-token", "token-request"],
  stops: "both",
  reversible: false,
  settleMs: 30_000,
  sideEffects: ["Private forks of repositories that are no longer reached are deleted"],
  discover: discoverTeams,
  revoke: revokeTeam,
  verify: verifyTeam,
};

async function* discoverTeams(deps: GithubDeps, account: Account): AsyncGenerator<Page<Finding>> {
  await deps.inside.standing();
  for await (const { items, complete } of teams(deps)) {
    const found: Finding[] = [];
    for (const team of items) if (await hasMember(team, account.id, deps)) found.push(toFinding(team, account));
    yield { items: found, complete };
  }
}

function teams({ github, target }: GithubDeps): AsyncGenerator<Page<GithubTeam>> {
  return listed(target, "listTeams", github.teamsPage);
}

/** By itself, and not by a child team, which is an item of its own. */
async function hasMember({ slug }: GithubTeam, userId: string, { github, target }: GithubDeps): Promise<boolean> {
  const members = listed(target, "listTeamMembers", (cursor) => github.teamMembersPage(slug, cursor));
  return (await firstOf(members, ({ id, inherited }) => String(id) === userId && inherited !== true)) !== null;
}

async function revokeTeam(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  const team = await teamOf(finding, deps);
  if (team?.type === "enterprise" && (await hasMember(team, finding.accountId, deps))) {
    return { state: "pending", reason: `the team ${team.slug} is the enterprise's: a person has to end it there` };
  }
  return endOnce(finding, deps, {
    operation: "removeTeamMembership",
    async remove() {
      const login = team === null ? null : await loginOf(finding.accountId, deps);
      return team === null || login === null ? null : deps.github.removeTeamMembership(team.slug, login);
    },
    isThere: () => isThere(finding, deps),
  });
}

async function verifyTeam(deps: GithubDeps, finding: Finding): Promise<Verdict> {
  return verdictBy(await isThere(finding, deps), {
    alive: "the team still lists this person",
    dead: "the team no longer lists this person",
  });
}

async function isThere(finding: Finding, deps: GithubDeps): Promise<boolean> {
  const team = await teamOf(finding, deps);
  return team !== null && hasMember(team, finding.accountId, deps);
}

/** The team by its id, under the name it has now; null when the whole list of teams does not have it. */
async function teamOf({ ref }: Finding, deps: GithubDeps): Promise<GithubTeam | null> {
  await deps.inside.standing();
  return firstOf(teams(deps), ({ id }) => String(id) === firstPart(ref));
}

/** What a team may do differs by repository; that it may write somewhere is taken as given. */
function toFinding(team: GithubTeam, account: Account): Finding {
  return findingOf(account, {
    kind: "team-membership",
    ref: joined(team.id, account.id),
    label: team.slug,
    risk: "write",
    facts: { team: team.name, enterprise: team.type === "enterprise" },
  });
}
