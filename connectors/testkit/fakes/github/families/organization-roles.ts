import { isMember } from "../access.ts";
import { type Context, type Handlers, noContent, ok } from "../context.ts";
import { refuse } from "../errors.ts";
import { theOrganization, theRow, theUser } from "../lookup.ts";
import { list } from "../paging.ts";
import type { OrganizationRole } from "../rows.ts";
import { longAgo, organizationAsUser, simpleUser } from "../views/people.ts";
import { teamSimple, teamWithParent } from "../views/teams.ts";

/**
 * Roles on the whole organization, such as security manager.
 *
 * @see https://docs.github.com/enterprise-cloud@latest/rest/orgs/organization-roles
 */
export const organizationRoles: Handlers = {
  "GET /orgs/{org}/organization-roles": (context) => {
    theOrganization(context);
    const { organizationRoles: roles } = context.state;
    return ok({ total_count: roles.length, roles: roles.map((role) => roleView(context, role)) });
  },
  "GET /orgs/{org}/organization-roles/{role_id}": (context) => ok(roleView(context, roleOf(context))),
  "GET /orgs/{org}/organization-roles/{role_id}/teams": (context) => {
    const role = roleOf(context);
    const ids = context.state.organizationRoleTeams.filter((one) => one.roleId === role.id).map((one) => one.teamId);
    const found = context.state.teams.filter((team) => ids.includes(team.id));
    return list(context, found, (team) => ({ ...teamWithParent(context, team), assignment: "direct" }));
  },
  "GET /orgs/{org}/organization-roles/{role_id}/users": (context) => {
    const role = roleOf(context);
    const { state, settings } = context;
    const teamIds = state.organizationRoleTeams.filter((one) => one.roleId === role.id).map((one) => one.teamId);
    const found = state.users.flatMap((user) => {
      const isDirect = state.organizationRoleUsers.some((one) => one.roleId === role.id && one.userId === user.id);
      const from = state.teams.filter(
        (team) =>
          teamIds.includes(team.id) &&
          state.teamMembers.some((one) => one.teamId === team.id && one.userId === user.id),
      );
      return isDirect || from.length > 0 ? [{ user, isDirect, from }] : [];
    });
    return list(context, found, ({ user, isDirect, from }) => ({
      ...simpleUser(settings, user),
      assignment: from.length === 0 ? "direct" : isDirect ? "mixed" : "indirect",
      inherited_from: from.map((team) => teamSimple(context, team)),
    }));
  },
  "PUT /orgs/{org}/organization-roles/users/{username}/{role_id}": (context) => {
    const role = roleOf(context);
    const user = theUser(context);
    const id = `${role.id}:${user.id}`;
    if (!isMember(context.state, user.id)) throw refuse.notFound();
    if (!context.state.organizationRoleUsers.some((one) => one.id === id)) {
      context.world.insert("organizationRoleUsers", { id, roleId: role.id, userId: user.id });
    }
    return noContent;
  },
  "DELETE /orgs/{org}/organization-roles/users/{username}": (context) => {
    theOrganization(context);
    const user = theUser(context);
    context.world.remove("organizationRoleUsers", (one) => one.userId === user.id);
    return noContent;
  },
  "DELETE /orgs/{org}/organization-roles/users/{username}/{role_id}": (context) => {
    const role = roleOf(context);
    const user = theUser(context);
    context.world.remove("organizationRoleUsers", (one) => one.userId === user.id && one.roleId === role.id);
    return noContent;
  },
};

function roleOf(context: Context): OrganizationRole {
  theOrganization(context);
  return theRow(context, "role_id", context.state.organizationRoles);
}

function roleView({ settings }: Context, role: OrganizationRole): Record<string, unknown> {
  return {
    id: role.id,
    name: role.name,
    description: null,
    base_role: role.baseRole,
    source: role.source,
    permissions: role.permissions,
    organization: role.source === "Organization" ? organizationAsUser(settings) : null,
    created_at: longAgo,
    updated_at: longAgo,
  };
}
