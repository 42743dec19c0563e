import { createSign, generateKeyPairSync } from "node:crypto";
import { type FakeGithub, plantLeaver, type PlantedApp } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asApp, asUser, each, outcomeOf, statusOf } from "./support.ts";

const stranger = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;

/** A token signed by the app, or by a stranger, with claims (seconds relative to now) that can be wrong. */
function jwt(
  app: PlantedApp,
  claims: Readonly<Record<string, unknown>>,
  wrong: { alg?: string; key?: "stranger" } = {},
) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const at = (name: string) => (typeof claims[name] === "number" ? { [name]: now + claims[name] } : {});
  const text = `${part({ alg: wrong.alg ?? "RS256", typ: "JWT" })}.${part({ iss: app.appId, ...claims, ...at("iat"), ...at("exp") })}`;
  const signature = createSign("sha256")
    .update(text)
    .sign(wrong.key === "stranger" ? stranger : app.privateKey);
  return `${text}.${signature.toString("base64url")}`;
}

describe("the app itself", () => {
  it.each([
    { name: "as it should be", claims: { iat: -30, exp: 540 }, status: 200, message: undefined },
    { name: "issued by its client id", claims: { iss: "client", iat: -30, exp: 540 }, status: 200, message: undefined },
    { name: "over", claims: { iat: -700, exp: -100 }, status: 401, message: "'exp') must be a numeric value" },
    { name: "valid for too long", claims: { iat: 0, exp: 700 }, status: 401, message: "'exp') is too far" },
    { name: "issued in the future", claims: { iat: 90, exp: 540 }, status: 401, message: "'iat'" },
    { name: "without an end", claims: { iat: 0 }, status: 401, message: "'exp'" },
    { name: "of another app", claims: { iss: 1, iat: 0, exp: 60 }, status: 401, message: "'iss'" },
    {
      name: "signed by a stranger",
      claims: { iat: 0, exp: 60 },
      wrong: { key: "stranger" as const },
      status: 401,
      message: "could not be decoded",
    },
    {
      name: "of another algorithm",
      claims: { iat: 0, exp: 60 },
      wrong: { alg: "none" },
      status: 401,
      message: "could not be decoded",
    },
  ])("a web token $name: $status", async ({ claims, wrong, status, message }) => {
    const fake = await aGithub();
    const app = fake.plantApp({ members: "read" });
    const named = claims.iss === "client" ? { ...claims, iss: app.clientId } : claims;

    const answer = await outcomeOf(asUser(fake, jwt(app, named, wrong)).request("GET /app"));

    expect(answer.status).toBe(status);
    expect(answer.data).toMatchObject(
      message === undefined
        ? { id: app.appId, owner: { login: "acme" } }
        : { message: expect.stringContaining(message) },
    );
  });

  it("finds its installation and makes tokens of an hour with all or part of its permissions", async () => {
    let now = Date.now();
    const fake = await aGithub({ clock: () => now });
    fake.plant({ repositories: [{ name: "api" }, { name: "web" }] });
    const app = fake.plantApp({ members: "write", metadata: "read", administration: "read" });
    const { request } = asUser(fake, jwt(app, { iat: 0, exp: 540 }));
    const path = `POST /app/installations/${app.installationId}/access_tokens` as const;

    const installation = await request("GET /orgs/{org}/installation", { org: "acme" });
    const whole = await request(path);
    const part = await request(path, { permissions: { members: "read", metadata: "read" }, repositories: ["web"] });
    const tooMuch = await statusOf(request(path, { permissions: { administration: "write" } }));
    const nowhere = await statusOf(request(path, { repositories: ["nothing"] }));
    const repositories = async (token: string) =>
      each((await asUser(fake, token).request("GET /installation/repositories")).data.repositories, "name");
    const seen = [await repositories(whole.data.token), await repositories(part.data.token)];
    const hidden = await statusOf(asUser(fake, part.data.token).request("GET /repos/acme/api"));
    now += 3_600_000;
    const over = await statusOf(asUser(fake, whole.data.token).request("GET /installation/repositories"));

    expect(installation.data).toMatchObject({ id: app.installationId, permissions: { members: "write" } });
    expect(whole.data).toMatchObject({ permissions: { members: "write" }, repository_selection: "all" });
    expect(part.data).toMatchObject({ permissions: { members: "read" }, repository_selection: "selected" });
    expect([tooMuch, nowhere, hidden, over]).toEqual([422, 422, 404, 401]);
    expect(seen).toEqual([["api", "web"], ["web"]]);
    expect(fake.writes()).toEqual([]);
  });

  it("can give a token back", async () => {
    const fake = await aGithub();
    const github = asApp(fake, fake.plantApp({ members: "read" }));

    const { token } = (await github.auth({ type: "installation" })) as { token: string };
    const revoked = await statusOf(asUser(fake, token).request("DELETE /installation/token"));

    expect([revoked, await statusOf(asUser(fake, token).request("GET /orgs/acme/members"))]).toEqual([204, 401]);
  });
});

describe("what is missing", () => {
  it.each([
    { token: "", status: 401, message: "Requires authentication" },
    { token: "ghp_unknown", status: 401, message: "Bad credentials" },
    { token: "expired", status: 401, message: "Bad credentials" },
    { token: "no-scope", status: 403, message: "Must have admin rights to Repository." },
    { token: "no-owner", status: 403, message: "Must have admin rights to Repository." },
    { token: "no-grant", status: 403, message: "Resource not accessible by personal access token" },
    { token: "no-permission", status: 403, message: "Resource not accessible by personal access token" },
    { token: "granted", status: 200, message: undefined },
    { token: "owner", status: 200, message: undefined },
  ])("a token '$token' lists invitations: $status", async ({ token, status, message }) => {
    const fake = await aGithub({ clock: () => 1_000_000 });
    fake.plant({
      members: [{ login: "boss", role: "admin" }, { login: "robin" }],
      tokens: [
        { login: "boss", name: "expired", value: "expired", scopes: ["admin:org"], expiresAt: 1_000_000 },
        { login: "boss", name: "1", value: "no-scope", scopes: ["repo"] },
        { login: "boss", name: "2", value: "owner", scopes: ["admin:org"] },
        { login: "robin", name: "3", value: "no-owner", scopes: ["admin:org"] },
        { login: "boss", name: "4", value: "no-grant", type: "fine-grained", permissions: { members: "read" } },
        { login: "boss", name: "5", value: "no-permission", type: "fine-grained", permissions: { metadata: "read" } },
        { login: "boss", name: "6", value: "granted", type: "fine-grained", permissions: { members: "read" } },
      ],
      grants: [
        { login: "boss", token: "5" },
        { login: "boss", token: "6" },
      ],
    });

    const answer = await outcomeOf(asUser(fake, token).rest.orgs.listPendingInvitations({ org: "acme" }));

    expect(answer.status).toBe(status);
    if (message !== undefined) expect(answer.data).toMatchObject({ message });
  });

  /** Operations of each family, and the permission that an app needs for them. */
  const needs = [
    ["GET /orgs/acme/members", "members=read"],
    ["DELETE /orgs/acme/memberships/leaver", "members=write"],
    ["DELETE /orgs/acme/teams/platform/memberships/leaver", "members=write"],
    ["GET /orgs/acme/credential-authorizations", "organization_administration=read"],
    ["POST /orgs/acme/credential-authorizations/leaver/revoke", "organization_administration=write"],
    ["GET /orgs/acme/personal-access-tokens", "organization_personal_access_tokens=read"],
    ["GET /orgs/acme/personal-access-token-requests", "organization_personal_access_token_requests=read"],
    ["GET /orgs/acme/organization-roles", "organization_custom_org_roles=read"],
    ["DELETE /orgs/acme/organization-roles/users/leaver", "members=write"],
    ["GET /orgs/acme/actions/runners", "organization_self_hosted_runners=read"],
    ["GET /orgs/acme/actions/secrets", "organization_secrets=read"],
    ["GET /orgs/acme/dependabot/secrets", "organization_dependabot_secrets=read"],
    ["GET /repos/acme/api/collaborators", "metadata=read"],
    ["DELETE /repos/acme/api/collaborators/leaver", "administration=write"],
    ["GET /repos/acme/api/invitations", "administration=read"],
    ["GET /repos/acme/api/keys", "administration=read"],
    ["GET /repos/acme/api/actions/secrets", "secrets=read"],
    ["GET /repos/acme/api/environments", "actions=read"],
    ["GET /scim/v2/organizations/acme/Users", "members=read"],
  ] as const;

  it.each(needs)("an app needs for %s: %s", async (request, need) => {
    const [name = "", level = ""] = need.split("=");
    const outcomes: [number, unknown][] = [];
    for (const permissions of [{ issues: "write" }, { [name]: level }] as Record<string, string>[]) {
      const fake = await aGithub();
      plantLeaver(fake, "leaver");
      const { status, headers } = await outcomeOf(asApp(fake, fake.plantApp(permissions)).request(request));
      outcomes.push([status, headers["x-accepted-github-permissions"]]);
    }

    expect(outcomes[0]).toEqual([403, need]);
    expect(outcomes[1]?.[0]).toBeLessThan(300);
  });

  it("what only people may: enterprise teams", async () => {
    const fake = await aGithub();
    fake.plant({ enterpriseTeams: [{ slug: "all", members: ["robin"] }] });
    const app = asApp(fake, fake.plantApp({ members: "write" }));

    const asked = "GET /enterprises/acme-inc/teams";

    expect([await statusOf(app.request(asked)), await statusOf(asUser(fake).request(asked))]).toEqual([403, 200]);
  });

  it("is hidden where told: 404 instead of 403", async () => {
    const fake = await aGithub({ hides: /memberships/ });
    plantLeaver(fake, "leaver");
    const github = asApp(fake, fake.plantApp({ metadata: "read" }));

    const statuses = [
      await statusOf(github.request("DELETE /orgs/acme/memberships/leaver")),
      await statusOf(github.request("GET /orgs/acme/members")),
    ];

    expect(statuses).toEqual([404, 403]);
    expect(fake.effects()).toEqual([]);
  });
});

describe("a private repository is hidden from whom it is not for", () => {
  async function statuses(fake: FakeGithub, token: string) {
    const seen = [];
    for (const repo of ["api", "site"])
      seen.push(await statusOf(asUser(fake, token).request(`GET /repos/acme/${repo}`)));
    return seen;
  }

  it("from people without access, and from tokens without the scope", async () => {
    const fake = await aGithub();
    plantLeaver(fake, "leaver", { isOutside: true });
    fake.plant({
      tokens: [
        { login: "leaver", name: "a", value: "ghp_with", scopes: ["repo"] },
        { login: "leaver", name: "b", value: "ghp_scopeless", scopes: [] },
        { login: "nobody", name: "c", value: "ghp_nobodys", scopes: ["repo"] },
      ],
    });

    expect([
      await statuses(fake, "ghp_with"),
      await statuses(fake, "ghp_scopeless"),
      await statuses(fake, "ghp_nobodys"),
    ]).toEqual([
      [200, 200],
      [404, 403],
      [404, 200],
    ]);
  });
});

it("single sign-on is asked of members' classic tokens where the organization requires it", async () => {
  const fake = await aGithub({ requiresSso: true });
  plantLeaver(fake, "leaver");
  const value = (name: string) =>
    fake.state().tokens.find((one) => one.userId === fake.user("leaver").id && one.name === name)?.value ?? "";

  const through = await outcomeOf(asUser(fake, value("laptop")).rest.orgs.listMembers({ org: "acme" }));
  const without = await outcomeOf(asUser(fake, value("old script")).rest.repos.get({ owner: "acme", repo: "api" }));
  const owner = await statusOf(asUser(fake).rest.orgs.listMembers({ org: "acme" }));

  expect([through.status, without.status, owner]).toEqual([200, 403, 200]);
  expect(without.headers["x-github-sso"]).toContain("required");
  expect(without.data).toMatchObject({ message: expect.stringContaining("SAML enforcement") });
});
