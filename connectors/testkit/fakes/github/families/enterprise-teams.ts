import { type Context, type Handlers, noContent, ok, param } from "../context.ts";
import { leaving } from "../departures.ts";
import { refuse } from "../errors.ts";
import { isSame, theEnterpriseTeam, theUser, userById, userNamed } from "../lookup.ts";
import { list } from "../paging.ts";
import type { EnterpriseTeam, State, User } from "../rows.ts";
import { longAgo, organizationSimple, simpleUser } from "../views/people.ts";

/**
 * Teams of the enterprise: their people are members of each organization that a team is assigned to.
 *
 * @see https://docs.github.com/enterprise-cloud@latest/rest/enterprise-teams/enterprise-team-members
 */
export const enterpriseTeams: Handlers = {
  "GET /enterprises/{enterprise}/teams": (context) => {
    theEnterprise(context);
    return list(context, context.state.enterpriseTeams, (team) => teamView(context, team));
  },
  "GET /enterprises/{enterprise}/teams/{enterprise-team}/organizations": (context) => {
    const team = teamOf(context);
    return list(context, team.isAssigned ? [context.settings] : [], organizationSimple);
  },
  "GET /enterprises/{enterprise}/teams/{enterprise-team}/memberships": (context) => {
    const found = peopleOf(context.state, teamOf(context));
    return list(context, found, (user) => simpleUser(context.settings, user));
  },
  "GET /enterprises/{enterprise}/teams/{enterprise-team}/memberships/{username}": (context) => {
    const user = theUser(context);
    if (!peopleOf(context.state, teamOf(context)).includes(user)) throw refuse.notFound();
    return ok(simpleUser(context.settings, user));
  },
  "DELETE /enterprises/{enterprise}/teams/{enterprise-team}/memberships/{username}": (context) => {
    takeOut(context, teamOf(context), theUser(context));
    return noContent;
  },
  "POST /enterprises/{enterprise}/teams/{enterprise-team}/memberships/remove": (context) => {
    const team = teamOf(context);
    const names = context.body["usernames"] as readonly string[];
    const meant = names.flatMap((name) => userNamed(context.state, name) ?? []);
    for (const user of meant) takeOut(context, team, user);
    return ok(meant.map((user) => simpleUser(context.settings, user)));
  },
};

export function theEnterprise(context: Context): void {
  if (!isSame(param(context, "enterprise"), context.settings.enterprise.slug)) throw refuse.notFound();
}

function teamOf(context: Context): EnterpriseTeam {
  theEnterprise(context);
  return theEnterpriseTeam(context);
}

function peopleOf(state: State, team: EnterpriseTeam): User[] {
  const rows = state.enterpriseTeamMembers.filter((one) => one.teamId === team.id);
  return rows.flatMap((one) => userById(state, one.userId) ?? []);
}

function takeOut({ world, settings }: Context, team: EnterpriseTeam, user: User): void {
  leaving(world, settings, user.id, () => {
    world.remove("enterpriseTeamMembers", (one) => one.teamId === team.id && one.userId === user.id);
  });
}

function teamView({ settings }: Context, team: EnterpriseTeam): Record<string, unknown> {
  const { slug, id } = settings.enterprise;
  const url = `${settings.apiUrl}/enterprises/${id}/teams/${team.id}`;
  return {
    id: team.id,
    name: team.name,
    slug: team.slug,
    url,
    members_url: `${url}/members{/member}`,
    html_url: `https://github.com/enterprises/${slug}/teams/${team.slug}`,
    organization_selection_type: team.isAssigned ? "selected" : "disabled",
    group_id: null,
    created_at: longAgo,
    updated_at: longAgo,
  };
}
