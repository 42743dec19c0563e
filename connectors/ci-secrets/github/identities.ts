import { z } from "zod";
import type { GithubApi } from "../../vendors/github/index.ts";

/** GraphQL asks by POST; these only read. */
export const identityReads = ["listExternalIdentities", "listEnterpriseIdentities"] as const;

/** Who somebody is at the identity provider, by GitHub's own link. */
export interface LinkedIdentity {
  userId: number;
  /** As the provider names them: the SAML name id, or the user name that it provisioned. */
  names: readonly string[];
}

const identity = z.object({
  samlIdentity: z.object({ nameId: z.string().nullish() }).nullish(),
  scimIdentity: z.object({ username: z.string().nullish() }).nullish(),
  user: z.object({ databaseId: z.int().nullish() }).nullish(),
});

const provider = z
  .object({
    externalIdentities: z.object({
      nodes: z.array(identity),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
    }),
  })
  .nullish();

const ofOrganization = z.object({ organization: z.object({ samlIdentityProvider: provider }).nullish() });
const ofEnterprise = z.object({
  enterprise: z.object({ ownerInfo: z.object({ samlIdentityProvider: provider }).nullish() }).nullish(),
});

const fields = `samlIdentityProvider { externalIdentities(first: $first, after: $after) {
  nodes { samlIdentity { nameId } scimIdentity { username } user { databaseId } }
  pageInfo { hasNextPage endCursor }
} }`;

/**
 * One page of the links of the organization, or of the enterprise. Without SAML there are none, and that is no error.
 * @see https://docs.github.com/en/enterprise-cloud@latest/graphql/reference/objects#externalidentity
 */
export async function identitiesPage(
  api: GithubApi,
  where: { kind: "organization" | "enterprise"; name: string; pageSize: number },
  cursor: string | null,
): Promise<{ items: readonly LinkedIdentity[]; next: string | null }> {
  const variables = { name: where.name, first: where.pageSize, after: cursor };
  const found =
    where.kind === "organization" ? await askOrganization(api, variables) : await askEnterprise(api, variables);
  if (found === null || found === undefined) return { items: [], next: null };
  const { nodes, pageInfo } = found.externalIdentities;
  return { items: nodes.flatMap(toLinked), next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null };
}

async function askOrganization(api: GithubApi, variables: Readonly<Record<string, unknown>>) {
  const query = `query ($name: String!, $first: Int!, $after: String) { organization(login: $name) { ${fields} } }`;
  const answer = await api.graphql({ operation: identityReads[0], query, variables, schema: ofOrganization });
  return answer.organization?.samlIdentityProvider;
}

async function askEnterprise(api: GithubApi, variables: Readonly<Record<string, unknown>>) {
  const query = `query ($name: String!, $first: Int!, $after: String) { enterprise(slug: $name) { ownerInfo { ${fields} } } }`;
  const answer = await api.graphql({ operation: identityReads[1], query, variables, schema: ofEnterprise });
  return answer.enterprise?.ownerInfo?.samlIdentityProvider;
}

function toLinked({ samlIdentity, scimIdentity, user }: z.output<typeof identity>): readonly LinkedIdentity[] {
  const userId = user?.databaseId;
  if (userId === null || userId === undefined) return []; // provisioned, and not linked to a user yet
  const names = [samlIdentity?.nameId, scimIdentity?.username].filter(
    (name) => typeof name === "string" && name !== "",
  );
  return [{ userId, names: [...new Set(names as string[])] }];
}
