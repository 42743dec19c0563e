import { isMember, legacyLevel, roleOn } from "./access.ts";
import type { Settings } from "./context.ts";
import type { World } from "./world.ts";

/** What goes along when something goes. */

/**
 * Ends a direct membership. Whoever is a member by an enterprise team stays one, with all that hangs on it.
 *
 * Authorizations for single sign-on, grants of tokens, deploy keys, invitations to repositories and identities stay
 * behind: nothing takes them along, and an invitation lets the person in again.
 *
 * @see https://docs.github.com/enterprise-cloud@latest/rest/orgs/members#remove-organization-membership-for-a-user
 */
export function endMembership(world: World, settings: Settings, userId: number): void {
  leaving(world, settings, userId, () => world.remove("memberships", (one) => one.id === userId));
}

/** Does what may end a membership, and takes what only a member can have from somebody who was one. */
export function leaving(world: World, settings: Settings, userId: number, work: () => void): void {
  const wasMember = isMember(world.state, userId);
  work();
  if (!wasMember || isMember(world.state, userId)) return;
  const own = new Set(world.state.repositories.filter((one) => one.ownerId === null).map((one) => one.id));
  world.remove("teamMembers", (one) => one.userId === userId);
  world.remove("organizationRoleUsers", (one) => one.userId === userId);
  world.remove("collaborators", (one) => one.userId === userId && own.has(one.repositoryId));
  dropForks(world, settings);
}

/**
 * Ends direct access to a repository: invitations that the user sent go too, and a fork that cannot be reached any more.
 *
 * @see https://docs.github.com/rest/collaborators/collaborators#remove-a-repository-collaborator
 */
export function endCollaboration(world: World, settings: Settings, repositoryId: number, userId: number): void {
  world.remove("collaborators", (one) => one.repositoryId === repositoryId && one.userId === userId);
  world.remove("repositoryInvitations", (one) => one.repositoryId === repositoryId && one.inviterId === userId);
  dropForks(world, settings);
}

/** Deletes the forks of repositories that are not public, of which the owner lost the original. */
export function dropForks(world: World, settings: Settings): void {
  const { state } = world;
  world.remove("repositories", (fork) => {
    const original = state.repositories.find((one) => one.id === fork.parentId);
    if (fork.ownerId === null || original === undefined || original.visibility === "public") return false;
    return legacyLevel(roleOn(state, settings, fork.ownerId, original)) === null;
  });
}

/**
 * Destroys a personal access token. Deploy keys made with it go with it, and so do its authorization and its grant.
 *
 * @see https://docs.github.com/rest/deploy-keys/deploy-keys
 */
export function destroyToken(world: World, id: number): void {
  world.remove("tokens", (one) => one.id === id);
  world.remove("deployKeys", (one) => one.madeWithId === id);
  world.remove("grants", (one) => one.tokenId === id);
  world.remove("grantRequests", (one) => one.tokenId === id);
  world.remove("credentialAuthorizations", (one) => one.credentialId === id);
}

export function destroySshKey(world: World, id: number): void {
  world.remove("sshKeys", (one) => one.id === id);
  world.remove("credentialAuthorizations", (one) => one.credentialId === id);
}
