import { z } from "zod";
import type { CursorPage } from "../../contract/paging.ts";
import type { GithubApi } from "../../vendors/github/index.ts";
import { authorization, tokenGrant, tokenRequest } from "../schema.ts";
import type { GithubAuthorization, GithubTokenGrant, GithubTokenRequest } from "../schema.ts";
import type { Caller, Deletion } from "./call.ts";

/**
 * What people's own tokens and keys may do in the organization.
 * @see https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#list-saml-sso-authorizations-for-an-organization
 * @see https://docs.github.com/en/rest/orgs/personal-access-tokens
 */
export function tokenCalls({ page, pageIfAny, remove }: Caller, api: GithubApi, org: string) {
  async function decide(operation: string, path: string, parameters: Record<string, unknown>): Promise<Deletion> {
    const request = { operation, route: `POST ${path}`, parameters: { org, ...parameters }, schema: z.null() };
    const { status } = await api.send({ ...request, expect: [404] });
    return status === 404 ? "absent" : "deleted";
  }

  return {
    /** Null where GitHub says 404: an organization without SAML has none. Only those of members are shown. */
    authorizationsPage: (login: string, cursor: string | null): Promise<CursorPage<GithubAuthorization> | null> =>
      pageIfAny(
        ["listSsoAuthorizations", "/orgs/{org}/credential-authorizations"],
        { org, login },
        authorization,
        cursor,
      ),

    removeAuthorization: (id: string): Promise<Deletion> =>
      remove(["removeSsoAuthorization", "/orgs/{org}/credential-authorizations/{credential_id}"], {
        org,
        credential_id: id,
      }),

    tokenGrantsPage: (login: string, cursor: string | null): Promise<CursorPage<GithubTokenGrant>> =>
      page(["listTokenGrants", "/orgs/{org}/personal-access-tokens"], { org, "owner[]": login }, tokenGrant, cursor),

    revokeTokenGrant: (id: string): Promise<Deletion> =>
      decide("revokeTokenGrant", "/orgs/{org}/personal-access-tokens/{pat_id}", { pat_id: id, action: "revoke" }),

    tokenRequestsPage: (login: string, cursor: string | null): Promise<CursorPage<GithubTokenRequest>> =>
      page(
        ["listTokenRequests", "/orgs/{org}/personal-access-token-requests"],
        { org, "owner[]": login },
        tokenRequest,
        cursor,
      ),

    denyTokenRequest: (id: string): Promise<Deletion> =>
      decide("denyTokenRequest", "/orgs/{org}/personal-access-token-requests/{pat_request_id}", {
        pat_request_id: id,
        action: "deny",
      }),
  };
}
