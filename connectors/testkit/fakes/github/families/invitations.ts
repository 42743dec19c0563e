import { isMember } from "../access.ts";
import { type Context, type Handlers, noContent, timestamp, timestampOrNull } from "../context.ts";
import { refuse } from "../errors.ts";
import { theOrganization, theRow, userById } from "../lookup.ts";
import { list } from "../paging.ts";
import type { OrganizationInvitation } from "../rows.ts";
import { nodeId, organizationAsUser, simpleUser } from "../views/people.ts";
import { teamWithParent } from "../views/teams.ts";

/** Invitations to the organization, by login or by e-mail address. */
export const invitations: Handlers = {
  "GET /orgs/{org}/invitations": (context) => {
    theOrganization(context);
    const role = context.call.query.get("role") ?? "all";
    const pending = context.state.organizationInvitations.filter(
      (one) => one.failure === null && (role === "all" || one.role === role),
    );
    return list(context, pending, (one) => invitationView(context, one));
  },
  "GET /orgs/{org}/failed_invitations": (context) => {
    theOrganization(context);
    const failed = context.state.organizationInvitations.filter((one) => one.failure !== null);
    return list(context, failed, (one) => invitationView(context, one));
  },
  "POST /orgs/{org}/invitations": (context) => {
    theOrganization(context);
    const { body, world } = context;
    const email = typeof body["email"] === "string" ? body["email"] : null;
    const userId = typeof body["invitee_id"] === "number" ? body["invitee_id"] : null;
    const role = (body["role"] ?? "direct_member") as OrganizationInvitation["role"];
    const teamIds = (body["team_ids"] ?? []) as number[];
    const made = invite(context, { userId, email, role, teamIds });
    return { status: 201, json: invitationView({ ...context, state: world.state }, made) };
  },
  "DELETE /orgs/{org}/invitations/{invitation_id}": (context) => {
    theOrganization(context);
    const { id } = theRow(context, "invitation_id", context.state.organizationInvitations);
    context.world.remove("organizationInvitations", (one) => one.id === id);
    return noContent;
  },
  "GET /orgs/{org}/invitations/{invitation_id}/teams": (context) => {
    theOrganization(context);
    const { teamIds } = theRow(context, "invitation_id", context.state.organizationInvitations);
    const meant = context.state.teams.filter((team) => teamIds.includes(team.id));
    return list(context, meant, (team) => teamWithParent(context, team));
  },
};

/** Invites a user or an address; whoever is in, or invited already, is refused. */
export function invite(
  context: Context,
  wanted: Partial<Pick<OrganizationInvitation, "userId" | "email" | "role" | "teamIds">>,
): OrganizationInvitation {
  const { state, world, caller, now } = context;
  const { userId = null, email = null, role = "direct_member", teamIds = [] } = wanted;
  if (userId === null && email === null)
    throw refuse.validation("OrganizationInvitation", "invitee_id", "missing_field");
  if (userId !== null && userById(state, userId) === undefined) throw refuse.notFound();
  const isKnown = state.organizationInvitations.some(
    (one) => one.failure === null && (userId === null ? one.email === email : one.userId === userId),
  );
  if (isKnown || (userId !== null && isMember(state, userId))) {
    throw refuse.validation("OrganizationInvitation", "data", "unprocessable");
  }
  const inviterId = caller.kind === "user" ? caller.user.id : 0;
  const made = { id: world.newId(), userId, email, role, inviterId, teamIds, createdAt: now, failure: null };
  return world.insert("organizationInvitations", made);
}

/** An invitation as lists show it: by login or by address, never both. */
export function invitationView({ settings, state }: Context, one: OrganizationInvitation): Record<string, unknown> {
  const inviter = userById(state, one.inviterId);
  return {
    id: one.id,
    node_id: nodeId("OI", one.id),
    login: userById(state, one.userId)?.login ?? null,
    email: one.email,
    role: one.role,
    created_at: timestamp(one.createdAt),
    failed_at: timestampOrNull(one.failure?.at ?? null),
    failed_reason: one.failure?.reason ?? null,
    inviter: inviter === undefined ? organizationAsUser(settings) : simpleUser(settings, inviter),
    team_count: one.teamIds.length,
    invitation_teams_url: `${settings.apiUrl}/organizations/${settings.organization.id}/invitations/${one.id}/teams`,
    invitation_source: "member",
  };
}
