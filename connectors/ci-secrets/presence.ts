import { pagesOf } from "../contract/paging.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";

/** Whether a user still has a place in the organization, so that what they can read can be seen. */
export type Presence = { kind: "present"; login: string; isOwner: boolean } | { kind: "absent"; why: string };

/**
 * Looks for a user by id; logins are renamed and reused. Absent is only said after the organization's own lists could be
 * seen by the same credential.
 *
 * @throws {ConnectorError} `not-visible` when they cannot.
 * @see https://docs.github.com/en/rest/orgs/members#get-organization-membership-for-a-user
 */
export async function presenceOf(userId: string, deps: CiDeps): Promise<Presence> {
  const { github, settings } = deps;
  const user = await github.user(userId);
  if (user === null) {
    await requireSeen(deps);
    return { kind: "absent", why: "GitHub shows no user with this id any more" };
  }
  if (String(user.id) !== userId) throw failed("invalid-response", deps, "getUserById", "another user came back");
  const membership = await github.membership(user.login);
  if (membership !== null && (membership.user?.id ?? user.id) !== user.id) {
    throw failed("invalid-response", deps, "getMembership", "the membership of another user came back");
  }
  if (membership?.state === "active") {
    return { kind: "present", login: user.login, isOwner: membership.role === "admin" };
  }
  await requireSeen(deps);
  if (await isOutsideCollaborator(user.id, deps)) return { kind: "present", login: user.login, isOwner: false };
  return {
    kind: "absent",
    why: `the user is neither a member nor an outside collaborator of ${settings.org} any more`,
  };
}

/** An organization always has members: seeing some shows that one who is missing is not merely hidden. */
async function requireSeen(deps: CiDeps): Promise<void> {
  const page = await deps.github.membersPage(null);
  if (page !== null && page.items.length > 0) return;
  const what = "the members of the organization cannot be seen: check org and the permission Members (read)";
  throw failed("not-visible", deps, "listMembers", what);
}

async function isOutsideCollaborator(userId: number, deps: CiDeps): Promise<boolean> {
  const operation = "listOutsideCollaborators";
  const fetchPage = async (cursor: string | null) => {
    const page = await deps.github.outsideCollaboratorsPage(cursor);
    if (page !== null) return page;
    throw failed(
      "not-visible",
      deps,
      operation,
      "outside collaborators cannot be seen: our credential must be an owner's",
    );
  };
  for await (const { items } of pagesOf({ target: deps.target, operation }, fetchPage, ({ id }) => String(id))) {
    if (items.some(({ id }) => id === userId)) return true;
  }
  return false;
}
