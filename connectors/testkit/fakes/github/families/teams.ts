import { highest, isMember, isOwner, withAncestors, withDescendants } from "../access.ts";
import { type Answer, type Context, type Handlers, noContent, ok } from "../context.ts";
import { dropForks } from "../departures.ts";
import { refuse } from "../errors.ts";
import { theOrganization, theTeam, theUser, userById } from "../lookup.ts";
import { list } from "../paging.ts";
import type { State, Team, TeamMember, User } from "../rows.ts";
import { simpleUser } from "../views/people.ts";
import { flagsOf, minimalRepository, roleNameOf } from "../views/repositories.ts";
import { teamFull, teamWithParent } from "../views/teams.ts";
import { invitationView, invite } from "./invitations.ts";

/** Teams of the organization, who is in them and what they reach. */
export const teams: Handlers = {
  "GET /orgs/{org}/teams": (context) => {
    theOrganization(context);
    const isEnterprise = context.call.query.get("team_type") === "enterprise";
    return list(context, isEnterprise ? [] : context.state.teams, (team) => teamWithParent(context, team));
  },
  "GET /orgs/{org}/teams/{team_slug}": (context) => ok(teamFull(context, teamOf(context))),
  "GET /orgs/{org}/teams/{team_slug}/teams": (context) => {
    const team = teamOf(context);
    const children = context.state.teams.filter((one) => one.parentId === team.id);
    return list(context, children, (child) => teamWithParent(context, child));
  },
  "GET /orgs/{org}/teams/{team_slug}/members": (context) => {
    const found = membersOf(context.state, teamOf(context));
    const role = context.call.query.get("role") ?? "all";
    const wanted = found.filter((one) => role === "all" || one.role === role);
    return list(context, wanted, ({ user, role: held, inherited }) => ({
      ...simpleUser(context.settings, user),
      role: held,
      inherited,
    }));
  },
  "GET /orgs/{org}/teams/{team_slug}/invitations": (context) => {
    const team = teamOf(context);
    const pending = context.state.organizationInvitations.filter(
      (one) => one.failure === null && one.teamIds.includes(team.id),
    );
    return list(context, pending, (one) => invitationView(context, one));
  },
  "GET /orgs/{org}/teams/{team_slug}/repos": (context) => {
    const ids = new Set(withAncestors(context.state, teamOf(context)).map((team) => team.id));
    const links = context.state.teamRepositories.filter((one) => ids.has(one.teamId));
    const found = context.state.repositories.flatMap((repository) => {
      const role = highest(links.filter((one) => one.repositoryId === repository.id).map((one) => one.role));
      return role === null ? [] : [{ repository, role }];
    });
    return list(context, found, ({ repository, role }) => ({
      ...minimalRepository(context, repository),
      permissions: flagsOf(role),
      role_name: roleNameOf(role),
    }));
  },
  "GET /orgs/{org}/teams/{team_slug}/memberships/{username}": (context) =>
    membershipAnswer(context, teamOf(context), theUser(context), context.state),
  "PUT /orgs/{org}/teams/{team_slug}/memberships/{username}": (context) => {
    const team = teamOf(context);
    const user = theUser(context);
    const { world, state } = context;
    const role = context.body["role"] === "maintainer" ? "maintainer" : "member";
    const id = `${team.id}:${user.id}`;
    if (!isMember(state, user.id)) invite(context, { userId: user.id, teamIds: [team.id] });
    else if (state.teamMembers.some((one) => one.id === id)) world.change("teamMembers", id, { role });
    else world.insert("teamMembers", { id, teamId: team.id, userId: user.id, role });
    return membershipAnswer(context, team, user, world.state);
  },
  "DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}": (context) => {
    const id = `${teamOf(context).id}:${theUser(context).id}`;
    if (!context.state.teamMembers.some((one) => one.id === id)) throw refuse.notFound();
    context.world.remove("teamMembers", (one) => one.id === id);
    dropForks(context.world, context.settings);
    return noContent;
  },
};

function teamOf(context: Context): Team {
  theOrganization(context);
  return theTeam(context);
}

interface Seen {
  readonly user: User;
  readonly role: TeamMember["role"];
  readonly inherited: boolean;
}

/** Those who joined the team, and those of the teams below it. Owners count as maintainers. */
function membersOf(state: State, team: Team): Seen[] {
  const ids = withDescendants(state, team).map((one) => one.id);
  const rows = state.teamMembers.filter((one) => ids.includes(one.teamId));
  return state.users.flatMap((user) => {
    const held = rows.filter((one) => one.userId === user.id);
    const own = held.find((one) => one.teamId === team.id);
    if (held.length === 0) return [];
    const role = isOwner(state, user.id) ? "maintainer" : (own?.role ?? "member");
    return [{ user, role, inherited: own === undefined }];
  });
}

function membershipAnswer({ settings }: Context, team: Team, user: User, state: State): Answer {
  const held = membersOf(state, team).find((one) => one.user.id === user.id);
  const isInvited = state.organizationInvitations.some(
    (one) => one.userId === user.id && one.failure === null && one.teamIds.includes(team.id),
  );
  if (held === undefined && !isInvited) throw refuse.notFound();
  const login = userById(state, user.id)?.login ?? user.login;
  return ok({
    state: held === undefined ? "pending" : "active",
    role: held?.role ?? "member",
    url: `${settings.apiUrl}/organizations/${settings.organization.id}/team/${team.id}/memberships/${login}`,
  });
}
