import {
  answers,
  emptyBody,
  hangsBefore,
  htmlBody,
  redirects,
  resetsAfter,
  resetsBefore,
  wrongTypes,
} from "../../../connectors/testkit/faults/index.ts";
import { plantLeaver, type Ref, subjectOf } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asApp, asUser, each, outcomeOf, statusOf } from "./support.ts";

const api = { owner: "acme", repo: "api" };
const who = { org: "acme", username: "leaver" };

/** A fake with a leaver, and what ends each kind of thing. */
async function aLeaver() {
  const fake = await aGithub({ revocation: { reads: 0 } });
  const leaver = plantLeaver(fake, "leaver");
  const app = fake.plantApp({
    organization_personal_access_tokens: "write",
    organization_personal_access_token_requests: "write",
  });
  const { planted } = leaver;
  const [role] = fake.state().organizationRoles;
  const first = (rows: readonly { readonly id: number | string }[], kind: Ref["kind"]): Ref => ({
    kind,
    id: rows[0]?.id ?? 0,
  });
  const ends: Readonly<Record<string, { ref: Ref; end: string; body?: Record<string, unknown>; isForApp?: true }>> = {
    membership: { ref: first(planted.memberships, "memberships"), end: "DELETE /orgs/acme/memberships/leaver" },
    team: {
      ref: first(planted.teamMembers, "teamMembers"),
      end: "DELETE /orgs/acme/teams/platform/memberships/leaver",
    },
    role: {
      ref: first(planted.organizationRoleUsers, "organizationRoleUsers"),
      end: `DELETE /orgs/acme/organization-roles/users/leaver/${role?.id}`,
    },
    collaborator: {
      ref: first(planted.collaborators, "collaborators"),
      end: "DELETE /repos/acme/api/collaborators/leaver",
    },
    invitation: {
      ref: first(planted.repositoryInvitations, "repositoryInvitations"),
      end: `DELETE /repos/acme/infra/invitations/${planted.repositoryInvitations[0]?.id}`,
    },
    "deploy key": {
      ref: first(planted.deployKeys, "deployKeys"),
      end: `DELETE /repos/acme/api/keys/${planted.deployKeys[0]?.id}`,
    },
    runner: {
      ref: first(planted.runners, "runners"),
      end: `DELETE /orgs/acme/actions/runners/${planted.runners[0]?.id}`,
    },
    authorization: {
      ref: first(planted.credentialAuthorizations, "credentialAuthorizations"),
      end: "POST /orgs/acme/credential-authorizations/leaver/revoke",
    },
    "single authorization": {
      ref: first(planted.credentialAuthorizations, "credentialAuthorizations"),
      end: `DELETE /orgs/acme/credential-authorizations/${planted.credentialAuthorizations[0]?.id}`,
    },
    grant: {
      ref: first(planted.grants, "grants"),
      end: `POST /orgs/acme/personal-access-tokens/${planted.grants[0]?.id}`,
      body: { action: "revoke" },
      isForApp: true,
    },
    request: {
      ref: first(planted.grantRequests, "grantRequests"),
      end: `POST /orgs/acme/personal-access-token-requests/${planted.grantRequests[0]?.id}`,
      body: { action: "deny" },
      isForApp: true,
    },
  };
  return { fake, leaver, github: asUser(fake), app: asApp(fake, app), ends };
}

describe("F07 success without effect", () => {
  it.each([
    "membership",
    "team",
    "role",
    "collaborator",
    "invitation",
    "deploy key",
    "runner",
    "authorization",
    "single authorization",
    "grant",
    "request",
  ])("a stubborn %s survives as many ends as it was told, each answered as if", async (thing) => {
    const { fake, github, app, ends } = await aLeaver();
    const one = ends[thing];
    if (one === undefined) throw new Error(thing);
    fake.stubborn(one.ref, 2);
    const client = one.isForApp === true ? app : github;

    const seen: [number, boolean][] = [];
    for (let at = 0; at < 3; at += 1) {
      const status = await statusOf(client.request(one.end, one.body ?? {}));
      seen.push([status, fake.alive(one.ref.kind, one.ref.id)]);
    }

    const [[status] = [0]] = seen;
    expect(status).toBeLessThan(300);
    expect(seen).toEqual([
      [status, true],
      [status, true],
      [status, false],
    ]);
    expect(fake.faults.unfired()).toEqual([]);
  });

  it("keeps everything else of the call as it was, too", async () => {
    const { fake, github, ends } = await aLeaver();
    fake.stubborn(ends["membership"]?.ref ?? { kind: "users", id: 0 });
    const before = JSON.stringify(fake.state());

    await github.rest.orgs.removeMembershipForUser(who);

    expect(JSON.stringify(fake.state())).toBe(before);
    expect([fake.effects(), fake.writes().length]).toEqual([[], 1]);
  });
});

describe("F08 late consistency", () => {
  it.each([
    { lag: { reads: 2 }, seen: [200, 200, 404] },
    { lag: { ms: 30_000 }, seen: [200, 200, 200] },
  ])("reads are behind by $lag", async ({ lag, seen }) => {
    let now = 1_700_000_000_000;
    const fake = await aGithub({ lag, clock: () => now });
    const { userId } = plantLeaver(fake, "leaver");
    const look = () => statusOf(asUser(fake).rest.orgs.getMembershipForUser(who));

    await asUser(fake).rest.orgs.removeMembershipForUser(who);
    const alive = fake.alive("memberships", userId);
    const looks = [await look(), await look(), await look()];
    now += 30_000;
    const later = await look();

    expect([alive, looks, later]).toEqual([false, seen, 404]);
  });

  it("can begin and end while it runs", async () => {
    const { fake, github } = await aLeaver();
    fake.setLag({ reads: 99 });
    await github.rest.orgs.removeMembershipForUser(who);

    const before = await statusOf(github.rest.orgs.getMembershipForUser(who));
    fake.catchUp();

    expect([before, await statusOf(github.rest.orgs.getMembershipForUser(who))]).toEqual([200, 404]);
  });

  it("what lingers is shown for so many reads that would show it, whatever else is read", async () => {
    const { fake, github, ends } = await aLeaver();
    const { ref, end = "" } = ends["deploy key"] ?? {};
    if (ref === undefined) throw new Error("no key");
    fake.faults.add({ on: { method: "DELETE", subject: subjectOf(ref) }, fault: fake.lies.lingers(ref, { reads: 2 }) });
    await github.request(end);

    const seen: (boolean | number)[] = [fake.alive(ref.kind, ref.id)];
    await github.rest.repos.listDeployKeys({ owner: "acme", repo: "web" });
    await github.rest.orgs.listMembers({ org: "acme" });
    for (let at = 0; at < 3; at += 1) {
      seen.push((await github.rest.repos.listDeployKeys(api)).data.filter((key) => key.id === ref.id).length);
    }

    expect(seen).toEqual([false, 1, 1, 0]);
  });

  it("what returns is gone for so many reads, then there again", async () => {
    const { fake, github, ends } = await aLeaver();
    const { ref, end = "" } = ends["deploy key"] ?? {};
    if (ref === undefined) throw new Error("no key");
    fake.faults.add({ on: { subject: subjectOf(ref) }, fault: fake.lies.returns(ref, { reads: 2 }) });
    await github.request(end);

    const seen: [number, boolean][] = [];
    for (let at = 0; at < 3; at += 1) {
      const { data } = await github.rest.repos.listDeployKeys(api);
      seen.push([data.filter((key) => key.id === ref.id).length, fake.alive(ref.kind, ref.id)]);
    }

    expect(seen).toEqual([
      [0, false],
      [0, true],
      [1, true],
    ]);
  });
});

describe("F07 GitHub's own lies", () => {
  it.each([
    { items: "same" as const, keys: 60 },
    { items: "none" as const, keys: 0 },
  ])("pages without an end: $items", async ({ items, keys }) => {
    const { fake, github } = await aLeaver();
    fake.faults.add({ on: { method: "GET" }, times: "always", fault: fake.lies.endlessPages(items) });
    let pages = 0;

    const found = await github.paginate(github.rest.repos.listDeployKeys, api, ({ data }, done) => {
      pages += 1;
      if (pages === 20) done();
      return data;
    });

    expect([pages, found.length]).toEqual([20, keys]);
  });

  it("lists in an object, GraphQL and SCIM go on as well", async () => {
    const { fake, github } = await aLeaver();
    fake.plant({ scimUsers: [{ userName: "one" }] });
    fake.faults.add({ on: {}, times: "always", fault: fake.lies.endlessPages() });
    const query = `{ organization(login: "acme") { samlIdentityProvider { externalIdentities(first: 9) { pageInfo { hasNextPage endCursor } } } } }`;

    const runners = await github.rest.actions.listSelfHostedRunnersForOrg({ org: "acme" });
    const identities = JSON.stringify(await github.graphql(query));
    const scim = (await github.request("GET /scim/v2/organizations/acme/Users")) as { data: { totalResults: number } };

    expect([runners.headers.link, runners.data.total_count]).toEqual([
      expect.stringContaining('rel="next"'),
      1_000_000,
    ]);
    expect(identities).toContain('"hasNextPage":true');
    expect(scim.data.totalResults).toBe(1_000_000);
  });

  it("answers for another user", async () => {
    const { fake, github } = await aLeaver();
    fake.faults.add({ on: { method: "GET" }, times: "always", fault: fake.lies.answersFor("bystander") });

    const membership = (await github.rest.orgs.getMembershipForUser(who)).data;
    const { data } = await github.request("GET /orgs/{org}/credential-authorizations", {
      org: "acme",
      login: "leaver",
    });

    expect(membership.user?.login).toBe("bystander");
    expect(each(data as { login: string }[], "login")).toEqual(["bystander", "bystander"]);
  });

  it("a leaver who still can adds another deploy key, and cannot once access is gone", async () => {
    const { fake, github, leaver } = await aLeaver();
    fake.faults.add({ on: { method: "DELETE" }, times: "always", fault: fake.lies.remints("leaver") });
    const mine = async () => {
      const { data } = await github.rest.repos.listDeployKeys(api);
      return data.filter((key) => key.added_by === "leaver");
    };

    for (const key of await mine()) await github.rest.repos.deleteDeployKey({ ...api, key_id: key.id });
    const minted = await mine();
    await github.rest.orgs.removeMembershipForUser(who);
    for (const key of await mine()) await github.rest.repos.deleteDeployKey({ ...api, key_id: key.id });

    expect(minted).toMatchObject([{ title: "again" }]);
    expect(leaver.planted.deployKeys.some((key) => key.id === minted[0]?.id)).toBe(false);
    expect(await mine()).toEqual([]);
  });

  it("a 404 that means 'you may not look'", async () => {
    const { fake, github } = await aLeaver();
    fake.faults.add({ on: { method: "DELETE" }, fault: fake.lies.hidden() });

    const { status, data } = await outcomeOf(github.rest.orgs.removeMembershipForUser(who));

    expect([status, data]).toEqual([
      404,
      { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
    ]);
    expect(fake.effects()).toEqual([]);
  });
});

describe("F05 F07 the general faults", () => {
  it.each([
    { fault: answers(502), isAlive: true },
    { fault: resetsBefore(), isAlive: true },
    { fault: hangsBefore(), isAlive: true },
    { fault: redirects("http://127.0.0.1:1/elsewhere", 307), isAlive: true },
    { fault: resetsAfter(), isAlive: false },
    { fault: htmlBody(), isAlive: false },
    { fault: emptyBody(), isAlive: false },
    { fault: wrongTypes(), isAlive: false },
  ])("$fault.name: alive is $isAlive", async ({ fault, isAlive }) => {
    const { fake, leaver } = await aLeaver();
    fake.faults.add({ on: { subject: `users:${leaver.userId}`, method: "DELETE" }, fault });

    await fetch(`${fake.url}/orgs/acme/memberships/leaver`, {
      method: "DELETE",
      redirect: "manual",
      headers: { authorization: `Bearer ${fake.adminToken}`, "user-agent": "tests" },
      signal: AbortSignal.timeout(300),
    }).catch(() => undefined);

    expect(fake.alive("memberships", leaver.userId)).toBe(isAlive);
    expect(fake.calls()).toMatchObject([{ isWrite: true, faults: [fault.name] }]);
  });

  it("a subject is known however the call spells it", async () => {
    const { fake, github, leaver } = await aLeaver();
    fake.faults.add({ on: { subject: `users:${leaver.userId}` }, times: "always", fault: answers(503) });
    const requests = [
      "GET /users/LEAVER",
      `GET /user/${leaver.userId}`,
      "GET /orgs/acme/credential-authorizations?login=leaver",
      `DELETE /repos/acme/api/keys/${leaver.planted.deployKeys[0]?.id}`,
      "GET /users/leaver2",
    ];

    const statuses: number[] = [];
    for (const request of requests) statuses.push(await statusOf(github.request(request)));

    expect(statuses).toEqual([503, 503, 503, 503, 200]);
  });
});
