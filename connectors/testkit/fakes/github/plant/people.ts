import { randomUUID } from "node:crypto";
import type { OrganizationRole, OrganizationRoleUser, Team, TeamMember } from "../rows.ts";
import { type Ground, roleOf } from "./ground.ts";
import type { Planted, Plants } from "./plants.ts";

/** People and what they belong to. */

export function plantUsers(ground: Ground, plants: Plants): Pick<Planted, "users" | "memberships"> {
  const users = (plants.users ?? []).map((one) => ground.newUser(one));
  const memberships = (plants.members ?? []).map(({ login, role = "member" }) =>
    ground.world.insert("memberships", { id: ground.person(login), role }),
  );
  for (const login of plants.enterpriseOwners ?? []) ground.enterpriseOwnerIds.add(ground.person(login));
  for (const { slug, members, isAssigned = true } of plants.enterpriseTeams ?? []) {
    const id = ground.world.newId();
    ground.world.insert("enterpriseTeams", { id, slug, name: slug, isAssigned });
    for (const login of members) {
      const userId = ground.person(login);
      ground.world.insert("enterpriseTeamMembers", { id: `${id}:${userId}`, teamId: id, userId });
    }
  }
  return { users, memberships };
}

/** Members and roles that come with a new team or role are planted, and not told of. */
export function plantTeams(
  ground: Ground,
  plants: Plants,
): Pick<Planted, "teams" | "teamMembers" | "organizationRoles" | "organizationRoleUsers"> {
  return {
    teams: (plants.teams ?? []).map((one) => newTeam(ground, one)),
    teamMembers: (plants.teamMembers ?? []).map(({ team, login, role = "member" }) =>
      join(ground, ground.team(team), login, role),
    ),
    organizationRoles: (plants.organizationRoles ?? []).map((one) => newRole(ground, one)),
    organizationRoleUsers: (plants.organizationRoleUsers ?? []).map(({ role, login }) =>
      assign(ground, ground.organizationRole(role), login),
    ),
  };
}

function newTeam(ground: Ground, one: NonNullable<Plants["teams"]>[number]): Team {
  const { world } = ground;
  const { slug, parent, members = [], repositories = {} } = one;
  const parentId = parent === undefined ? null : ground.team(parent).id;
  const made = world.insert("teams", { id: world.newId(), slug, name: slug, privacy: "closed", parentId });
  for (const member of members) {
    const { login, role } = typeof member === "string" ? { login: member, role: "member" as const } : member;
    join(ground, made, login, role);
  }
  for (const [name, role] of Object.entries(repositories)) {
    const ids = { teamId: made.id, repositoryId: ground.repository(name).id };
    world.insert("teamRepositories", { id: `${ids.teamId}:${ids.repositoryId}`, ...ids, role: roleOf(role) });
  }
  return made;
}

function join(ground: Ground, team: Team, login: string, role: TeamMember["role"]): TeamMember {
  const userId = ground.person(login);
  return ground.world.insert("teamMembers", { id: `${team.id}:${userId}`, teamId: team.id, userId, role });
}

function newRole(ground: Ground, one: NonNullable<Plants["organizationRoles"]>[number]): OrganizationRole {
  const { world } = ground;
  const { name, baseRole = null, source = "Organization", users = [], teams = [] } = one;
  const made = world.insert("organizationRoles", { id: world.newId(), name, baseRole, source, permissions: [] });
  for (const login of users) assign(ground, made, login);
  for (const teamId of teams.map((slug) => ground.team(slug).id)) {
    world.insert("organizationRoleTeams", { id: `${made.id}:${teamId}`, roleId: made.id, teamId });
  }
  return made;
}

function assign(ground: Ground, role: OrganizationRole, login: string): OrganizationRoleUser {
  const userId = ground.person(login);
  return ground.world.insert("organizationRoleUsers", { id: `${role.id}:${userId}`, roleId: role.id, userId });
}

type Invitations = Pick<Planted, "organizationInvitations" | "repositoryInvitations">;

export function plantInvitations(ground: Ground, plants: Plants): Invitations {
  const { world } = ground;
  return {
    organizationInvitations: (plants.organizationInvitations ?? []).map((one) =>
      world.insert("organizationInvitations", {
        id: world.newId(),
        userId: ground.personOrNull(one.login),
        email: one.email ?? null,
        role: one.role ?? "direct_member",
        inviterId: 0,
        teamIds: (one.teams ?? []).map((slug) => ground.team(slug).id),
        createdAt: ground.now(),
        failure: one.failure === undefined ? null : { at: ground.now(), reason: one.failure },
      }),
    ),
    repositoryInvitations: (plants.repositoryInvitations ?? []).map((one) =>
      world.insert("repositoryInvitations", {
        id: world.newId(),
        repositoryId: ground.repository(one.repository).id,
        inviteeId: ground.person(one.login),
        inviterId: ground.personOrNull(one.inviter) ?? 0,
        role: roleOf(one.role ?? "push"),
        createdAt: ground.now(),
      }),
    ),
  };
}

/** Who people are at the identity provider. */
export function plantIdentities(ground: Ground, plants: Plants): Pick<Planted, "externalIdentities" | "scimUsers"> {
  const { world } = ground;
  return {
    externalIdentities: (plants.externalIdentities ?? []).map((one) =>
      world.insert("externalIdentities", {
        id: randomUUID(),
        place: one.place ?? "organization",
        userId: ground.personOrNull(one.login),
        nameId: one.nameId ?? null,
        scimUserName: one.scimUserName ?? null,
      }),
    ),
    scimUsers: (plants.scimUsers ?? []).map(({ login, ...one }) =>
      world.insert("scimUsers", {
        id: randomUUID(),
        userId: ground.personOrNull(login),
        externalId: null,
        email: one.userName,
        givenName: "Robin",
        familyName: "Sample",
        isActive: true,
        createdAt: ground.now(),
        ...one,
      }),
    ),
  };
}
