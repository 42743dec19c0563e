import { type Answer, type Context, type Handlers, noContent, param, timestamp } from "../context.ts";
import { endMembership } from "../departures.ts";
import { Refusal, refuse } from "../errors.ts";
import { isSame, theOrganization } from "../lookup.ts";
import type { ScimUser } from "../rows.ts";
import { longAgo } from "../views/people.ts";

const place = "/scim/v2/organizations/{org}/Users";
const type = "application/scim+json";

/**
 * Identities that an identity provider provisioned. Deleting one, or making it inactive, removes the member, the external
 * identity and the provisioned one.
 *
 * @see https://docs.github.com/enterprise-cloud@latest/rest/scim/scim
 */
export const scim: Handlers = {
  [`GET ${place}`]: (context) => scimly(() => listAnswer(context)),
  [`GET ${place}/{scim_user_id}`]: (context) => scimly(() => answer(context, theScimUser(context))),
  [`PATCH ${place}/{scim_user_id}`]: (context) => scimly(() => patch(context)),
  [`DELETE ${place}/{scim_user_id}`]: (context) =>
    scimly(() => {
      deprovision(context, theScimUser(context));
      return noContent;
    }),
};

/** Refusals in the form of SCIM. */
function scimly(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? refuse.scim(error.status, error.message) : error;
  }
}

function listAnswer(context: Context): Answer {
  theOrganization(context);
  const { query } = context.call;
  const found = context.state.scimUsers.filter(filtered(query.get("filter")));
  const start = Math.max(1, Number(query.get("startIndex") ?? 1) || 1);
  const asked = Math.min(Number(query.get("count") ?? 100) || 100, 100);
  const size = Math.min(asked, context.settings.pageSize ?? asked);
  const page = found.slice(start - 1, start - 1 + size);
  return {
    status: 200,
    headers: { "content-type": type },
    json: {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      totalResults: found.length,
      itemsPerPage: page.length,
      startIndex: start,
      Resources: page.map((one) => view(context, one)),
    },
  };
}

/** `userName eq "..."`, and likewise by id, external id and e-mail address. */
function filtered(filter: string | null): (one: ScimUser) => boolean {
  if (filter === null) return () => true;
  const [, name = "", value = ""] = /^\s*(\w+)\s+eq\s+"?([^"]*)"?\s*$/i.exec(filter) ?? [];
  const values: Readonly<Record<string, (one: ScimUser) => string | null>> = {
    username: (one) => one.userName,
    externalid: (one) => one.externalId,
    id: (one) => one.id,
    emails: (one) => one.email,
  };
  const read = values[name.toLowerCase()];
  if (read === undefined) throw refuse.scim(400, "Invalid filter");
  return (one) => isSame(read(one) ?? "", value);
}

function patch(context: Context): Answer {
  const found = theScimUser(context);
  const operations = context.body["Operations"] as readonly Readonly<Record<string, unknown>>[];
  const isEnd = operations.some(({ op, path, value }) => {
    if (op !== "replace") return false;
    return path === "active" ? value === false : (value as { active?: unknown } | undefined)?.active === false;
  });
  if (!isEnd) throw refuse.scim(400, "The fake only knows how to make a user inactive");
  deprovision(context, found);
  return answer(context, { ...found, isActive: false });
}

function deprovision({ world, settings }: Context, found: ScimUser): void {
  world.remove("scimUsers", (one) => one.id === found.id);
  if (found.userId === null) return;
  world.remove("externalIdentities", (one) => one.place === "organization" && one.userId === found.userId);
  endMembership(world, settings, found.userId);
}

function theScimUser(context: Context): ScimUser {
  theOrganization(context);
  const found = context.state.scimUsers.find((one) => one.id === param(context, "scim_user_id"));
  if (found === undefined) throw refuse.notFound();
  return found;
}

function answer(context: Context, one: ScimUser): Answer {
  return { status: 200, headers: { "content-type": type }, json: view(context, one) };
}

function view({ settings }: Context, one: ScimUser): Record<string, unknown> {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    id: one.id,
    externalId: one.externalId,
    userName: one.userName,
    displayName: `${one.givenName} ${one.familyName}`,
    name: { givenName: one.givenName, familyName: one.familyName, formatted: `${one.givenName} ${one.familyName}` },
    emails: [{ value: one.email, primary: true, type: "work" }],
    active: one.isActive,
    meta: {
      resourceType: "User",
      created: timestamp(one.createdAt),
      lastModified: longAgo,
      location: `${settings.apiUrl}/scim/v2/organizations/${settings.organization.login}/Users/${one.id}`,
    },
  };
}
