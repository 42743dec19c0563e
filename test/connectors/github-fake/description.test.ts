import { operations } from "../../../connectors/testkit/fakes/github/description.ts";
import { plantLeaver } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asApp, asUser, outcomeOf } from "./support.ts";

/** Every permission that the fake asks for. */
const everything = Object.fromEntries(
  [
    "actions administration agent_secrets codespaces_secrets dependabot_secrets environments members metadata secrets",
    "organization_administration organization_agent_secrets organization_custom_org_roles",
    "organization_dependabot_secrets organization_personal_access_tokens",
    "organization_personal_access_token_requests organization_secrets organization_self_hosted_runners",
  ]
    .join(" ")
    .split(" ")
    .map((name) => [name, "write"]),
);

/** A world in which every parameter of every path names something. */
async function aFullGithub() {
  const fake = await aGithub({ managesUsers: true });
  const leaver = plantLeaver(fake, "leaver", { enterpriseTeam: "everybody" });
  const { planted } = leaver;
  const more = fake.plant({
    organizationInvitations: [
      { login: "newcomer", teams: ["platform"] },
      { email: "late@example.com", failure: "expired" },
    ],
    collaborators: [{ repository: "api", login: "contractor" }],
    repositoryInvitations: [{ repository: "api", login: "guest" }],
    scimUsers: [{ userName: "leaver@example.com", login: "leaver" }],
    runners: [{ name: "api-runner", repository: "api" }],
    environments: [{ repository: "api", name: "production", reviewers: ["bystander"], reviewerTeams: ["platform"] }],
    secrets: [
      ...(["actions", "agents", "codespaces", "dependabot"] as const).flatMap((app) => [
        { app, name: "KEY", value: "v", visibility: "selected" as const, selected: ["api"] },
        { app, name: "KEY", value: "v", repository: "api" },
      ]),
      { name: "KEY", value: "v", repository: "api", environment: "production" },
    ],
  });
  const app = fake.plantApp(everything);
  const params: Record<string, unknown> = {
    org: fake.organization,
    owner: fake.organization,
    enterprise: fake.enterprise,
    "enterprise-team": "everybody",
    repo: "api",
    username: "leaver",
    team_slug: "platform",
    account_id: leaver.userId,
    installation_id: app.installationId,
    role_id: fake.state().organizationRoles[0]?.id,
    key_id: planted.deployKeys[0]?.id,
    credential_id: planted.credentialAuthorizations[0]?.id,
    pat_id: planted.grants[0]?.id,
    pat_request_id: planted.grantRequests[0]?.id,
    scim_user_id: more.scimUsers[0]?.id,
    environment_name: "production",
    secret_name: "KEY",
    repository_id: fake.state().repositories.find((one) => one.name === "web")?.id,
  };
  return { fake, app, params, planted, more };
}

const bodies: Readonly<Record<string, object>> = {
  "POST /orgs/{org}/invitations": { email: "someone@example.com" },
  "POST /orgs/{org}/personal-access-tokens": { action: "revoke", pat_ids: [1] },
  "POST /orgs/{org}/personal-access-tokens/{pat_id}": { action: "revoke" },
  "POST /orgs/{org}/personal-access-token-requests": { action: "deny", pat_request_ids: [1] },
  "POST /orgs/{org}/personal-access-token-requests/{pat_request_id}": { action: "deny" },
  "POST /credentials/revoke": { credentials: ["ghp_nobodys"] },
  "POST /repos/{owner}/{repo}/keys": { key: "ssh-ed25519 AAAA", title: "new", read_only: true },
  "POST /enterprises/{enterprise}/teams/{enterprise-team}/memberships/remove": { usernames: ["leaver"] },
  "PATCH /scim/v2/organizations/{org}/Users/{scim_user_id}": {
    Operations: [{ op: "replace", value: { active: false } }],
  },
  "PATCH /repos/{owner}/{repo}/invitations/{invitation_id}": { permissions: "read" },
};

function bodyOf(name: string): object {
  if (name.endsWith("revoke-credential-type")) return { credential_type: "ssh_key" };
  if (/^PUT .*secrets\/\{secret_name\}\/repositories$/.test(name)) return { selected_repository_ids: [] };
  return bodies[name] ?? {};
}

/** The parameters that the path has; the client would send others as a query. */
function within(name: string, params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([key]) => name.includes(`{${key}}`)));
}

it.each(
  operations
    .filter(({ name }) => !/^PUT .*\/secrets\/\{secret_name\}$/.test(name))
    .map(({ name, answers }) => ({ name, answers })),
)("$name answers as described", async ({ name, answers }) => {
  const { fake, app, params, planted, more } = await aFullGithub();
  const needsApp = /personal-access-token|installation|^GET \/app/.test(name);
  const client = needsApp ? asApp(fake, app) : asUser(fake, name.includes("/credentials/") ? "" : fake.adminToken);
  const isForOutsiders = name.startsWith("DELETE") && name.includes("outside_collaborators");
  const isOrgInvitation = name.includes("/orgs/{org}/invitations");
  const runners = name.includes("/orgs/{org}") ? planted.runners : more.runners;
  const path = {
    ...params,
    ...(isForOutsiders ? { username: "contractor" } : {}),
    invitation_id: (isOrgInvitation ? more.organizationInvitations : more.repositoryInvitations)[0]?.id,
    runner_id: runners[0]?.id,
  };

  const { status, data } = await outcomeOf(client.request(name, { ...within(name, path), ...bodyOf(name) }));

  expect({ status, data }).toMatchObject({ status: expect.any(Number) });
  expect(Object.keys(answers)).toContain(String(status));
  expect(status).toBeLessThan(300);
  expect(fake.violations()).toEqual([]);
});

it("every read that is for apps answers one that has every permission", async () => {
  const { fake, app, params, planted } = await aFullGithub();
  const github = asApp(fake, app);
  const path = { ...params, runner_id: planted.runners[0]?.id };
  const reads = operations.filter(
    ({ name, forApps }) =>
      forApps && /^GET \/(orgs|repos|scim)/.test(name) && !/invitation_id|^GET \/repos.*runner_id/.test(name),
  );

  const refused: string[] = [];
  for (const { name } of reads) {
    const { status } = await outcomeOf(github.request(name, within(name, path)));
    if (status >= 300) refused.push(`${status} ${name}`);
  }

  expect([reads.length > 50, refused]).toEqual([true, []]);
});

describe("what the description does not know is refused, and told", () => {
  it.each([
    { request: "GET /orgs/{org}/nothing", status: 404, what: "route" },
    { request: "PATCH /orgs/{org}/members", status: 404, what: "method" },
    { request: "GET /orgs/{org}/members", more: { affiliation: "direct" }, status: 422, what: "query" },
    { request: "GET /orgs/{org}/members", more: { role: "boss" }, status: 422, what: "query" },
    { request: "GET /orgs/{org}/members", more: { per_page: "many" }, status: 422, what: "query" },
    { request: "PUT /orgs/{org}/memberships/{username}", more: { role: "boss" }, status: 422, what: "body" },
    { request: "PUT /orgs/{org}/memberships/{username}", more: { colour: "red" }, status: 422, what: "body" },
    { request: "DELETE /orgs/{org}/memberships/{username}", more: { data: { a: 1 } }, status: 422, what: "body" },
    { request: "POST /repos/{owner}/{repo}/keys", more: { title: "no key" }, status: 422, what: "body" },
    { request: "POST /repos/{owner}/{repo}/keys", more: { data: "{" }, status: 400, what: "body" },
    { request: "POST /repos/{owner}/{repo}/keys", more: { data: "[]" }, status: 400, what: "body" },
  ])("$request with $more: $status", async ({ request, more = {}, status, what }) => {
    const { fake, params } = await aFullGithub();

    const answer = await outcomeOf(asUser(fake).request(request, { ...within(request, params), ...more }));

    expect(answer).toMatchObject({ status, data: { message: expect.any(String), status: String(status) } });
    expect(fake.violations().map((one) => one.what)).toEqual([what]);
    expect(fake.effects()).toEqual([]);
  });

  it("names a required field in GitHub's words", async () => {
    const { fake } = await aFullGithub();

    const answer = await outcomeOf(asUser(fake).request("POST /repos/acme/api/keys", { title: "x" }));

    expect(answer.data).toMatchObject({ message: 'Invalid request.\n\n"key" wasn\'t supplied.' });
  });

  it("asks for a user agent, and sends an id with every answer", async () => {
    const { fake } = await aFullGithub();
    const ask = (headers: Record<string, string>) => fetch(`${fake.url}/orgs/acme`, { headers });

    const [without, with_] = [await ask({ "user-agent": "" }), await ask({ "user-agent": "tests" })];

    expect([without.status, with_.status]).toEqual([200, 200]);
    expect(with_.headers.get("x-github-request-id")).toMatch(/^[0-9A-F:]+$/);
  });
});
