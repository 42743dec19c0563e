import type { Octokit } from "@octokit/rest";
import { type FakeGithubOptions, plantLeaver } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asApp, asUser, each, statusOf } from "./support.ts";

const acme = { org: "acme" };
const who = { ...acme, username: "leaver" };
const listed = "GET /orgs/{org}/credential-authorizations";
const revoke = "POST /orgs/{org}/credential-authorizations/{username}/revoke";

type Grants = Awaited<ReturnType<Octokit["rest"]["orgs"]["listPatGrants"]>>;

/** A fake with a leaver, and ways to look at single sign-on. */
async function aLeaver(options: FakeGithubOptions = {}) {
  const fake = await aGithub(options);
  const leaver = plantLeaver(fake, "leaver");
  const github = asUser(fake);
  const types = async (login: string) => {
    const { data } = (await github.request(listed, { ...acme, login })) as { data: { credential_type: string }[] };
    return each(data, "credential_type");
  };
  return { fake, github, types, ...leaver };
}

const app = { organization_personal_access_tokens: "write", organization_personal_access_token_requests: "write" };

describe("credentials through single sign-on", () => {
  it("are listed with what they are, of one member or of all", async () => {
    const { fake, github, types } = await aLeaver();

    const { data } = await github.request(listed, { ...acme, login: "LEAVER" });
    const all = (await github.request(listed, acme)).data;

    expect(data).toMatchObject([
      {
        login: "leaver",
        credential_type: "personal access token",
        scopes: ["repo", "read:org"],
        authorized_credential_note: "laptop",
        token_last_eight: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
      {
        login: "leaver",
        credential_type: "SSH key",
        authorized_credential_title: "laptop",
        fingerprint: expect.any(String),
      },
    ]);
    expect([all.length, await types("nobody")]).toEqual([6, []]);
    expect(JSON.stringify(all)).not.toContain(fake.state().tokens.find((one) => one.name === "laptop")?.value);
  });

  it("one is removed by its id, once", async () => {
    const { fake, github, planted, types } = await aLeaver();
    const one = { ...acme, credential_id: planted.credentialAuthorizations[0]?.id ?? 0 };
    const path = "DELETE /orgs/{org}/credential-authorizations/{credential_id}";

    const statuses = [await statusOf(github.request(path, one)), await statusOf(github.request(path, one))];

    expect([statuses, await types("leaver")]).toEqual([[204, 404], ["SSH key"]]);
    expect(fake.alive("credentialAuthorizations", one.credential_id)).toBe(false);
  });

  it("F08 all of one member are revoked later: accepted, still listed, gone after so many reads", async () => {
    const { fake, github, types, planted } = await aLeaver({ revocation: { reads: 2 } });
    const [token] = planted.credentialAuthorizations;

    const { status } = await github.request(revoke, who);
    const atOnce = fake.alive("credentialAuthorizations", token?.id ?? 0);
    const seen = [await types("leaver"), await types("leaver"), await types("leaver")];

    expect([status, atOnce, seen.map((one) => one.length)]).toEqual([202, true, [2, 2, 0]]);
    expect(await types("leaver2")).toHaveLength(2);
    expect(fake.effects().map((one) => `${one.change} ${one.kind}`)).toEqual(
      Array(2).fill("removed credentialAuthorizations"),
    );
  });

  it("F08 or after so long", async () => {
    let now = 1_700_000_000_000;
    const { github, types } = await aLeaver({ revocation: { ms: 30_000 }, clock: () => now });

    await github.request(revoke, who);
    const seen = [await types("leaver"), await types("leaver")];
    now += 30_000;
    seen.push(await types("leaver"));

    expect(seen.map((one) => one.length)).toEqual([2, 2, 0]);
  });

  it.each([
    { credential_type: "classic_pat", left: ["SSH key"] },
    { credential_type: "ssh_key", left: ["personal access token"] },
    { credential_type: "fine_grained_pat", left: ["personal access token", "SSH key"] },
    { credential_type: "oauth_app_token", left: ["personal access token", "SSH key"] },
  ])("or those of one type: $credential_type", async ({ credential_type, left }) => {
    const { github, types } = await aLeaver({ revocation: { reads: 0 } });

    await github.request(`${revoke}-credential-type`, { ...who, credential_type });

    expect(await types("leaver")).toEqual(left);
  });

  it("are out of reach once their owner has left, and work again when the owner is back", async () => {
    const { fake, github, types } = await aLeaver();
    await github.rest.orgs.removeMembershipForUser(who);

    const gone = [await types("leaver"), await statusOf(github.request(revoke, who))];
    fake.plant({ members: [{ login: "leaver" }] });

    expect(gone).toEqual([[], 404]);
    expect(await types("leaver")).toEqual(["personal access token", "SSH key"]);
  });

  it("the enterprise destroys the credentials themselves only where it owns its people's accounts", async () => {
    const path = "POST /enterprises/acme-inc/credential-authorizations/leaver/revoke";
    const outcomes: unknown[] = [];
    for (const managesUsers of [false, true]) {
      const { fake, github } = await aLeaver({ managesUsers, revocation: { reads: 0 } });
      const status = await statusOf(github.request(path, { revoke_credentials: true }));
      const kinds = new Set(each(fake.aliveOf("leaver"), "kind"));
      outcomes.push([
        status,
        kinds.has("tokens"),
        kinds.has("sshKeys"),
        kinds.has("grants"),
        fake.aliveOf("leaver2").length,
      ]);
    }

    expect(outcomes).toEqual([
      [422, true, true, true, 19],
      [202, false, false, false, 19],
    ]);
  });
});

it.each([
  { credential_type: "classic_pat", gone: ["laptop", "old script"] },
  { credential_type: "fine_grained_pat", gone: ["bot", "next bot"] },
  { credential_type: "ssh_key", gone: [] },
])("the enterprise destroys those of one type: $credential_type", async ({ credential_type, gone }) => {
  const { fake, github, planted } = await aLeaver({ managesUsers: true, revocation: { reads: 0 } });
  const path = "POST /enterprises/acme-inc/credential-authorizations/leaver/revoke-credential-type";

  await github.request(path, { credential_type, revoke_credentials: true });

  const left = new Set(each(fake.state().tokens, "id"));
  expect(
    planted.tokens
      .filter((one) => !left.has(one.id))
      .map((one) => one.name)
      .sort(),
  ).toEqual(gone);
});

describe("fine-grained tokens", () => {
  it.each(["GET /orgs/acme/personal-access-tokens", "GET /orgs/acme/personal-access-token-requests"])(
    "%s is for apps alone",
    async (request) => {
      const { fake, github } = await aLeaver();

      expect([
        await statusOf(github.request(request)),
        await statusOf(asApp(fake, fake.plantApp(app)).request(request)),
      ]).toEqual([403, 200]);
    },
  );

  it.each([
    { query: "", owners: ["bystander", "leaver2", "leaver"] },
    { query: "?direction=asc", owners: ["leaver", "leaver2", "bystander"] },
    { query: "?owner[]=leaver", owners: ["leaver"] },
    { query: "?owner=leaver", owners: ["leaver"] },
    { query: "?owner[]=leaver&owner[]=BYSTANDER", owners: ["bystander", "leaver"] },
    { query: "?owner=leaver,bystander", owners: [] },
    { query: "?repository=api", owners: ["bystander", "leaver2", "leaver"] },
    { query: "?repository=web", owners: [] },
  ])("grants$query: $owners", async ({ query, owners }) => {
    const { fake } = await aLeaver();
    const github = asApp(fake, fake.plantApp(app));
    const path = `GET /orgs/acme/personal-access-tokens${query}`;

    const { data } = (await github.request(path)) as Grants;

    expect(data.map((one) => one.owner.login)).toEqual(owners);
    expect(data.every((one) => one.repository_selection === "subset" && one.token_name === "bot")).toBe(true);
  });

  it("a grant is revoked, a request denied; the tokens and the keys made with them live on", async () => {
    const { fake, planted } = await aLeaver();
    const github = asApp(fake, fake.plantApp(app));
    const grant = { ...acme, pat_id: planted.grants[0]?.id ?? 0, action: "revoke" as const };
    const request = { ...acme, pat_request_id: planted.grantRequests[0]?.id ?? 0, action: "deny" as const };
    const [bot] = planted.tokens.filter((one) => one.name === "bot");

    const repositories = await github.rest.orgs.listPatGrantRepositories({ ...acme, pat_id: grant.pat_id });
    const statuses = [
      await statusOf(github.rest.orgs.updatePatAccess(grant)),
      await statusOf(github.rest.orgs.updatePatAccess(grant)),
      await statusOf(github.rest.orgs.reviewPatGrantRequest(request)),
      await statusOf(github.rest.orgs.reviewPatGrantRequest(request)),
    ];

    expect(each(repositories.data, "name")).toEqual(["api"]);
    expect(statuses).toEqual([204, 404, 204, 404]);
    expect(fake.alive("grants", grant.pat_id)).toBe(false);
    expect([fake.alive("tokens", bot?.id ?? 0), fake.state().tokens.some((one) => one.id === bot?.id)]).toEqual([
      false,
      true,
    ]);
    expect(fake.aliveOf("bystander").filter((one) => /grant/.test(one.kind))).toHaveLength(2);
  });

  it("several at once are accepted with 202", async () => {
    const { fake, planted } = await aLeaver();
    const { orgs } = asApp(fake, fake.plantApp(app)).rest;

    const statuses = [
      await statusOf(orgs.updatePatAccesses({ ...acme, action: "revoke", pat_ids: each(planted.grants, "id") })),
      await statusOf(
        orgs.reviewPatGrantRequestsInBulk({
          ...acme,
          action: "approve",
          pat_request_ids: each(planted.grantRequests, "id"),
        }),
      ),
    ];

    expect(statuses).toEqual([202, 202]);
    expect(fake.aliveOf("leaver").filter((one) => /grant/.test(one.kind))).toMatchObject([{ kind: "grants" }]);
  });
});

describe("classic tokens", () => {
  it("are cut off with the last access, and not before", async () => {
    const { fake, github, planted } = await aLeaver();
    const script = planted.tokens.find((one) => one.name === "old script")?.id ?? 0;
    fake.plant({ collaborators: [{ repository: "site", login: "leaver" }] });
    const alive = [fake.alive("tokens", script)];

    await github.rest.repos.removeCollaborator({ owner: "acme", repo: "site", username: "leaver" });
    alive.push(fake.alive("tokens", script));
    await github.rest.orgs.removeMembershipForUser(who);
    alive.push(fake.alive("tokens", script));

    expect(alive).toEqual([true, true, false]);
  });

  it("one whose value is known is destroyed by anybody, unauthenticated, with the deploy keys made with it", async () => {
    const { fake, planted } = await aLeaver();
    const script = planted.tokens.find((one) => one.name === "old script");
    const body = { credentials: [script?.value ?? ""] };

    const known = await statusOf(asUser(fake).request("POST /credentials/revoke", body));
    const unknown = await statusOf(asUser(fake, "").request("POST /credentials/revoke", body));

    expect([known, unknown]).toEqual([403, 202]);
    expect(each(planted.deployKeys, "id").map((id) => fake.alive("deployKeys", id))).toEqual([false, true]);
    expect(fake.alive("tokens", script?.id ?? 0)).toBe(false);
  });
});
