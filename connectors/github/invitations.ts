import type { Page } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import type { GithubDeps } from "./deps.ts";
import { listed } from "./listing.ts";
import type { GithubInvitation } from "./schema.ts";

const operation = "listInvitations";
const prefix = "invitation-";

/** The account of somebody who was invited by address and is no user yet: all there is of them is the invitation. */
export function invitedAccountId({ id }: GithubInvitation): string {
  return `${prefix}${id}`;
}

/** The invitation that an account is; null for a user's account. */
export function invitationIdOf(accountId: string): string | null {
  return accountId.startsWith(prefix) ? accountId.slice(prefix.length) : null;
}

/**
 * The pending invitations; null where GitHub says 404 although we stand within the organization: the users of such an
 * organization are managed, and are never invited.
 * @see https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/members#list-pending-organization-invitations
 */
export async function invitations(deps: GithubDeps): Promise<AsyncGenerator<Page<GithubInvitation>> | null> {
  const { github, inside, target } = deps;
  await inside.standing();
  const first = await github.invitationsPage(null);
  if (first === null) {
    await inside.requireOrganization();
    return null;
  }
  return listed(target, operation, async (cursor) => {
    const page = cursor === null ? first : await github.invitationsPage(cursor);
    if (page !== null) return page;
    const what = `${target}: ${operation} answered 404 for a page of what it lists`;
    throw new ConnectorError("not-visible", what, { target, operation, status: 404 });
  });
}
