import type { SsoIdentity } from "../contract/connector.ts";
import { pagesOf } from "../contract/paging.ts";
import type { CursorPage } from "../contract/paging.ts";
import { ConnectorError } from "../contract/error.ts";
import type { GithubDeps } from "./deps.ts";
import type { ExternalIdentity, IdentityProvider } from "./schema.ts";

/** What single sign-on knows of one user. */
export interface KnownUser {
  identities: readonly SsoIdentity[];
  /** The address that the user made public. */
  email: string | null;
}

/**
 * Whom the identity provider knows as which user, by user id: by the organization's own single sign-on, and by the
 * enterprise's where one is configured. Without SAML nobody, which is no error.
 */
export async function readIdentities(deps: GithubDeps): Promise<ReadonlyMap<string, KnownUser>> {
  const { github, settings, target } = deps;
  const { org, enterprise } = settings;
  const known = new Map<string, KnownUser>();
  await addAll(known, `the organization ${org}`, "listExternalIdentities", deps, (after) =>
    github.organizationIdentities(org, after),
  );
  if (enterprise === undefined) return known;
  const operation = "listEnterpriseIdentities";
  await addAll(known, `the enterprise ${enterprise}`, operation, deps, async (after) => {
    const provider = await github.enterpriseIdentities(enterprise, after);
    if (provider !== null) return provider;
    // Configured, it is what names people: without it, somebody would be taken for nobody.
    const what = `${target}: the enterprise ${enterprise} shows no single sign-on to our credential; it needs an owner's token with read:enterprise`;
    throw new ConnectorError("forbidden", what, { target, operation });
  });
  return known;
}

async function addAll(
  known: Map<string, KnownUser>,
  where: string,
  operation: string,
  { target }: GithubDeps,
  ask: (after: string | null) => Promise<IdentityProvider>,
): Promise<void> {
  const fetchPage = async (after: string | null): Promise<CursorPage<ExternalIdentity>> => {
    const provider = await ask(after);
    if (provider === null) return { items: [], next: null };
    const { nodes, pageInfo } = provider.externalIdentities;
    if (!pageInfo.hasNextPage) return { items: nodes, next: null };
    if (typeof pageInfo.endCursor === "string") return { items: nodes, next: pageInfo.endCursor };
    const what = `${target}: ${operation} names a next page without its cursor`;
    throw new ConnectorError("invalid-response", what, { target, operation });
  };
  for await (const { items } of pagesOf({ target, operation }, fetchPage, ({ guid }) => guid)) {
    for (const identity of items) add(known, where, identity);
  }
}

/** One that is linked to no user belongs to somebody who was invited and has not come. */
function add(
  known: Map<string, KnownUser>,
  where: string,
  { samlIdentity, scimIdentity, user }: ExternalIdentity,
): void {
  const userId = user?.databaseId ?? null;
  if (userId === null) return;
  const before = known.get(String(userId));
  const named = [
    { by: `SAML of ${where}`, name: samlIdentity?.nameId ?? "" },
    { by: `SCIM of ${where}`, name: scimIdentity?.username ?? "" },
  ];
  const email = user?.email ?? "";
  known.set(String(userId), {
    identities: [...(before?.identities ?? []), ...named.filter(({ name }) => name !== "")],
    email: email === "" ? (before?.email ?? null) : email,
  });
}
