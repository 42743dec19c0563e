import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asApp, asUser, each, statusOf } from "./support.ts";

const fields = `nodes { guid samlIdentity { nameId } scimIdentity { username } user { login databaseId id } } pageInfo { hasNextPage endCursor }`;
const ofOrganization = `query ($org: String!, $first: Int!, $after: String) {
  organization(login: $org) { samlIdentityProvider { externalIdentities(first: $first, after: $after) { ${fields} } } }
}`;
const ofEnterprise = `query ($slug: String!, $first: Int!, $after: String) {
  enterprise(slug: $slug) { ownerInfo { samlIdentityProvider { externalIdentities(first: $first, after: $after) { ${fields} } } } }
}`;

interface Identities {
  nodes: {
    guid: string;
    samlIdentity: { nameId: string } | null;
    user: { login: string; databaseId: number } | null;
  }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}
interface Provider {
  samlIdentityProvider: { externalIdentities: Identities } | null;
}

async function aDirectory(): Promise<FakeGithub> {
  const fake = await aGithub();
  fake.plant({
    members: [{ login: "robin" }, { login: "sam", role: "admin" }],
    externalIdentities: [
      { login: "robin", nameId: "robin.sample@example.com", scimUserName: "robin.sample" },
      { login: "sam", nameId: "sam@example.com" },
      { nameId: "unclaimed@example.com" },
      { login: "robin", nameId: "e-100", place: "enterprise" },
    ],
    tokens: [
      { login: "sam", name: "a", value: "ghp_sams", scopes: ["read:org"] },
      { login: "robin", name: "b", value: "ghp_robins", scopes: ["admin:org", "admin:enterprise"] },
    ],
  });
  return fake;
}

describe("identities by single sign-on", () => {
  it("are told in pages, unclaimed ones without a user", async () => {
    const fake = await aDirectory();
    const seen: Identities["nodes"] = [];
    let after: string | null = null;
    for (let pages = 1; pages < 9; pages += 1) {
      const variables = { org: "acme", first: 2, after };
      const answer: { organization: Provider } = await asUser(fake).graphql(ofOrganization, variables);
      const found: Identities | undefined = answer.organization.samlIdentityProvider?.externalIdentities;
      seen.push(...(found?.nodes ?? []));
      after = found?.pageInfo.endCursor ?? null;
      if (found?.pageInfo.hasNextPage !== true) break;
    }

    expect(seen).toMatchObject([
      {
        samlIdentity: { nameId: "robin.sample@example.com" },
        scimIdentity: { username: "robin.sample" },
        user: { login: "robin", databaseId: fake.user("robin").id },
      },
      { samlIdentity: { nameId: "sam@example.com" }, scimIdentity: null, user: { login: "sam" } },
      { samlIdentity: { nameId: "unclaimed@example.com" }, user: null },
    ]);
    expect([fake.writes(), fake.violations()]).toEqual([[], []]);
  });

  it.each([
    { filter: 'login: "ROBIN"', logins: ["robin"] },
    { filter: 'userName: "sam@example.com"', logins: ["sam"] },
    { filter: "membersOnly: true", logins: ["robin", "sam"] },
  ])("filtered by $filter", async ({ filter, logins }) => {
    const fake = await aDirectory();
    const query = `{ organization(login: "acme") { samlIdentityProvider { externalIdentities(first: 9, ${filter}) { nodes { user { login } } } } } }`;

    const { organization } = await asUser(fake).graphql<{ organization: Provider }>(query);

    expect(organization.samlIdentityProvider?.externalIdentities.nodes.map((one) => one.user?.login)).toEqual(logins);
  });

  it.each([
    { token: "ghp_sams", place: "organization", sees: true, type: null },
    { token: "ghp_robins", place: "organization", sees: false, type: "FORBIDDEN" },
    { token: "app", place: "organization", sees: true, type: null },
    { token: "blind app", place: "organization", sees: false, type: "FORBIDDEN" },
    { token: "admin", place: "enterprise", sees: true, type: null },
    { token: "ghp_robins", place: "enterprise", sees: false, type: null },
    { token: "app", place: "enterprise", sees: false, type: null },
  ])("$token sees those of the $place: $sees", async ({ token, place, sees, type }) => {
    const fake = await aDirectory();
    const app = fake.plantApp(token === "blind app" ? { metadata: "read" } : { members: "read" });
    const github = token.endsWith("app") ? asApp(fake, app) : asUser(fake, token === "admin" ? fake.adminToken : token);
    const query = place === "organization" ? ofOrganization : ofEnterprise;

    const outcome: unknown = await github.graphql(query, { org: "acme", slug: "acme-inc", first: 9 }).then(
      (data) => JSON.stringify(data),
      (error: { errors: { type: string }[] }) => error.errors[0]?.type,
    );

    if (sees) expect(outcome).toContain(place === "organization" ? "sam@example.com" : "e-100");
    else expect(outcome).toEqual(type ?? expect.stringContaining('"ownerInfo":null'));
  });

  it("an organization without an identity provider has none", async () => {
    const fake = await aGithub();

    expect(await asUser(fake).graphql(ofOrganization, { org: "acme", first: 9 })).toEqual({
      organization: { samlIdentityProvider: null },
    });
  });
});

describe("queries that are wrong", () => {
  it.each([
    {
      query: `{ organization(login: "other") { login } }`,
      message: "Could not resolve to an Organization with the login of 'other'.",
      told: 0,
    },
    { query: `{ enterprise(slug: "other") { slug } }`, message: "Could not resolve to a Business", told: 0 },
    {
      query: `{ organization(login: "acme") { colour } }`,
      message: "Field 'colour' doesn't exist on type 'Organization'",
      told: 1,
    },
    {
      query: `{ organization(name: "acme") { login } }`,
      message: "Field 'organization' doesn't accept argument 'name'",
      told: 1,
    },
    { query: `{ organization(login: "acme") { login }`, message: "Parse error", told: 1 },
    {
      query: `mutation { removeOutsideCollaborator { clientMutationId } }`,
      message: "the fake answers queries only",
      told: 1,
    },
    {
      query: `{ organization(login: "acme") { samlIdentityProvider { externalIdentities { nodes { guid } } } } }`,
      message: "You must provide a `first` or `last` value",
      told: 0,
    },
    {
      query: `{ organization(login: "acme") { samlIdentityProvider { externalIdentities(first: 101) { nodes { guid } } } } }`,
      message: "exceeds the `first` limit of 100 records",
      told: 0,
    },
    {
      query: `{ organization(login: "acme") { samlIdentityProvider { externalIdentities(first: 1, after: "x") { nodes { guid } } } } }`,
      message: "does not appear to be a valid cursor",
      told: 0,
    },
  ])("$query", async ({ query, message, told }) => {
    const fake = await aDirectory();

    await expect(asUser(fake).graphql(query)).rejects.toMatchObject({
      name: "GraphqlResponseError",
      errors: [{ message: expect.stringContaining(message) }],
    });

    expect(fake.violations()).toHaveLength(told);
  });

  it("aliases, comments, enumerations and __typename are read", async () => {
    const fake = await aDirectory();

    const data = await asUser(fake).graphql(`query Named { # a comment
      us: organization(login: "acme") { __typename, id }
      viewer { login }
    }`);

    expect(data).toMatchObject({
      us: { __typename: "Organization", id: expect.any(String) },
      viewer: { login: "acme-owner" },
    });
  });

  it("needs a token", async () => {
    const fake = await aDirectory();

    expect(await statusOf(asUser(fake, "").graphql("{ viewer { login } }"))).toBe(403);
    expect(await statusOf(asUser(fake, "ghp_wrong").graphql("{ viewer { login } }"))).toBe(401);
  });
});

describe("provisioned identities", () => {
  const users = "/scim/v2/organizations/{org}/Users";

  async function provisioned() {
    const fake = await aDirectory();
    const { scimUsers } = fake.plant({
      scimUsers: [
        { userName: "robin.sample", login: "robin", externalId: "e-100", email: "robin.sample@example.com" },
        { userName: "sam", login: "sam" },
        { userName: "pending" },
      ],
    });
    return { fake, scimUsers, scim: asUser(fake).request.defaults({ org: "acme" }) };
  }

  it.each([
    { query: {}, names: ["robin.sample", "sam", "pending"] },
    { query: { filter: 'userName eq "ROBIN.sample"' }, names: ["robin.sample"] },
    { query: { filter: 'externalId eq "e-100"' }, names: ["robin.sample"] },
    { query: { filter: 'emails eq "nobody@example.com"' }, names: [] },
    { query: { startIndex: 2, count: 1 }, names: ["sam"] },
    { query: { startIndex: 9 }, names: [] },
  ])("$query: $names", async ({ query, names }) => {
    const { scim } = await provisioned();

    const { data, headers } = (await scim(`GET ${users}`, query)) as {
      data: { Resources: { userName: string }[] };
      headers: object;
    };

    expect(each(data.Resources, "userName")).toEqual(names);
    expect(headers).toMatchObject({ "content-type": "application/scim+json" });
  });

  it.each(["DELETE", "PATCH"])("%s ends the membership, and the identity with it", async (method) => {
    const { fake, scim, scimUsers } = await provisioned();
    const one = { scim_user_id: scimUsers[0]?.id };
    const body = method === "PATCH" ? { Operations: [{ op: "replace", value: { active: false } }] } : {};

    const statuses = [
      await statusOf(scim(`${method} ${users}/{scim_user_id}`, { ...one, ...body })),
      await statusOf(scim(`GET ${users}/{scim_user_id}`, one)),
    ];

    expect(statuses).toEqual([method === "PATCH" ? 200 : 204, 404]);
    expect(fake.aliveOf("robin")).toEqual([]);
    expect(fake.state().externalIdentities.map((identity) => identity.nameId)).toEqual([
      "sam@example.com",
      "unclaimed@example.com",
      "e-100",
    ]);
  });

  it("refuses in SCIM's own form", async () => {
    const { scim } = await provisioned();

    const filter = await statusOf(scim(`GET ${users}`, { filter: "name co x" }));
    const patch = await statusOf(
      scim(`PATCH ${users}/{scim_user_id}`, { scim_user_id: "1", Operations: [{ op: "remove" }] }),
    );

    expect([filter, patch]).toEqual([400, 404]);
  });
});
