import {
  isDirectMember,
  isMember,
  isOwner,
  memberIds,
  membershipTeams,
  outsideCollaboratorIds,
  roleOn,
} from "../access.ts";
import { type Answer, type Context, type Handlers, noContent, ok } from "../context.ts";
import { dropForks, endMembership } from "../departures.ts";
import { refuse } from "../errors.ts";
import { theOrganization, theUser, userById } from "../lookup.ts";
import { list } from "../paging.ts";
import type { OrganizationInvitation, State, User } from "../rows.ts";
import { organizationFull, organizationSimple, simpleUser } from "../views/people.ts";
import { invite } from "./invitations.ts";

/** The organization, and who belongs to it or works beside it. */
export const members: Handlers = {
  "GET /orgs/{org}": (context) => {
    theOrganization(context);
    return ok(organizationFull(context.settings));
  },
  "GET /orgs/{org}/members": (context) => {
    theOrganization(context);
    const role = context.call.query.get("role") ?? "all";
    const ids = memberIds(context.state).filter(
      (id) => role === "all" || isOwner(context.state, id) === (role === "admin"),
    );
    return listUsers(context, ids);
  },
  "GET /orgs/{org}/members/{username}": (context) => {
    theOrganization(context);
    if (!isMember(context.state, theUser(context).id)) throw refuse.notFound();
    return noContent;
  },
  "DELETE /orgs/{org}/members/{username}": (context) => {
    theOrganization(context);
    const user = theUser(context);
    if (!isDirectMember(context.state, user.id)) throw refuse.notFound();
    endMembership(context.world, context.settings, user.id);
    return noContent;
  },
  "GET /orgs/{org}/memberships/{username}": (context) => {
    theOrganization(context);
    return membershipAnswer(context, theUser(context), context.state);
  },
  "PUT /orgs/{org}/memberships/{username}": (context) => {
    theOrganization(context);
    const user = theUser(context);
    const role = context.body["role"] === "admin" ? "admin" : "member";
    if (isDirectMember(context.state, user.id)) context.world.change("memberships", user.id, { role });
    else invite(context, { userId: user.id, role: role === "admin" ? "admin" : "direct_member" });
    return membershipAnswer(context, user, context.world.state);
  },
  "DELETE /orgs/{org}/memberships/{username}": (context) => {
    theOrganization(context);
    const user = theUser(context);
    const invitation = pendingInvitation(context.state, user.id);
    if (!isDirectMember(context.state, user.id) && invitation === undefined) throw refuse.notFound();
    context.world.remove("organizationInvitations", (one) => one.id === invitation?.id);
    endMembership(context.world, context.settings, user.id);
    return noContent;
  },
  "GET /orgs/{org}/outside_collaborators": (context) => {
    theOrganization(context);
    return listUsers(context, outsideCollaboratorIds(context.state));
  },
  "PUT /orgs/{org}/outside_collaborators/{username}": (context) => {
    theOrganization(context);
    return convert(context, theUser(context));
  },
  "DELETE /orgs/{org}/outside_collaborators/{username}": (context) => {
    theOrganization(context);
    const user = theUser(context);
    if (isMember(context.state, user.id)) {
      throw refuse.unprocessable("You cannot specify an organization member to remove as an outside collaborator.");
    }
    if (!outsideCollaboratorIds(context.state).includes(user.id)) throw refuse.notFound();
    const own = new Set(context.state.repositories.filter((one) => one.ownerId === null).map((one) => one.id));
    context.world.remove("collaborators", (one) => one.userId === user.id && own.has(one.repositoryId));
    dropForks(context.world, context.settings);
    return noContent;
  },
};

function listUsers(context: Context, ids: readonly number[]): Answer {
  const found = ids.flatMap((id) => userById(context.state, id) ?? []);
  return list(context, found, (user) => simpleUser(context.settings, user));
}

/** A membership, direct or by an enterprise team; or the invitation that would become one. */
function membershipAnswer({ settings }: Context, user: User, state: State): Answer {
  const direct = state.memberships.find((one) => one.id === user.id);
  const teams = membershipTeams(state, user.id);
  const invitation = pendingInvitation(state, user.id);
  if (direct === undefined && teams.length === 0 && invitation === undefined) throw refuse.notFound();
  const isActive = direct !== undefined || teams.length > 0;
  const organizationUrl = `${settings.apiUrl}/orgs/${settings.organization.login}`;
  return ok({
    url: `${organizationUrl}/memberships/${user.login}`,
    state: isActive ? "active" : "pending",
    role: direct?.role ?? (!isActive && invitation?.role === "admin" ? "admin" : "member"),
    ...(isActive ? { direct_membership: direct !== undefined } : {}),
    ...(isActive ? { enterprise_teams_providing_indirect_membership: teams } : {}),
    organization_url: organizationUrl,
    organization: organizationSimple(settings),
    user: simpleUser(settings, user),
  });
}

function pendingInvitation(state: State, userId: number): OrganizationInvitation | undefined {
  return state.organizationInvitations.find((one) => one.userId === userId && one.failure === null);
}

/**
 * Makes an outside collaborator of a member, who keeps each repository of the teams left.
 *
 * @see https://docs.github.com/rest/orgs/outside-collaborators#convert-an-organization-member-to-outside-collaborator
 */
function convert({ settings, state, world }: Context, user: User): Answer {
  if (!isDirectMember(state, user.id)) throw refuse.notFound();
  const owners = state.memberships.filter((one) => one.role === "admin");
  if (owners.length === 1 && owners[0]?.id === user.id) throw refuse.forbidden("Cannot convert the last owner.");
  const kept = state.repositories.flatMap((one) => {
    const role = one.ownerId === null ? roleOn(state, { ...settings, basePermission: null }, user.id, one) : null;
    return role === null ? [] : [{ id: `${one.id}:${user.id}`, repositoryId: one.id, userId: user.id, role }];
  });
  endMembership(world, settings, user.id);
  if (!isMember(world.state, user.id)) for (const one of kept) world.insert("collaborators", one);
  return noContent;
}
