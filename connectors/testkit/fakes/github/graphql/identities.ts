import { isMember, isOwner } from "../access.ts";
import type { Context } from "../context.ts";
import { isSame, userById } from "../lookup.ts";
import { covers } from "../permissions.ts";
import type { ExternalIdentity, User } from "../rows.ts";
import { nodeId } from "../views/people.ts";
import { type FieldSpec, type GraphObject, GraphqlRefusal, type Resolved } from "./execute.ts";

/**
 * Who is who at the identity provider: of the organization, and of the enterprise.
 *
 * @see https://docs.github.com/enterprise-cloud@latest/graphql/reference/objects#externalidentity
 */
export function rootOf(context: Context): GraphObject {
  const { settings, caller } = context;
  return {
    type: "Query",
    fields: {
      organization: {
        args: ["login"],
        resolve: ({ login }) => {
          if (!isSame(String(login), settings.organization.login)) throw notFound("an Organization", "login", login);
          return organizationObject(context);
        },
      },
      enterprise: {
        args: ["slug"],
        resolve: ({ slug }) => {
          if (!isSame(String(slug), settings.enterprise.slug)) throw notFound("a Business", "URL slug", slug);
          return enterpriseObject(context);
        },
      },
      viewer: constant(caller.kind === "user" ? userObject(caller.user) : null),
      rateLimit: constant({
        type: "RateLimit",
        fields: { limit: constant(5_000), cost: constant(1), remaining: constant(4_999), used: constant(1) },
      }),
    },
  };
}

function organizationObject(context: Context): GraphObject {
  const { id, login } = context.settings.organization;
  return {
    type: "Organization",
    fields: {
      id: constant(nodeId("O", id)),
      databaseId: constant(id),
      login: constant(login),
      samlIdentityProvider: { resolve: () => provider(context, "organization", "OrganizationIdentityProvider") },
    },
  };
}

/** What only an owner sees of the enterprise hangs below `ownerInfo`, which is null for anybody else. */
function enterpriseObject(context: Context): GraphObject {
  const { settings, caller } = context;
  const { id, slug } = settings.enterprise;
  const isOwner = caller.kind === "user" && settings.enterpriseOwnerIds.has(caller.user.id);
  const ownerInfo: GraphObject = {
    type: "EnterpriseOwnerInfo",
    fields: { samlIdentityProvider: { resolve: () => provider(context, "enterprise", "EnterpriseIdentityProvider") } },
  };
  return {
    type: "Enterprise",
    fields: {
      id: constant(nodeId("E", id)),
      databaseId: constant(id),
      slug: constant(slug),
      ownerInfo: constant(isOwner ? ownerInfo : null),
    },
  };
}

/** Null where there is none; refused to a caller that may not look. */
function provider(context: Context, place: ExternalIdentity["place"], type: string): Resolved {
  if (!maySee(context, place)) throw new GraphqlRefusal("FORBIDDEN", "Resource not accessible by integration");
  const identities = context.state.externalIdentities.filter((one) => one.place === place);
  if (identities.length === 0) return null;
  return {
    type,
    fields: {
      id: constant(`${type}_1`),
      ssoUrl: constant("https://idp.example.com/sso"),
      issuer: constant("https://idp.example.com"),
      externalIdentities: {
        args: ["first", "after", "login", "userName", "membersOnly"],
        resolve: (args) => connection(context, identities, args),
      },
    },
  };
}

/** Owners, their classic tokens with the scope, and apps that may read members. */
function maySee({ caller, state, settings }: Context, place: ExternalIdentity["place"]): boolean {
  if (caller.kind === "installation") {
    return place === "organization" && covers(caller.permissions, { name: "members", level: "read" });
  }
  if (caller.kind !== "user" || caller.token.type !== "classic") return false;
  const scopes =
    place === "organization" ? ["read:org", "write:org", "admin:org"] : ["read:enterprise", "admin:enterprise"];
  const stands =
    place === "organization" ? isOwner(state, caller.user.id) : settings.enterpriseOwnerIds.has(caller.user.id);
  return stands && scopes.some((scope) => caller.token.scopes.includes(scope));
}

function connection(
  { state, settings }: Context,
  identities: readonly ExternalIdentity[],
  { first, after, login, userName, membersOnly }: Readonly<Record<string, unknown>>,
): GraphObject {
  if (typeof first !== "number") {
    throw new GraphqlRefusal(
      "MISSING_PAGINATION_BOUNDARIES",
      "You must provide a `first` or `last` value to properly paginate the `externalIdentities` connection.",
    );
  }
  if (first > 100 || first < 1) {
    throw new GraphqlRefusal(
      "EXCESSIVE_PAGINATION",
      `Requesting ${first} records on the \`externalIdentities\` connection exceeds the \`first\` limit of 100 records.`,
    );
  }
  const found = identities.filter((one) => {
    const user = userById(state, one.userId);
    return (
      (typeof login !== "string" || isSame(user?.login ?? "", login)) &&
      (typeof userName !== "string" || [one.nameId, one.scimUserName].some((name) => isSame(name ?? "", userName))) &&
      (membersOnly !== true || (user !== undefined && isMember(state, user.id)))
    );
  });
  const from = typeof after === "string" ? positionIn(after) : 0;
  const page = found.slice(from, from + Math.min(first, settings.pageSize ?? first));
  const end = from + page.length;
  const nodes = page.map((one) => identityObject(one, userById(state, one.userId)));
  return {
    type: "ExternalIdentityConnection",
    fields: {
      totalCount: constant(found.length),
      nodes: constant(nodes),
      edges: constant(
        nodes.map((node, at) => ({
          type: "ExternalIdentityEdge",
          fields: { node: constant(node), cursor: constant(cursorAt(from + at + 1)) },
        })),
      ),
      pageInfo: constant({
        type: "PageInfo",
        fields: {
          hasNextPage: constant(end < found.length),
          hasPreviousPage: constant(from > 0),
          endCursor: constant(page.length === 0 ? null : cursorAt(end)),
          startCursor: constant(page.length === 0 ? null : cursorAt(from + 1)),
        },
      }),
    },
  };
}

function identityObject({ id, nameId: name, scimUserName }: ExternalIdentity, user: User | undefined): GraphObject {
  const attributes = (type: string, values: Readonly<Record<string, string | null>>): GraphObject => ({
    type,
    fields: Object.fromEntries(Object.entries(values).map(([field, value]) => [field, constant(value)])),
  });
  const saml = name === null ? null : attributes("ExternalIdentitySamlAttributes", { nameId: name, username: name });
  const scim = scimUserName === null ? null : attributes("ExternalIdentityScimAttributes", { username: scimUserName });
  return {
    type: "ExternalIdentity",
    fields: {
      id: constant(`EI_${id}`),
      guid: constant(id),
      samlIdentity: constant(saml),
      scimIdentity: constant(scim),
      user: constant(user === undefined ? null : userObject(user)),
    },
  };
}

function userObject(user: User): GraphObject {
  return {
    type: "User",
    fields: {
      id: constant(nodeId("U", user.id)),
      databaseId: constant(user.id),
      login: constant(user.login),
      name: constant(user.name),
      email: constant(user.email ?? ""),
    },
  };
}

function constant(value: Resolved): FieldSpec {
  return { resolve: () => value };
}

/** A cursor counts, so that a removal between two pages hides one. */
function cursorAt(position: number): string {
  return Buffer.from(`cursor:${position}`).toString("base64");
}

function positionIn(cursor: string): number {
  const [, text] = /^cursor:(\d+)$/.exec(Buffer.from(cursor, "base64").toString("utf8")) ?? [];
  if (text === undefined)
    throw new GraphqlRefusal("INVALID_CURSOR_ARGUMENTS", `\`${cursor}\` does not appear to be a valid cursor.`);
  return Number(text);
}

function notFound(what: string, by: string, value: unknown): GraphqlRefusal {
  return new GraphqlRefusal("NOT_FOUND", `Could not resolve to ${what} with the ${by} of '${String(value)}'.`);
}
