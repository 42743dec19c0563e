import type { CursorPage } from "../../contract/paging.ts";
import type { GithubInvitation, GithubMembership, GithubUser } from "../schema.ts";
import { invitation, membership, organization, user, wholeUser } from "../schema.ts";
import type { Caller, Deletion } from "./call.ts";

/**
 * Users, the organization, and who belongs to it.
 * @see https://docs.github.com/en/rest/users/users
 * @see https://docs.github.com/en/rest/orgs/members
 * @see https://docs.github.com/en/rest/orgs/outside-collaborators
 */
export function peopleCalls({ get, page, pageIfAny, remove }: Caller, org: string) {
  return {
    organization: () => get(["getOrganization", "/orgs/{org}"], { org }, organization),

    /** By the id that stays when the login changes. */
    userById: (id: string) => get(["getUserById", "/user/{account_id}"], { account_id: id }, wholeUser),

    userByLogin: (username: string) => get(["getUser", "/users/{username}"], { username }, wholeUser),

    membersPage: (cursor: string | null): Promise<CursorPage<GithubUser>> =>
      page(["listMembers", "/orgs/{org}/members"], { org }, user, cursor),

    ownersPage: (cursor: string | null): Promise<CursorPage<GithubUser>> =>
      page(["listOwners", "/orgs/{org}/members"], { org, role: "admin" }, user, cursor),

    outsideCollaboratorsPage: (cursor: string | null): Promise<CursorPage<GithubUser>> =>
      page(["listOutsideCollaborators", "/orgs/{org}/outside_collaborators"], { org }, user, cursor),

    /** Active, or pending while it is an invitation. */
    membership: (username: string): Promise<GithubMembership | null> =>
      get(["getMembership", "/orgs/{org}/memberships/{username}"], { org, username }, membership),

    removeMembership: (username: string): Promise<Deletion> =>
      remove(["removeMembership", "/orgs/{org}/memberships/{username}"], { org, username }),

    /** Null where GitHub says 404: organizations with managed users have no invitations. */
    invitationsPage: (cursor: string | null): Promise<CursorPage<GithubInvitation> | null> =>
      pageIfAny(["listInvitations", "/orgs/{org}/invitations"], { org }, invitation, cursor),

    cancelInvitation: (id: string): Promise<Deletion> =>
      remove(["cancelInvitation", "/orgs/{org}/invitations/{invitation_id}"], { org, invitation_id: id }),
  };
}
