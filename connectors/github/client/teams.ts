import type { CursorPage } from "../../contract/paging.ts";
import { organizationRoles, roleHolder, team, teamMember } from "../schema.ts";
import type { GithubRole, GithubRoleHolder, GithubTeam, GithubTeamMember } from "../schema.ts";
import type { Caller, Deletion } from "./call.ts";

/**
 * Teams, and the roles that an organization gives.
 * @see https://docs.github.com/en/rest/teams/members
 * @see https://docs.github.com/en/rest/orgs/organization-roles
 */
export function teamCalls({ get, page, remove }: Caller, org: string) {
  return {
    teamsPage: (cursor: string | null): Promise<CursorPage<GithubTeam>> =>
      page(["listTeams", "/orgs/{org}/teams"], { org }, team, cursor),

    /** Those of its child teams too. */
    teamMembersPage: (slug: string, cursor: string | null): Promise<CursorPage<GithubTeamMember>> =>
      page(["listTeamMembers", "/orgs/{org}/teams/{team_slug}/members"], { org, team_slug: slug }, teamMember, cursor),

    removeTeamMembership: (slug: string, username: string): Promise<Deletion> =>
      remove(["removeTeamMembership", "/orgs/{org}/teams/{team_slug}/memberships/{username}"], {
        org,
        team_slug: slug,
        username,
      }),

    /** Null where GitHub says 404: not every organization has roles to give. */
    async organizationRoles(): Promise<readonly GithubRole[] | null> {
      const where = ["listOrganizationRoles", "/orgs/{org}/organization-roles"] as const;
      return (await get(where, { org }, organizationRoles))?.roles ?? null;
    },

    roleHoldersPage: (roleId: string, cursor: string | null): Promise<CursorPage<GithubRoleHolder>> =>
      page(
        ["listRoleHolders", "/orgs/{org}/organization-roles/{role_id}/users"],
        { org, role_id: roleId },
        roleHolder,
        cursor,
      ),

    removeRole: (roleId: string, username: string): Promise<Deletion> =>
      remove(["removeRole", "/orgs/{org}/organization-roles/users/{username}/{role_id}"], {
        org,
        username,
        role_id: roleId,
      }),
  };
}
