import { type FakeGithub, plantLeaver } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asUser, each, outcomeOf, statusOf } from "./support.ts";

const api = { owner: "acme", repo: "api" };

/** A repository with everybody who can have to do with it. */
async function aRepository(): Promise<FakeGithub> {
  const fake = await aGithub();
  fake.plant({
    repositories: [{ name: "api" }, { name: "site", visibility: "public" }, { name: "inside", visibility: "internal" }],
    members: [{ login: "direct" }, { login: "by-team" }, { login: "by-role" }, { login: "bare" }],
    collaborators: [
      { repository: "api", login: "direct", role: "triage" },
      { repository: "api", login: "outside", role: "maintain" },
    ],
    teams: [{ slug: "all", members: ["direct", "by-team"], repositories: { api: "push" } }],
    organizationRoles: [{ name: "reader", baseRole: "read", users: ["by-role"] }],
  });
  return fake;
}

describe("collaborators", () => {
  it.each([
    { query: {}, logins: ["acme-owner", "direct", "by-team", "by-role", "outside"] },
    { query: { affiliation: "all" as const }, logins: ["acme-owner", "direct", "by-team", "by-role", "outside"] },
    { query: { affiliation: "direct" as const }, logins: ["direct", "outside"] },
    { query: { affiliation: "outside" as const }, logins: ["outside"] },
    { query: { permission: "push" as const }, logins: ["acme-owner", "direct", "by-team", "outside"] },
    { query: { permission: "admin" as const }, logins: ["acme-owner"] },
  ])("$query: $logins", async ({ query, logins }) => {
    const fake = await aRepository();

    const { data } = await asUser(fake).rest.repos.listCollaborators({ ...api, ...query });

    expect(each(data, "login")).toEqual(logins);
  });

  it.each([
    { login: "direct", permission: "write", role_name: "write", reach: "write" },
    { login: "by-team", permission: "write", role_name: "write", reach: "write" },
    { login: "by-role", permission: "read", role_name: "read", reach: "read" },
    { login: "outside", permission: "write", role_name: "maintain", reach: "write" },
    { login: "acme-owner", permission: "admin", role_name: "admin", reach: "admin" },
    { login: "bare", permission: "none", role_name: "none", reach: null },
  ])("$login may $permission, by the highest of all grants", async ({ login, reach, ...shown }) => {
    const fake = await aRepository();

    const { data } = await asUser(fake).rest.repos.getCollaboratorPermissionLevel({ ...api, username: login });

    expect(data).toMatchObject({ ...shown, user: { login, role_name: shown.role_name } });
    expect(fake.canReach(login, "api")).toBe(reach);
  });

  it("anybody may read what is public, members what is internal", async () => {
    const fake = await aRepository();
    const permission = async (repo: string, username: string) =>
      (await asUser(fake).rest.repos.getCollaboratorPermissionLevel({ owner: "acme", repo, username })).data.permission;

    expect([
      await permission("site", "outside"),
      await permission("inside", "bare"),
      await permission("inside", "outside"),
    ]).toEqual(["read", "read", "none"]);
    expect([fake.canReach("outside", "site"), fake.canReach("bare", "inside")]).toEqual([null, "read"]);
  });

  it("removing one leaves what comes by teams, cancels the invitations sent, and may be repeated", async () => {
    const fake = await aRepository();
    fake.plant({
      repositoryInvitations: [
        { repository: "api", login: "friend", inviter: "direct" },
        { repository: "api", login: "stranger" },
      ],
    });
    const { repos } = asUser(fake).rest;
    const remove = (username: string) => statusOf(repos.removeCollaborator({ ...api, username }));

    const statuses = [await remove("direct"), await remove("direct"), await remove("nobody")];

    expect(statuses).toEqual([204, 204, 404]);
    expect(fake.canReach("direct", "api")).toBe("write");
    expect(each((await repos.listInvitations(api)).data, "invitee")).toMatchObject([{ login: "stranger" }]);
  });

  it("an outside collaborator is removed from every repository at once; a member is none", async () => {
    const fake = await aRepository();
    fake.plant({ collaborators: [{ repository: "site", login: "outside", role: "admin" }] });
    const { orgs } = asUser(fake).rest;
    const remove = (username: string) => outcomeOf(orgs.removeOutsideCollaborator({ org: "acme", username }));

    const [member, gone, again] = [await remove("direct"), await remove("outside"), await remove("outside")];

    expect([member.status, gone.status, again.status]).toEqual([422, 204, 404]);
    expect(fake.aliveOf("outside")).toEqual([]);
    expect(member.data).toMatchObject({ message: expect.stringContaining("cannot specify an organization member") });
  });

  it("adding invites a stranger, lets a member in, and changes who is in", async () => {
    const fake = await aRepository();
    fake.plant({ users: [{ login: "stranger" }] });
    const { repos } = asUser(fake).rest;
    const add = (username: string) => statusOf(repos.addCollaborator({ ...api, username, permission: "admin" }));

    expect([await add("stranger"), await add("bare"), await add("outside")]).toEqual([201, 204, 204]);
    expect(["stranger", "bare", "outside"].map((login) => fake.canReach(login, "api"))).toEqual([
      null,
      "admin",
      "admin",
    ]);
    const [invitation] = (await repos.listInvitations(api)).data;
    const pending = { ...api, invitation_id: invitation?.id ?? 0 };
    expect([await statusOf(repos.deleteInvitation(pending)), await statusOf(repos.deleteInvitation(pending))]).toEqual([
      204, 404,
    ]);
  });
});

describe("private forks", () => {
  it.each([
    { name: "direct access", end: "DELETE /repos/acme/api/collaborators/leaver" },
    { name: "the membership", end: "DELETE /orgs/acme/members/leaver" },
  ])("go with $name", async ({ end }) => {
    const fake = await aGithub();
    const { bystander } = plantLeaver(fake, "leaver");
    for (const slug of ["platform", "frontend"]) {
      await asUser(fake).request(`DELETE /orgs/acme/teams/${slug}/memberships/leaver`);
    }
    await asUser(fake).request("DELETE /orgs/acme/organization-roles/users/leaver");
    const forks = async () => each((await asUser(fake).rest.repos.listForks(api)).data, "full_name");

    const before = await forks();
    await asUser(fake).request(end);

    expect(before).toEqual(["leaver/api", "leaver2/api", "bystander/api"]);
    expect(await forks()).toEqual(["leaver2/api", `${bystander}/api`]);
  });
});

describe("deploy keys", () => {
  it("tell who added them, when they were used and whether they work; they are made, found and deleted", async () => {
    const fake = await aGithub({ clock: () => Date.UTC(2026, 10, 24) });
    fake.plant({
      repositories: [{ name: "api" }],
      deployKeys: [
        { repository: "api", title: "used", addedBy: "leaver", lastUsedAt: Date.UTC(2026, 9, 1), isReadOnly: true },
        { repository: "api", title: "off", addedBy: "leaver", isEnabled: false },
        { repository: "api", title: "nobody's" },
      ],
    });
    const { repos } = asUser(fake).rest;

    const { data } = await repos.listDeployKeys(api);
    const made = await repos.createDeployKey({ ...api, title: "new", key: "ssh-ed25519 AAAA", read_only: true });
    const twice = await statusOf(repos.createDeployKey({ ...api, title: "new", key: "ssh-ed25519 AAAA" }));
    const key = { ...api, key_id: data[0]?.id ?? 0 };
    const statuses = [
      await statusOf(repos.getDeployKey(key)),
      await statusOf(repos.deleteDeployKey(key)),
      await statusOf(repos.deleteDeployKey(key)),
      await statusOf(repos.getDeployKey(key)),
      await statusOf(repos.getDeployKey({ ...key, key_id: 1 })),
    ];

    expect(data).toMatchObject([
      { title: "used", added_by: "leaver", last_used: "2026-10-01T00:00:00Z", read_only: true, enabled: true },
      { title: "off", added_by: "leaver", last_used: null, enabled: false },
      { title: "nobody's", added_by: null },
    ]);
    expect([made.data.added_by, made.headers.location, twice]).toEqual(["acme-owner", made.data.url, 422]);
    expect(statuses).toEqual([200, 204, 404, 404, 404]);
    expect(fake.aliveOf("leaver")).toEqual([]);
  });

  it("outlive whoever added them", async () => {
    const fake = await aGithub();
    plantLeaver(fake, "leaver");
    await asUser(fake).rest.orgs.removeMember({ org: "acme", username: "leaver" });

    const { data } = await asUser(fake).rest.repos.listDeployKeys(api);

    expect(data.find((key) => key.added_by === "leaver")).toMatchObject({ enabled: true });
  });
});

describe("self-hosted runners", () => {
  it("do not say whose they are; a busy one stays", async () => {
    const fake = await aGithub();
    fake.plant({
      repositories: [{ name: "api" }],
      runners: [
        { name: "desk", setUpBy: "leaver" },
        { name: "busy", setUpBy: "leaver", isBusy: true },
        { name: "in-api", repository: "api", labels: ["gpu"] },
      ],
    });
    const { actions } = asUser(fake).rest;

    const shared = (await actions.listSelfHostedRunnersForOrg({ org: "acme" })).data;
    const own = (await actions.listSelfHostedRunnersForRepo(api)).data;
    const remove = (at: number) =>
      statusOf(actions.deleteSelfHostedRunnerFromOrg({ org: "acme", runner_id: shared.runners[at]?.id ?? 0 }));
    const statuses = [await remove(0), await remove(0), await remove(1)];

    expect([each(shared.runners, "name"), each(own.runners, "name")]).toEqual([["desk", "busy"], ["in-api"]]);
    expect(JSON.stringify(shared)).not.toContain("leaver");
    expect([statuses, fake.aliveOf("leaver")]).toEqual([
      [204, 404, 422],
      [{ kind: "runners", id: shared.runners[1]?.id }],
    ]);
  });
});
