import type { Principal } from "../../../connectors/contract/connector.ts";
import { answers } from "../../../connectors/testkit/faults/index.ts";
import type { FakeGithub, Plants } from "../../../connectors/testkit/fakes/github/index.ts";
import { accountOf, leaver, plantGround, plantPerson } from "./planted.ts";
import { aGithub, connector, openAt, rejection } from "./support.ts";

async function listAccounts(session: unknown): Promise<Principal[]> {
  const all: Principal[] = [];
  for await (const { items, complete } of connector.accounts(session)) {
    expect(complete).toBe(true);
    all.push(...items);
  }
  return all;
}

/** Everybody that an organization can know, besides the owner whose token the fake comes with. */
function plantEverybody(fake: FakeGithub): void {
  fake.plant({
    members: [{ login: leaver }, { login: "bystander" }],
    users: [{ login: "outsider" }, { login: "invitee" }, { login: "stranger" }],
    repositories: [{ name: "api" }, { name: "site" }],
    collaborators: [
      { repository: "api", login: "outsider" },
      { repository: "site", login: "outsider" },
      { repository: "site", login: leaver },
    ],
    organizationInvitations: [
      { login: "invitee" },
      { email: "new.hire@example.com" },
      { login: "stranger", failure: "expired" },
    ],
  });
}

describe("accounts", () => {
  it.each([1, 2, 100])(
    "are members, outside collaborators and invitees, each once, in pages of %i",
    async (pageSize) => {
      const fake = await aGithub();
      plantEverybody(fake);
      const { session } = await openAt(fake, { settings: { pageSize } });

      const found = await listAccounts(session);

      const [invitation] = fake.state().organizationInvitations.filter(({ email }) => email !== null);
      expect(found.map(({ id, label }) => [id, label])).toEqual([
        ...["acme-owner", leaver, "bystander", "outsider", "invitee"].map((login) => [
          String(fake.user(login).id),
          login,
        ]),
        [`invitation-${invitation?.id}`, "new.hire@example.com"],
      ]);
      expect(fake.writes()).toEqual([]);
    },
  );

  it.each<{ name: string; identities: NonNullable<Plants["externalIdentities"]>; names: readonly string[] }>([
    {
      name: "SAML",
      identities: [{ login: leaver, nameId: "leaver@example.com" }],
      names: ["SAML of the organization acme: leaver@example.com"],
    },
    {
      name: "SCIM as well",
      identities: [{ login: leaver, nameId: "leaver@example.com", scimUserName: "e-100" }],
      names: ["SAML of the organization acme: leaver@example.com", "SCIM of the organization acme: e-100"],
    },
    {
      name: "several links of one user",
      identities: [
        { login: leaver, nameId: "leaver@example.com" },
        { login: leaver, nameId: "old.name@example.com" },
      ],
      names: [
        "SAML of the organization acme: leaver@example.com",
        "SAML of the organization acme: old.name@example.com",
      ],
    },
    {
      name: "a link to nobody",
      identities: [{ nameId: "leaver@example.com" }],
      names: [],
    },
    {
      name: "the enterprise's, which nobody configured",
      identities: [{ login: leaver, nameId: "x", place: "enterprise" }],
      names: [],
    },
    { name: "no single sign-on at all", identities: [], names: [] },
  ])("are named by the organization's own single sign-on: $name", async ({ identities, names }) => {
    const fake = await aGithub({ pageSize: 1 });
    plantEverybody(fake);
    fake.plant({
      externalIdentities: [...identities, ...(identities.length > 0 ? [{ login: "bystander", nameId: "b" }] : [])],
    });
    const { session } = await openAt(fake);

    const found = (await listAccounts(session)).find(({ label }) => label === leaver);

    expect((found?.identities ?? []).map(({ by, name }) => `${by}: ${name}`)).toEqual(names);
  });

  it("are named by the enterprise's single sign-on where it is configured", async () => {
    const fake = await aGithub();
    plantEverybody(fake);
    fake.plant({
      externalIdentities: [
        { login: "bystander", nameId: "bystander@example.com" },
        { login: leaver, nameId: "leaver@example.com", place: "enterprise" },
      ],
    });
    const { session } = await openAt(fake, { token: fake.adminToken, settings: { enterprise: "acme-inc" } });

    const found = (await listAccounts(session)).find(({ label }) => label === leaver);

    expect(found?.identities).toEqual([{ by: "SAML of the enterprise acme-inc", name: "leaver@example.com" }]);
  });

  it("I14 are not listed without the enterprise's single sign-on once it is configured", async () => {
    const fake = await aGithub();
    fake.plant({ externalIdentities: [{ login: leaver, nameId: "leaver@example.com", place: "enterprise" }] });
    const { session } = await openAt(fake, { settings: { enterprise: "acme-inc" } });

    expect(await rejection(listAccounts(session))).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("read:enterprise"),
    });
  });

  it("tell the address that a user made public", async () => {
    const fake = await aGithub();
    fake.plant({
      users: [{ login: leaver, email: "leaver@example.com" }, { login: "other" }],
      members: [{ login: leaver }, { login: "other" }],
      externalIdentities: [
        { login: leaver, nameId: "a" },
        { login: "other", nameId: "b" },
      ],
    });
    const { session } = await openAt(fake);

    const attributes = (await listAccounts(session)).map((principal) => principal.attributes);

    expect(attributes).toContainEqual({ login: leaver, email: "leaver@example.com" });
    expect(attributes).toContainEqual({ login: "other" });
  });

  it("of an organization that never invites are its members", async () => {
    const fake = await aGithub();
    plantEverybody(fake);
    fake.faults.add({ on: { path: /invitations/ }, times: "always", fault: fake.lies.hidden() });
    const { session } = await openAt(fake);

    expect((await listAccounts(session)).map(({ label }) => label)).toEqual([
      "acme-owner",
      leaver,
      "bystander",
      "outsider",
    ]);
  });
});

describe("one account", () => {
  it("is found by its id, whatever is left of its place here", async () => {
    const fake = await aGithub();
    plantEverybody(fake);
    const { session } = await openAt(fake);

    for (const login of [leaver, "outsider", "invitee", "stranger"]) {
      expect(await connector.account(session, accountOf(fake, login).id)).toMatchObject(accountOf(fake, login));
    }
  });

  it("I05 is found under the login it has now, and never by a login", async () => {
    const fake = await aGithub();
    plantEverybody(fake);
    const { id } = accountOf(fake, leaver);
    fake.rename(leaver, "leaver-renamed");
    fake.plant({ users: [{ login: leaver }] });
    const { session } = await openAt(fake);

    expect(await connector.account(session, id)).toMatchObject({ id, label: "leaver-renamed" });
    expect(await connector.account(session, leaver)).toBeNull();
  });

  it("of somebody invited by address is the invitation, while it is pending", async () => {
    const fake = await aGithub({ pageSize: 1 });
    plantEverybody(fake);
    const { session } = await openAt(fake);
    const invited = (await listAccounts(session)).find(({ attributes }) => attributes["email"] !== undefined);

    expect(invited).toMatchObject({ label: "new.hire@example.com", attributes: { email: "new.hire@example.com" } });
    expect(await connector.account(session, invited?.id ?? "")).toEqual(invited);
    fake.remove({ kind: "organizationInvitations", id: Number(invited?.id.split("-")[1]) });
    expect(await connector.account(session, invited?.id ?? "")).toBeNull();
  });

  it.each(["999999", "invitation-999999", "0", "-1", "1e3", "../orgs", ""])("is nobody's: %j", async (id) => {
    const fake = await aGithub();
    plantEverybody(fake);
    const { session } = await openAt(fake);

    expect(await connector.account(session, id)).toBeNull();
  });

  it("I14 that GitHub does not show by its id is a member's all the same", async () => {
    const fake = await aGithub({ pageSize: 1 });
    plantEverybody(fake);
    fake.faults.add({ on: { path: /^\/user\/\d/ }, times: "always", fault: fake.lies.hidden() });
    const { session } = await openAt(fake);

    expect(await connector.account(session, accountOf(fake, leaver).id)).toMatchObject({ label: leaver });
    expect(await connector.account(session, accountOf(fake, "outsider").id)).toMatchObject({ label: "outsider" });
  });
});

describe("standing within the organization", () => {
  it.each<{ name: string; open: (fake: FakeGithub) => ReturnType<typeof openAt>; code: string; says: RegExp }>([
    {
      name: "another organization",
      open: (fake) => openAt(fake, { settings: { org: "acme2" } }),
      code: "not-visible",
      says: /acme2 cannot be seen/,
    },
    {
      name: "an installation that is not ours",
      open: (fake) => openAt(fake, { settings: { installationId: 4 } }),
      code: "unauthorized",
      says: /no installation 4/,
    },
    {
      name: "an App that may not see members",
      open: (fake) => openAt(fake, { app: fake.plantApp({ metadata: "read" }) }),
      code: "forbidden",
      says: /members=read/,
    },
    {
      name: "the token of a member",
      open(fake) {
        fake.plant({
          tokens: [{ login: leaver, name: "t", value: "ghp_canary_member", scopes: ["admin:org", "repo"] }],
        });
        return openAt(fake, { token: "ghp_canary_member" });
      },
      code: "forbidden",
      says: /no owner/,
    },
    {
      name: "the token of a stranger",
      open(fake) {
        fake.plant({ tokens: [{ login: "stranger", name: "t", value: "ghp_canary_stranger", scopes: ["admin:org"] }] });
        return openAt(fake, { token: "ghp_canary_stranger" });
      },
      code: "forbidden",
      says: /./,
    },
    {
      name: "a token that is none",
      open: (fake) => openAt(fake, { token: "ghp_canary_wrong" }),
      code: "unauthorized",
      says: /401/,
    },
  ])("I14 is not taken for granted: $name sees nobody, and says why", async ({ open, code, says }) => {
    const fake = await aGithub();
    plantEverybody(fake);
    const { session } = await open(fake);

    const failure = await rejection(listAccounts(session));

    expect(failure).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(await rejection(connector.account(session, "1"))).toMatchObject({ code });
  });

  it("is asked for by an App that is installed elsewhere", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    fake.faults.add({
      on: { path: /\/installation$/ },
      times: "always",
      fault: answers(404, { message: "Not Found" }),
    });
    const { session } = await openAt(fake);

    expect(await rejection(listAccounts(session))).toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("not on the organization acme"),
    });
  });
});
