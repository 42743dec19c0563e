import { atLeast, grantsOn, highest, isMember, roleName, roleNamed, roleOn } from "../access.ts";
import { type Answer, bodyText, type Context, type Handlers, noContent, ok, timestamp } from "../context.ts";
import { endCollaboration } from "../departures.ts";
import { refuse } from "../errors.ts";
import { theRepository, theRow, theUser, userById } from "../lookup.ts";
import { list } from "../paging.ts";
import type { Repository, RepositoryInvitation, RepositoryRole, User } from "../rows.ts";
import { nodeId, simpleUser } from "../views/people.ts";
import { flagsOf, fullName, minimalRepository, repositoryUrl, roleNameOf } from "../views/repositories.ts";

/** Who may do what on one repository, and who is invited to it. */
export const collaborators: Handlers = {
  "GET /repos/{owner}/{repo}/collaborators": (context) => {
    const repository = theRepository(context);
    const { query } = context.call;
    const wanted = roleNamed(query.get("permission") ?? "pull") ?? "pull";
    const found = collaboratorsOf(context, repository, query.get("affiliation") ?? "all");
    return list(
      context,
      found.filter((one) => atLeast(one.role, wanted)),
      ({ user, role }) => collaboratorView(context, user, role),
    );
  },
  "GET /repos/{owner}/{repo}/collaborators/{username}": (context) => {
    const role = roleOn(context.state, context.settings, theUser(context).id, theRepository(context));
    if (role === null) throw refuse.notFound();
    return noContent;
  },
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission": (context) => {
    const repository = theRepository(context);
    const user = theUser(context);
    const held = roleOn(context.state, context.settings, user.id, repository);
    const role = held ?? (repository.visibility === "public" ? "pull" : null);
    const legacy = role === "triage" ? "read" : role === "maintain" ? "write" : roleNameOf(role);
    return ok({ permission: legacy, user: collaboratorView(context, user, role), role_name: roleNameOf(role) });
  },
  "PUT /repos/{owner}/{repo}/collaborators/{username}": (context) => add(context),
  "DELETE /repos/{owner}/{repo}/collaborators/{username}": (context) => {
    endCollaboration(context.world, context.settings, theRepository(context).id, theUser(context).id);
    return noContent;
  },
  "GET /repos/{owner}/{repo}/invitations": (context) =>
    list(context, invitationsOf(context), (one) => invitationView(context, one)),
  "PATCH /repos/{owner}/{repo}/invitations/{invitation_id}": (context) => {
    const one = theRow(context, "invitation_id", invitationsOf(context));
    const role = roleNamed(bodyText(context, "permissions") ?? "") ?? one.role;
    context.world.change("repositoryInvitations", one.id, { role });
    return ok(invitationView(context, { ...one, role }));
  },
  "DELETE /repos/{owner}/{repo}/invitations/{invitation_id}": (context) => {
    const { id } = theRow(context, "invitation_id", invitationsOf(context));
    context.world.remove("repositoryInvitations", (one) => one.id === id);
    return noContent;
  },
};

/** `direct`: by a grant of the repository itself; `outside`: those among them who are not members. */
function collaboratorsOf({ state, settings }: Context, repository: Repository, affiliation: string) {
  return state.users.flatMap((user) => {
    const grants = grantsOn(state, settings, user.id, repository);
    const isDirect = grants.some((one) => one.from === "direct");
    const isOutside = isDirect && !isMember(state, user.id);
    const isWanted = affiliation === "all" || (affiliation === "direct" ? isDirect : isOutside);
    const role = highest(grants.map((one) => one.role));
    return role !== null && isWanted ? [{ user, role }] : [];
  });
}

function collaboratorView({ settings }: Context, user: User, role: RepositoryRole | null): Record<string, unknown> {
  return { ...simpleUser(settings, user), permissions: flagsOf(role), role_name: roleNameOf(role) };
}

/** A member is added at once, anyone else is invited; who is in already gets the new role. */
function add(context: Context): Answer {
  const repository = theRepository(context);
  const user = theUser(context);
  const { state, world, caller, now } = context;
  const role = roleNamed(bodyText(context, "permission") ?? "push");
  if (role === undefined) throw refuse.validation("Repository", "permission", "invalid");
  const id = `${repository.id}:${user.id}`;
  if (state.collaborators.some((one) => one.id === id)) {
    world.change("collaborators", id, { role });
    return noContent;
  }
  if (isMember(state, user.id)) {
    world.insert("collaborators", { id, repositoryId: repository.id, userId: user.id, role });
    return noContent;
  }
  const made = world.insert("repositoryInvitations", {
    id: world.newId(),
    repositoryId: repository.id,
    inviteeId: user.id,
    inviterId: caller.kind === "user" ? caller.user.id : 0,
    role,
    createdAt: now,
  });
  return { status: 201, json: invitationView(context, made) };
}

function invitationsOf(context: Context): RepositoryInvitation[] {
  const repository = theRepository(context);
  return context.state.repositoryInvitations.filter((one) => one.repositoryId === repository.id);
}

function invitationView(context: Context, one: RepositoryInvitation): Record<string, unknown> {
  const { settings, state } = context;
  const repository = theRepository(context);
  const person = (id: number) => {
    const user = userById(state, id);
    return user === undefined ? null : simpleUser(settings, user);
  };
  return {
    id: one.id,
    node_id: nodeId("RI", one.id),
    repository: minimalRepository(context, repository),
    invitee: person(one.inviteeId),
    inviter: person(one.inviterId),
    permissions: roleName(one.role),
    created_at: timestamp(one.createdAt),
    expired: false,
    url: `${repositoryUrl(context, repository)}/invitations/${one.id}`,
    html_url: `https://github.com/${fullName(context, repository)}/invitations`,
  };
}
