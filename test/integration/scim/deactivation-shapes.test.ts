import { useDatabase } from "../../support/database.ts";
import type { SourceName } from "./scim-server.ts";
import { enterpriseSchema, patchOp, useScimServer, userSchema } from "./scim-server.ts";

/**
 * Every way in which a directory says that somebody is gone, over HTTP, against the real router and database: exactly
 * one case, and still one when it is said twice. And every way that must not pass for it: refused, never accepted
 * without effect (design.md, law 4).
 */
const database = useDatabase();
const scim = useScimServer(database);

interface Shape {
  readonly name: string;
  readonly source: SourceName;
  readonly method?: "PATCH" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body: unknown;
}

const operation = (...operations: unknown[]): unknown => ({ schemas: [patchOp], Operations: operations });
const put = (more: Readonly<Record<string, unknown>>): unknown => ({
  schemas: [userSchema],
  userName: "leaver@example.com",
  ...more,
});

const deactivations: readonly Shape[] = [
  // 1.1 Okta
  {
    name: "Okta catalogue app: path-less replace, real boolean",
    source: "okta",
    body: operation({ op: "replace", value: { active: false } }),
  },
  {
    name: "Okta wizard app: PUT of everything its GET returned",
    source: "okta",
    method: "PUT",
    body: put({
      id: "0f0f0f0f-0000-7000-8000-000000000000",
      name: { givenName: "Lee", familyName: "Ver" },
      emails: [{ primary: true, value: "leaver@example.com", type: "work", display: "leaver@example.com" }],
      displayName: "Lee Ver",
      locale: "en-US",
      externalId: "00ulnr0ej8yDGNQWz5d7",
      groups: [],
      meta: { resourceType: "User", location: "https://elsewhere.example/Users/1", version: 'W/"9"' },
      active: false,
      "urn:okta:example:1.0:user:custom": { badge: "4711" },
    }),
  },
  {
    name: "Okta: application/json with charset",
    source: "okta",
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: operation({ op: "replace", value: { active: false } }),
  },
  {
    name: "Okta: password sync in the same request",
    source: "okta",
    body: operation(
      { op: "replace", value: { password: "not-kept-7c1f" } },
      { op: "replace", value: { active: false } },
    ),
  },
  // 1.2 Entra
  {
    name: "Entra default dialect: capital op, the word False",
    source: "entra",
    body: operation({ op: "Replace", path: "active", value: "False" }),
  },
  {
    name: "Entra: the word false in lower case",
    source: "entra",
    body: operation({ op: "Replace", path: "active", value: "false" }),
  },
  {
    name: "Entra: the older value in a list of one",
    source: "entra",
    body: operation({ op: "Replace", path: "active", value: [{ $ref: null, value: "False" }] }),
  },
  {
    name: "Entra: Add instead of Replace",
    source: "entra",
    body: operation({ op: "Add", path: "active", value: "False" }),
  },
  {
    name: "Entra with aadOptscim062020: dotted and URN-qualified keys, path-less",
    source: "entra",
    query: "?aadOptscim062020",
    body: operation({
      op: "replace",
      value: {
        active: false,
        "name.givenName": "Lee",
        [`${enterpriseSchema}:employeeNumber`]: "701984",
        'phoneNumbers[type eq "mobile"].value': "+1 555 0100",
      },
    }),
  },
  {
    name: "Entra: attributes first, deactivation last",
    source: "entra",
    body: operation(
      { op: "Replace", path: `${enterpriseSchema}:manager`, value: "26118915-6090-4610-87e4-49d8ca9f808d" },
      { op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: "+1 555 0101" },
      { op: "Replace", path: 'roles[primary eq "True"].value', value: "leaver" },
      { op: "Replace", path: "active", value: "False" },
    ),
  },
  // 1.3 JumpCloud, OneLogin, Ping, Google, Rippling
  {
    name: "OneLogin: no schemas",
    source: "generic",
    body: { Operations: [{ op: "replace", path: "active", value: false }] },
  },
  {
    name: "operations in lower case",
    source: "generic",
    body: { schemas: [patchOp], operations: [{ op: "replace", path: "active", value: false }] },
  },
  {
    name: "OPERATIONS, OP, PATH and VALUE",
    source: "generic",
    body: { OPERATIONS: [{ OP: "REPLACE", PATH: "ACTIVE", VALUE: "FALSE" }] },
  },
  {
    name: "JumpCloud and PingOne: full PUT",
    source: "generic",
    method: "PUT",
    body: put({ active: false, emails: [{ value: "leaver@example.com", type: "work", primary: true }] }),
  },
  { name: "PUT with the word False", source: "generic", method: "PUT", body: put({ active: "False" }) },
  { name: "PUT with ACTIVE", source: "generic", method: "PUT", body: put({ ACTIVE: false }) },
  {
    name: "PUT with the URN before the name",
    source: "generic",
    method: "PUT",
    body: put({ [`${userSchema}:active`]: false }),
  },
  {
    name: "PUT without schemas",
    source: "generic",
    method: "PUT",
    body: { userName: "leaver@example.com", active: false },
  },
  // What peers get wrong
  {
    name: "URN path",
    source: "generic",
    body: operation({ op: "replace", path: `${userSchema}:active`, value: false }),
  },
  {
    name: "URN path in another case",
    source: "generic",
    body: operation({ op: "replace", path: `${userSchema.toUpperCase()}:Active`, value: false }),
  },
  { name: "ACTIVE", source: "generic", body: operation({ op: "replace", path: "ACTIVE", value: false }) },
  {
    name: "ACTIVE in a path-less value",
    source: "generic",
    body: operation({ op: "replace", value: { ACTIVE: false } }),
  },
  {
    name: "URN key in a path-less value",
    source: "generic",
    body: operation({ op: "replace", value: { [`${userSchema}:active`]: "False" } }),
  },
  {
    name: "the core schema as path",
    source: "generic",
    body: operation({ op: "replace", path: userSchema, value: { active: false } }),
  },
  {
    name: "list of one boolean",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: [false] }),
  },
  {
    name: "object around the value",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: { value: false } }),
  },
  {
    name: "path-less value in a list",
    source: "generic",
    body: operation({ op: "replace", value: [{ active: false }] }),
  },
  { name: "empty path", source: "generic", body: operation({ op: "replace", path: "", value: { active: false } }) },
  { name: "add", source: "generic", body: operation({ op: "add", path: "active", value: false }) },
  {
    name: "said twice in one request, alike",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: false }, { op: "replace", value: { active: "False" } }),
  },
  {
    name: "rename and deactivation in one request",
    source: "generic",
    body: operation({ op: "replace", value: { userName: "renamed-leaver@example.com", active: false } }),
  },
  {
    name: "an extension attribute we do not keep, beside it",
    source: "generic",
    body: operation(
      { op: "add", path: "urn:example:custom:2.0:User:badge", value: "4711" },
      { op: "replace", path: "active", value: false },
    ),
  },
];

describe("I01 I03 every deactivation shape opens exactly one case, said twice still one", () => {
  it.each(deactivations)("$name", async ({ source, method = "PATCH", headers = {}, query = "", body }) => {
    const id = await scim.addPerson(source);
    const say = () => scim.call(method, `/Users/${id}${query}`, { source, headers, body });

    const first = await say();
    const afterFirst = await scim.cases(id);
    const second = await say();

    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({ id, active: false });
    expect(afterFirst).toMatchObject([{ state: "open" }]);
    expect(second.status).toBe(200);
    expect(await scim.cases(id)).toEqual(afterFirst);
    expect(await scim.notices(id)).toEqual(["created", "deactivated", "deactivated"]);
    // The next shape may use the same names again.
    expect((await scim.call("DELETE", `/Users/${id}`, { source })).status).toBe(204);
    expect(await scim.cases(id)).toEqual(afterFirst);
  });

  it("DELETE of somebody active", async () => {
    const id = await scim.addPerson("entra");

    const first = await scim.call("DELETE", `/Users/${id}`, { source: "entra" });
    const second = await scim.call("DELETE", `/Users/${id}`, { source: "entra" });

    expect([first.status, second.status]).toEqual([204, 404]);
    expect(await scim.cases(id)).toMatchObject([{ state: "open" }]);
  });

  it.each(["False", false, "false"])("first POST with active %p: gone, one case, and a question", async (active) => {
    const id = await scim.addPerson("entra", { active });

    const { json } = await scim.call("GET", `/Users/${id}`, { source: "entra" });
    const { rows } = await database.pool.query("SELECT kind FROM question WHERE person_id = $1", [id]);

    expect(json.active).toBe(false);
    expect(await scim.cases(id)).toMatchObject([{ state: "awaiting_approval", stateReason: "first-seen-gone" }]);
    expect(rows).toEqual([{ kind: "first-seen-gone" }]);
  });
});

const refusals: readonly (Shape & { readonly scimType: string })[] = [
  {
    name: "a word that is neither",
    source: "entra",
    body: operation({ op: "Replace", path: "active", value: "no" }),
    scimType: "invalidValue",
  },
  {
    name: "zero",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: 0 }),
    scimType: "invalidValue",
  },
  {
    name: "null",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: null }),
    scimType: "invalidValue",
  },
  {
    name: "null, path-less",
    source: "generic",
    body: operation({ op: "replace", value: { active: null } }),
    scimType: "invalidValue",
  },
  {
    name: "an empty list",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: [] }),
    scimType: "invalidValue",
  },
  {
    name: "a list of two",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: [false, false] }),
    scimType: "invalidValue",
  },
  { name: "no value", source: "generic", body: operation({ op: "replace", path: "active" }), scimType: "invalidValue" },
  {
    name: "its own object",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: { active: false } }),
    scimType: "invalidValue",
  },
  { name: "remove", source: "generic", body: operation({ op: "remove", path: "active" }), scimType: "mutability" },
  {
    name: "Remove with a value",
    source: "entra",
    body: operation({ op: "Remove", path: "ACTIVE", value: "True" }),
    scimType: "mutability",
  },
  {
    name: "a sub-attribute of it",
    source: "entra",
    body: operation({ op: "replace", path: "active.value", value: false }),
    scimType: "invalidPath",
  },
  {
    name: "a filter on it",
    source: "entra",
    body: operation({ op: "replace", path: "active[value eq true]", value: false }),
    scimType: "invalidPath",
  },
  {
    name: "below another attribute",
    source: "entra",
    body: operation({ op: "replace", value: { name: { active: false } } }),
    scimType: "invalidValue",
  },
  {
    name: "below the wrong schema",
    source: "entra",
    body: operation({ op: "replace", path: `${enterpriseSchema}:active`, value: false }),
    scimType: "invalidPath",
  },
  {
    name: "below an unknown schema",
    source: "entra",
    body: operation({ op: "replace", path: "urn:example:User:active", value: false }),
    scimType: "invalidPath",
  },
  {
    name: "below an unknown container",
    source: "okta",
    body: operation({ op: "replace", value: { profile: { active: false } } }),
    scimType: "invalidValue",
  },
  {
    name: "isActive",
    source: "okta",
    body: operation({ op: "replace", value: { isActive: false } }),
    scimType: "invalidValue",
  },
  {
    name: "wide letters",
    source: "okta",
    body: operation({ op: "replace", value: { ａｃｔｉｖｅ: false } }),
    scimType: "invalidValue",
  },
  {
    name: "beside op, not in value",
    source: "okta",
    body: operation({ op: "remove", path: "nickName", active: false }),
    scimType: "invalidValue",
  },
  {
    name: "beside Operations",
    source: "okta",
    body: { Operations: [{ op: "remove", path: "nickName" }], active: false },
    scimType: "invalidValue",
  },
  {
    name: "two operations that disagree",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: false }, { op: "replace", path: "active", value: true }),
    scimType: "invalidValue",
  },
  {
    name: "two spellings that disagree",
    source: "generic",
    body: operation({ op: "replace", value: { active: true, ACTIVE: false } }),
    scimType: "invalidSyntax",
  },
  {
    name: "text for an object",
    source: "generic",
    body: operation({ op: "replace", value: '{"active":false}' }),
    scimType: "invalidValue",
  },
  {
    name: "a bad second operation",
    source: "generic",
    body: operation({ op: "replace", path: "active", value: false }, { op: "replace", path: "userName", value: 7 }),
    scimType: "invalidValue",
  },
  {
    name: "a filter that finds nothing, after it",
    source: "generic",
    body: operation(
      { op: "replace", path: "active", value: false },
      { op: "replace", path: 'emails[type eq "home"].value', value: "x@example.com" },
    ),
    scimType: "noTarget",
  },
  {
    name: "SCIM 1.1, no Operations",
    source: "generic",
    body: { schemas: ["urn:scim:schemas:core:1.0"], active: false },
    scimType: "invalidSyntax",
  },
  { name: "PUT with null", source: "generic", method: "PUT", body: put({ active: null }), scimType: "invalidValue" },
  { name: "PUT with a number", source: "generic", method: "PUT", body: put({ active: 0 }), scimType: "invalidValue" },
  {
    name: "PUT with two spellings",
    source: "generic",
    method: "PUT",
    body: put({ active: false, Active: false }),
    scimType: "invalidSyntax",
  },
  {
    name: "PUT with it below a container",
    source: "okta",
    method: "PUT",
    body: put({ profile: { active: false } }),
    scimType: "invalidValue",
  },
  {
    name: "PUT of a list response",
    source: "okta",
    method: "PUT",
    body: { schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], Resources: [put({ active: false })] },
    scimType: "invalidSyntax",
  },
  {
    name: "PUT without userName",
    source: "okta",
    method: "PUT",
    body: { schemas: [userSchema], active: false },
    scimType: "invalidValue",
  },
];

describe("I01 what mentions active and cannot take effect is refused, and nothing changes", () => {
  it.each(refusals)("$name", async ({ source, method = "PATCH", body, scimType }) => {
    const id = await scim.addPerson(source);
    const before = await scim.call("GET", `/Users/${id}`, { source });

    const reply = await scim.call(method, `/Users/${id}`, { source, body });

    expect(reply.json).toMatchObject({ status: "400", scimType });
    expect(reply.status).toBe(400);
    expect((await scim.call("GET", `/Users/${id}`, { source })).text).toBe(before.text);
    expect(await scim.cases(id)).toEqual([]);
  });

  it("a duplicate key in the body", async () => {
    const id = await scim.addPerson("generic");
    const body = `{"Operations":[{"op":"replace","path":"active","value":true,"value":false}]}`;

    const reply = await scim.call("PATCH", `/Users/${id}`, { body });

    expect(reply.json).toMatchObject({ status: "400", scimType: "invalidSyntax" });
    expect(await scim.cases(id)).toEqual([]);
  });
});
