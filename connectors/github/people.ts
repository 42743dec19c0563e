import { ConnectorError } from "../contract/error.ts";
import type { GithubDeps } from "./deps.ts";
import { firstOf, listed } from "./listing.ts";
import type { GithubMembership, GithubUser } from "./schema.ts";

/**
 * The present login of a user. Logins are renamed, and taken by others afterwards; ids are not, so every call that takes
 * a login begins here.
 *
 * @returns null only when there is no such user: GitHub says 404 as well of managed users whom it may not show, so the
 * members and outside collaborators are gone through before.
 */
export async function loginOf(userId: string, { github, inside, target }: GithubDeps): Promise<string | null> {
  await inside.standing();
  const found = await github.userById(userId);
  if (found !== null) {
    if (String(found.id) === userId) return found.login;
    throw new ConnectorError("invalid-response", `${target}: getUserById answers for another user`, {
      target,
      operation: "getUserById",
    });
  }
  await inside.requireOrganization();
  const isWanted = ({ id }: GithubUser): boolean => String(id) === userId;
  const insider =
    (await firstOf(listed(target, "listMembers", github.membersPage), isWanted)) ??
    (await firstOf(listed(target, "listOutsideCollaborators", github.outsideCollaboratorsPage), isWanted));
  return insider?.login ?? null;
}

/** A user's place in the organization right now. */
export interface Place {
  login: string;
  /** Null for somebody who is no member; `state` is `pending` of somebody invited. */
  membership: GithubMembership | null;
}

/**
 * A user's membership, directly or by an enterprise team. Only when it is missing by login and in the list of members is
 * it not there.
 * @returns null when there is no such user.
 */
export async function placeOf(userId: string, deps: GithubDeps): Promise<Place | null> {
  const { github, inside, target } = deps;
  const login = await loginOf(userId, deps);
  if (login === null) return null;
  const membership = await github.membership(login);
  if (membership !== null) {
    if (membership.user !== null && String(membership.user.id) === userId) return { login, membership };
    throw new ConnectorError("invalid-response", `${target}: getMembership answers for another user`, {
      target,
      operation: "getMembership",
    });
  }
  await inside.requireOrganization();
  const member = await firstOf(listed(target, "listMembers", github.membersPage), ({ id }) => String(id) === userId);
  if (member === null) return { login, membership: null };
  const what = `${target}: getMembership answered 404 for somebody who is listed as a member`;
  throw new ConnectorError("not-visible", what, { target, operation: "getMembership", status: 404 });
}

/** Whether the organization would be without an owner once this user is gone. */
export async function isLastOwner(userId: string, { github, target }: GithubDeps): Promise<boolean> {
  const other = await firstOf(listed(target, "listOwners", github.ownersPage), ({ id }) => String(id) !== userId);
  return other === null;
}
