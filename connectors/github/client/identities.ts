import type { GithubApi } from "../../vendors/github/index.ts";
import { enterpriseIdentities, organizationIdentities } from "../schema.ts";
import type { IdentityProvider } from "../schema.ts";

/** GraphQL asks by POST; these only read. */
export const identityReads = ["listExternalIdentities", "listEnterpriseIdentities"] as const;

const identities = `externalIdentities(first: $first, after: $after) {
  nodes { guid samlIdentity { nameId } scimIdentity { username } user { login databaseId email } }
  pageInfo { hasNextPage endCursor }
}`;

const ofOrganization = `query ($name: String!, $first: Int!, $after: String) {
  organization(login: $name) { samlIdentityProvider { ${identities} } }
}`;

const ofEnterprise = `query ($name: String!, $first: Int!, $after: String) {
  enterprise(slug: $name) { ownerInfo { samlIdentityProvider { ${identities} } } }
}`;

/**
 * Whom the identity provider knows as which user, a page at a time. REST does not tell.
 * @see https://docs.github.com/en/enterprise-cloud@latest/graphql/reference/objects#externalidentity
 */
export function identityCalls(api: GithubApi, pageSize: number) {
  const variables = (name: string, after: string | null) => ({ name, first: pageSize, after });
  return {
    /** Null without SAML. */
    async organizationIdentities(name: string, after: string | null): Promise<IdentityProvider> {
      const asked = { query: ofOrganization, variables: variables(name, after) };
      const answer = await api.graphql({ operation: identityReads[0], ...asked, schema: organizationIdentities });
      return answer.organization.samlIdentityProvider;
    },

    /** Null without SAML, and for whoever does not own the enterprise. */
    async enterpriseIdentities(name: string, after: string | null): Promise<IdentityProvider> {
      const asked = { query: ofEnterprise, variables: variables(name, after) };
      const answer = await api.graphql({ operation: identityReads[1], ...asked, schema: enterpriseIdentities });
      return answer.enterprise.ownerInfo?.samlIdentityProvider ?? null;
    },
  };
}
