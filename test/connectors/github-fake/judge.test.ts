import { plantLeaver, type Plants } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asApp, asUser, each, outcomeOf } from "./support.ts";

const member = [
  "memberships",
  "repositories",
  "collaborators",
  "collaborators",
  "repositoryInvitations",
  "teamMembers",
  "teamMembers",
  "organizationRoleUsers",
  "deployKeys",
  "deployKeys",
  "runners",
  "tokens",
  "tokens",
  "tokens",
  "sshKeys",
  "credentialAuthorizations",
  "credentialAuthorizations",
  "grants",
  "grantRequests",
];

describe("a planted leaver", () => {
  it("holds one of everything, and so do a look-alike and a bystander", async () => {
    const fake = await aGithub();

    const { lookAlike, bystander, holds } = plantLeaver(fake, "leaver");

    expect(each(holds, "kind")).toEqual(member);
    expect([lookAlike, bystander].map((login) => each(fake.aliveOf(login), "kind"))).toEqual([member, member]);
    expect([fake.calls(), fake.effects()]).toEqual([[], []]);
  });

  it.each([
    {
      options: { isOutside: true },
      kinds: ["collaborators", "collaborators", "repositoryInvitations", "deployKeys", "deployKeys", "tokens"],
    },
    { options: { enterpriseTeam: "all" }, kinds: ["memberships", "enterpriseTeamMembers", ...member.slice(1)] },
  ])("may be one of $options", async ({ options, kinds }) => {
    const fake = await aGithub();

    expect(each(plantLeaver(fake, "leaver", options).holds, "kind")).toEqual(kinds);
  });

  it("may be two", async () => {
    const fake = await aGithub();
    plantLeaver(fake, "first");

    expect(each(plantLeaver(fake, "second").holds, "kind")).toEqual(member);
  });
});

/** What one thing of a user needs to open anything. */
describe("alive means that it opens something", () => {
  it.each<{ name: string; plants: Plants; kinds: string[]; requiresSso?: boolean }>([
    {
      name: "a token of nobody's member opens nothing",
      plants: { tokens: [{ login: "leaver", name: "a" }] },
      kinds: [],
    },
    {
      name: "nor does one that is over",
      plants: { members: [{ login: "leaver" }], tokens: [{ login: "leaver", name: "a", expiresAt: 1 }] },
      kinds: ["memberships"],
    },
    {
      name: "nor one without single sign-on where that is required",
      plants: {
        members: [{ login: "leaver" }],
        tokens: [{ login: "leaver", name: "a" }],
        sshKeys: [{ login: "leaver", title: "b" }],
      },
      kinds: ["memberships"],
      requiresSso: true,
    },
    {
      name: "but one with it does",
      plants: {
        members: [{ login: "leaver" }],
        tokens: [{ login: "leaver", name: "a" }],
        credentialAuthorizations: [{ login: "leaver", token: "a" }],
      },
      kinds: ["memberships", "tokens", "credentialAuthorizations"],
      requiresSso: true,
    },
    {
      name: "and that of an outside collaborator, of whom it is not asked",
      plants: {
        repositories: [{ name: "api" }],
        collaborators: [{ repository: "api", login: "leaver" }],
        tokens: [{ login: "leaver", name: "a" }],
      },
      kinds: ["collaborators", "tokens"],
      requiresSso: true,
    },
    {
      name: "a fine-grained token needs a grant",
      plants: { members: [{ login: "leaver" }], tokens: [{ login: "leaver", name: "a", type: "fine-grained" }] },
      kinds: ["memberships"],
    },
    {
      name: "an enterprise team without the organization gives nothing",
      plants: { enterpriseTeams: [{ slug: "all", members: ["leaver"], isAssigned: false }] },
      kinds: [],
    },
    {
      name: "a key that is off opens nothing, and an identity is no access",
      plants: {
        repositories: [{ name: "api" }],
        deployKeys: [{ repository: "api", title: "a", addedBy: "leaver", isEnabled: false }],
        externalIdentities: [{ login: "leaver", nameId: "leaver@example.com" }],
        scimUsers: [{ login: "leaver", userName: "leaver" }],
      },
      kinds: [],
    },
    {
      name: "an authorization of an app's token is one",
      plants: { members: [{ login: "leaver" }], credentialAuthorizations: [{ login: "leaver" }] },
      kinds: ["memberships", "credentialAuthorizations"],
    },
  ])("$name", async ({ plants, kinds, requiresSso = false }) => {
    const fake = await aGithub({ requiresSso, clock: () => 1_000 });
    fake.plant({ users: [{ login: "leaver" }], ...plants });

    expect(each(fake.aliveOf("leaver"), "kind")).toEqual(kinds);
  });
});

describe("the state of one user", () => {
  it("does not change by reading, by others' changes, or by a renewed look", async () => {
    const fake = await aGithub();
    const { bystander } = plantLeaver(fake, "leaver");
    const before = fake.stateOf(bystander);
    const github = asUser(fake);

    await github.rest.orgs.removeMembershipForUser({ org: "acme", username: "leaver" });
    await github.rest.repos.listDeployKeys({ owner: "acme", repo: "api" });

    expect(fake.stateOf(bystander)).toBe(before);
  });

  it.each([
    { change: "PUT /orgs/acme/memberships/leaver", body: { role: "admin" } },
    { change: "PUT /orgs/acme/teams/platform/memberships/leaver", body: { role: "maintainer" } },
    { change: "DELETE /orgs/acme/organization-roles/users/leaver", body: {} },
    { change: "PUT /repos/acme/api/collaborators/leaver", body: { permission: "pull" } },
    { change: "POST /orgs/acme/credential-authorizations/leaver/revoke", body: {} },
  ])("changes by $change", async ({ change, body }) => {
    const fake = await aGithub({ revocation: { reads: 0 } });
    const { userId } = plantLeaver(fake, "leaver");
    const before = fake.stateOf("leaver");

    await asUser(fake).request(change, body);

    expect(fake.stateOf("leaver")).not.toBe(before);
    expect(fake.stateOf(userId)).toBe(fake.stateOf("leaver"));
  });
});

it("reading by POST is no write: queries and an app's own token", async () => {
  const fake = await aGithub();
  plantLeaver(fake, "leaver");
  const github = asApp(fake, fake.plantApp({ members: "read", metadata: "read" }));

  await github.rest.orgs.listMembers({ org: "acme" });
  await github.graphql(`{ organization(login: "acme") { login } }`);

  expect(fake.calls().map(({ method, isWrite }) => [method, isWrite])).toEqual([
    ["POST", false],
    ["GET", false],
    ["POST", false],
  ]);
  expect(fake.writes()).toEqual([]);
});

it("an answer of the fake that does not fit the description is loud", async () => {
  const fake = await aGithub();
  fake.plant({ users: [{ login: "odd", email: "not an address" }] });

  const { status, data } = await outcomeOf(asUser(fake).rest.users.getByUsername({ username: "odd" }));

  expect([status, data]).toEqual([500, { message: expect.stringContaining("does not fit GitHub's description") }]);
  expect(fake.violations()).toMatchObject([{ what: "answer", path: "/users/odd" }]);
});

it.each([
  { plants: { collaborators: [{ repository: "none", login: "leaver" }] }, what: "repository none" },
  { plants: { teamMembers: [{ team: "none", login: "leaver" }] }, what: "team none" },
  { plants: { grants: [{ login: "leaver", token: "none" }] }, what: "token none of leaver" },
  { plants: { organizationRoleUsers: [{ role: "none", login: "leaver" }] }, what: "organization role none" },
])("planting on what is not there is a mistake: $what", async ({ plants, what }) => {
  const fake = await aGithub();

  expect(() => fake.plant(plants)).toThrow(`there is no ${what} to plant on`);
});
