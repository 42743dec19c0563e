import type { Settings } from "./context.ts";
import { type Repository, type RepositoryRole, repositoryRoles, type State, type Team } from "./rows.ts";

/** Who can do what, worked out from a state. */

/** A member directly, or by an enterprise team. */
export function isMember(state: State, userId: number): boolean {
  return isDirectMember(state, userId) || membershipTeams(state, userId).length > 0;
}

export function isDirectMember(state: State, userId: number): boolean {
  return state.memberships.some((one) => one.id === userId);
}

export function isOwner(state: State, userId: number): boolean {
  return state.memberships.some((one) => one.id === userId && one.role === "admin");
}

/** Slugs of the enterprise teams that make the user a member, whatever becomes of a direct membership. */
export function membershipTeams(state: State, userId: number): string[] {
  const ids = state.enterpriseTeamMembers.filter((one) => one.userId === userId).map((one) => one.teamId);
  return state.enterpriseTeams.filter((team) => team.isAssigned && ids.includes(team.id)).map((team) => team.slug);
}

/** Members of the organization, by id. */
export function memberIds(state: State): number[] {
  return state.users.map((user) => user.id).filter((id) => isMember(state, id));
}

/** Users with a repository of the organization who are not members, by id. */
export function outsideCollaboratorIds(state: State): number[] {
  const own = new Set(state.repositories.filter((one) => one.ownerId === null).map((one) => one.id));
  const ids = state.collaborators.filter((one) => own.has(one.repositoryId)).map((one) => one.userId);
  return [...new Set(ids)].filter((id) => !isMember(state, id)).sort((a, b) => a - b);
}

/** The team and those above it. */
export function withAncestors(state: State, team: Team): Team[] {
  const parent = state.teams.find((one) => one.id === team.parentId);
  return parent === undefined ? [team] : [team, ...withAncestors(state, parent)];
}

/** The team and those below it. */
export function withDescendants(state: State, team: Team): Team[] {
  return [
    team,
    ...state.teams.filter((one) => one.parentId === team.id).flatMap((child) => withDescendants(state, child)),
  ];
}

/** Where a role on a repository comes from. */
export interface Grant {
  readonly from: "owner" | "organization" | "team" | "direct" | "role";
  readonly role: RepositoryRole;
}

/** Every role that the user holds on the repository. What anybody may read does not count. */
export function grantsOn(state: State, settings: Settings, userId: number, repository: Repository): Grant[] {
  const direct = state.collaborators.filter((one) => one.userId === userId && one.repositoryId === repository.id);
  const grants: Grant[] = direct.map((one) => ({ from: "direct", role: one.role }));
  if (repository.ownerId !== null) {
    return repository.ownerId === userId ? [...grants, { from: "owner", role: "admin" }] : grants;
  }
  if (!isMember(state, userId)) return grants;
  if (isOwner(state, userId)) grants.push({ from: "owner", role: "admin" });
  if (settings.basePermission !== null) grants.push({ from: "organization", role: settings.basePermission });
  else if (repository.visibility === "internal") grants.push({ from: "organization", role: "pull" });
  const teams = teamsOf(state, userId);
  for (const link of state.teamRepositories) {
    if (link.repositoryId === repository.id && teams.has(link.teamId)) grants.push({ from: "team", role: link.role });
  }
  for (const role of rolesOf(state, userId, teams)) grants.push({ from: "role", role });
  return grants;
}

/** The highest role of the user on the repository, or null. */
export function roleOn(
  state: State,
  settings: Settings,
  userId: number,
  repository: Repository,
): RepositoryRole | null {
  return highest(grantsOn(state, settings, userId, repository).map((one) => one.role));
}

export function highest(roles: readonly RepositoryRole[]): RepositoryRole | null {
  return [...repositoryRoles].reverse().find((role) => roles.includes(role)) ?? null;
}

export function atLeast(role: RepositoryRole | null, wanted: RepositoryRole): boolean {
  return role !== null && repositoryRoles.indexOf(role) >= repositoryRoles.indexOf(wanted);
}

/** Whether the user reaches any repository of the organization, or belongs to it. */
export function reachesAnything(state: State, settings: Settings, userId: number): boolean {
  return (
    isMember(state, userId) ||
    state.repositories.some((one) => one.ownerId === null && roleOn(state, settings, userId, one) !== null)
  );
}

/** Names that GitHub gives the roles: `read` and `write` where a repository says `pull` and `push`. */
export function roleName(role: RepositoryRole): "read" | "triage" | "write" | "maintain" | "admin" {
  return role === "pull" ? "read" : role === "push" ? "write" : role;
}

export function roleNamed(name: string): RepositoryRole | undefined {
  return repositoryRoles.find((role) => role === name || roleName(role) === name);
}

/** The three levels there used to be. */
export function legacyLevel(role: RepositoryRole | null): "admin" | "write" | "read" | null {
  if (role === null) return null;
  return role === "admin" ? "admin" : atLeast(role, "push") ? "write" : "read";
}

/** Ids of the teams whose repositories the user reaches: those joined, and those above them. */
function teamsOf(state: State, userId: number): Set<number> {
  const joined = state.teamMembers.filter((one) => one.userId === userId).map((one) => one.teamId);
  const teams = state.teams.filter((team) => joined.includes(team.id));
  return new Set(teams.flatMap((team) => withAncestors(state, team)).map((team) => team.id));
}

function rolesOf(state: State, userId: number, teams: ReadonlySet<number>): RepositoryRole[] {
  const direct = state.organizationRoleUsers.filter((one) => one.userId === userId).map((one) => one.roleId);
  const byTeam = state.organizationRoleTeams.filter((one) => teams.has(one.teamId)).map((one) => one.roleId);
  const held = state.organizationRoles.filter((role) => [...direct, ...byTeam].includes(role.id));
  return held.flatMap((role) => (role.baseRole === null ? [] : (roleNamed(role.baseRole) ?? [])));
}
