import { roleName } from "../access.ts";
import type { RepositoryRole, Team } from "../rows.ts";
import { longAgo, nodeId, organizationFull } from "./people.ts";
import type { Shown } from "./repositories.ts";

export function teamSimple({ settings }: Shown, team: Team): Record<string, unknown> {
  const { id, login } = settings.organization;
  const url = `${settings.apiUrl}/organizations/${id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("T", team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: team.privacy,
    notification_setting: "notifications_enabled",
    permission: "pull",
    url,
    html_url: `https://github.com/orgs/${login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    organization_id: id,
  };
}

/** @param role on the repository that the team is shown for. */
export function teamWithParent(shown: Shown, team: Team, role?: RepositoryRole): Record<string, unknown> {
  const parent = shown.state.teams.find((one) => one.id === team.parentId);
  return {
    ...teamSimple(shown, team),
    ...(role === undefined ? {} : { permission: role === "pull" || role === "push" ? role : roleName(role) }),
    parent: parent === undefined ? null : teamSimple(shown, parent),
  };
}

export function teamFull(shown: Shown, team: Team): Record<string, unknown> {
  const { teamMembers, teamRepositories } = shown.state;
  return {
    ...teamWithParent(shown, team),
    created_at: longAgo,
    updated_at: longAgo,
    members_count: teamMembers.filter((one) => one.teamId === team.id).length,
    repos_count: teamRepositories.filter((one) => one.teamId === team.id).length,
    organization: organizationFull(shown.settings),
  };
}
