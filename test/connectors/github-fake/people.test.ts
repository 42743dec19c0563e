import { plantLeaver } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asUser, each, outcomeOf, statusOf } from "./support.ts";

const acme = { org: "acme" };
const who = { ...acme, username: "leaver" };

describe("a membership that ends", () => {
  it.each(["DELETE /orgs/{org}/members/{username}", "DELETE /orgs/{org}/memberships/{username}"])(
    "%s takes teams, roles, direct access and private forks along, and leaves the rest",
    async (request) => {
      const fake = await aGithub();
      const { lookAlike, bystander } = plantLeaver(fake, "leaver");
      const others = [fake.stateOf(lookAlike), fake.stateOf(bystander)];

      const statuses = [
        await statusOf(asUser(fake).request(request, who)),
        await statusOf(asUser(fake).request(request, who)),
      ];

      expect(statuses).toEqual([204, 404]);
      expect([...new Set(each(fake.aliveOf("leaver"), "kind"))]).toEqual([
        "repositoryInvitations",
        "deployKeys",
        "runners",
        "credentialAuthorizations",
        "grants",
        "grantRequests",
      ]);
      expect(["api", "web", "infra"].map((name) => fake.canReach("leaver", name))).toEqual([null, null, null]);
      expect(fake.state().repositories.map((one) => one.ownerId)).not.toContain(fake.user("leaver").id);
      expect([fake.stateOf(lookAlike), fake.stateOf(bystander)]).toEqual(others);
    },
  );

  it("stays one by an enterprise team, with all that hangs on it, until that ends too", async () => {
    const fake = await aGithub();
    plantLeaver(fake, "leaver", { enterpriseTeam: "everybody" });
    const github = asUser(fake);
    const team = { enterprise: "acme-inc", "enterprise-team": "everybody", username: "leaver" };
    const path = "/enterprises/{enterprise}/teams/{enterprise-team}/memberships/{username}";

    const before = (await github.rest.orgs.getMembershipForUser(who)).data;
    await github.rest.orgs.removeMembershipForUser(who);
    const between = (await github.rest.orgs.getMembershipForUser(who)).data;
    const reach = fake.canReach("leaver", "infra");
    const again = await statusOf(github.rest.orgs.removeMembershipForUser(who));
    const listed = each((await github.rest.orgs.listMembers(acme)).data, "login");
    await github.request(`DELETE ${path}`, team);
    const after = await statusOf(github.rest.orgs.getMembershipForUser(who));

    expect([before, between]).toMatchObject([
      { state: "active", direct_membership: true, enterprise_teams_providing_indirect_membership: ["everybody"] },
      { state: "active", direct_membership: false, enterprise_teams_providing_indirect_membership: ["everybody"] },
    ]);
    expect([reach, again, after, fake.canReach("leaver", "infra")]).toEqual(["admin", 404, 404, null]);
    expect(listed).toContain("leaver");
  });

  it("is not brought about by becoming an outside collaborator, who keeps the repositories of the teams", async () => {
    const fake = await aGithub();
    plantLeaver(fake, "leaver");
    const github = asUser(fake);

    const status = await statusOf(github.rest.orgs.convertMemberToOutsideCollaborator(who));

    expect(status).toBe(204);
    expect(await statusOf(github.rest.orgs.getMembershipForUser(who))).toBe(404);
    expect(each((await github.rest.orgs.listOutsideCollaborators(acme)).data, "login")).toEqual(["leaver"]);
    expect(["api", "web", "infra"].map((name) => fake.canReach("leaver", name))).toEqual(["admin", "write", "admin"]);
  });
});

describe("invitations", () => {
  it("by login are a pending membership, which its deletion cancels", async () => {
    const fake = await aGithub();
    fake.plant({ users: [{ login: "leaver" }] });
    const { orgs } = asUser(fake).rest;

    const invited = (await orgs.setMembershipForUser({ ...who, role: "admin" })).data;
    const listed = (await orgs.listPendingInvitations(acme)).data;
    const alive = fake.aliveOf("leaver");
    const cancelled = [
      await statusOf(orgs.removeMembershipForUser(who)),
      await statusOf(orgs.removeMembershipForUser(who)),
    ];

    expect(invited).toMatchObject({ state: "pending", role: "admin" });
    expect(listed).toMatchObject([{ login: "leaver", email: null, role: "admin", inviter: { login: "acme-owner" } }]);
    expect(alive).toEqual([{ kind: "organizationInvitations", id: listed[0]?.id }]);
    expect([cancelled, fake.aliveOf("leaver")]).toEqual([[204, 404], []]);
  });

  it("by address show no login, belong to whoever has the address, and are cancelled by id", async () => {
    const fake = await aGithub();
    fake.plant({
      users: [{ login: "leaver", email: "robin.sample@example.com" }],
      organizationInvitations: [
        { email: "robin.sample@example.com" },
        { email: "late@example.com", failure: "Expired" },
      ],
    });
    const { orgs } = asUser(fake).rest;

    const { data } = await orgs.listPendingInvitations(acme);
    const failed = (await orgs.listFailedInvitations(acme)).data;
    const invitation = { ...acme, invitation_id: data[0]?.id ?? 0 };
    const alive = fake.aliveOf("leaver");
    const cancelled = [
      await statusOf(orgs.cancelInvitation(invitation)),
      await statusOf(orgs.cancelInvitation(invitation)),
    ];

    expect(data).toMatchObject([{ login: null, email: "robin.sample@example.com" }]);
    expect(failed).toMatchObject([{ email: "late@example.com", failed_reason: "Expired" }]);
    expect([alive.length, cancelled, fake.aliveOf("leaver")]).toEqual([1, [204, 404], []]);
  });

  it.each([
    { body: { email: "a@example.com" }, status: 201 },
    { body: { invitee_id: "newcomer" }, status: 201 },
    { body: { invitee_id: "leaver" }, status: 422 },
    { body: { invitee_id: "invited" }, status: 422 },
    { body: { invitee_id: 1 }, status: 404 },
    { body: {}, status: 422 },
  ])("inviting $body: $status", async ({ body, status }) => {
    const fake = await aGithub();
    fake.plant({
      users: [{ login: "newcomer" }],
      members: [{ login: "leaver" }],
      organizationInvitations: [{ login: "invited" }],
    });
    const id =
      "invitee_id" in body && typeof body.invitee_id === "string" ? { invitee_id: fake.user(body.invitee_id).id } : {};

    const made = await statusOf(asUser(fake).request("POST /orgs/acme/invitations", { ...body, ...id }));

    expect(made).toBe(status);
  });
});

it("cancelling an invitation, or leaving an enterprise team that gives no membership, leaves an outside collaborator alone", async () => {
  const fake = await aGithub();
  plantLeaver(fake, "leaver", { isOutside: true });
  fake.plant({
    organizationInvitations: [{ login: "leaver" }],
    enterpriseTeams: [{ slug: "unassigned", members: ["leaver"], isAssigned: false }],
  });
  const github = asUser(fake);

  const statuses = [
    await statusOf(github.rest.orgs.removeMembershipForUser(who)),
    await statusOf(github.request("DELETE /enterprises/acme-inc/teams/unassigned/memberships/leaver")),
  ];

  expect([statuses, fake.canReach("leaver", "api")]).toEqual([[204, 204], "admin"]);
});

describe("teams", () => {
  it("hold the members of the teams below them, who reach what the team reaches", async () => {
    const fake = await aGithub();
    fake.plant({
      repositories: [{ name: "api" }, { name: "web" }],
      members: [{ login: "leaver" }, { login: "boss", role: "admin" }],
      teams: [
        { slug: "all", members: ["boss"], repositories: { api: "pull" } },
        { slug: "some", parent: "all", members: ["leaver"], repositories: { api: "maintain", web: "triage" } },
      ],
    });
    const { teams } = asUser(fake).rest;
    const all = { ...acme, team_slug: "all" };

    const members = (await teams.listMembersInOrg(all)).data;
    const direct = await statusOf(teams.removeMembershipForUserInOrg({ ...all, username: "leaver" }));
    const repos = (await teams.listReposInOrg({ ...acme, team_slug: "some" })).data;
    const reach = ["api", "web"].map((name) => fake.canReach("leaver", name));
    await teams.removeMembershipForUserInOrg({ ...acme, team_slug: "some", username: "leaver" });

    expect(members).toMatchObject([
      { login: "leaver", role: "member", inherited: true },
      { login: "boss", role: "maintainer", inherited: false },
    ]);
    expect(direct).toBe(404);
    expect(repos).toMatchObject([
      { name: "api", role_name: "maintain" },
      { name: "web", role_name: "triage" },
    ]);
    expect([reach, fake.canReach("leaver", "api")]).toEqual([["write", "read"], null]);
  });

  it("take in members at once, and invite others", async () => {
    const fake = await aGithub();
    fake.plant({ members: [{ login: "leaver" }], users: [{ login: "guest" }], teams: [{ slug: "all" }] });
    const { teams } = asUser(fake).rest;
    const add = async (username: string) =>
      (await teams.addOrUpdateMembershipForUserInOrg({ ...acme, team_slug: "all", username, role: "maintainer" })).data;

    expect([await add("leaver"), await add("guest")]).toMatchObject([
      { state: "active", role: "maintainer" },
      { state: "pending", role: "member" },
    ]);
    expect(fake.aliveOf("guest")).toMatchObject([{ kind: "organizationInvitations" }]);
  });
});

describe("roles on the organization", () => {
  it("are held directly or by a team; only the direct holding is taken away", async () => {
    const fake = await aGithub();
    fake.plant({
      repositories: [{ name: "api" }],
      members: [{ login: "leaver" }, { login: "other" }],
      teams: [{ slug: "security", members: ["leaver"] }],
      organizationRoles: [{ name: "reader", baseRole: "read", users: ["leaver", "other"], teams: ["security"] }],
    });
    const github = asUser(fake);
    const { data: roles } = await github.request("GET /orgs/{org}/organization-roles", acme);
    const role = { ...acme, role_id: Number(roles.roles?.[0]?.id) };
    const holders = async () => (await github.request("GET /orgs/{org}/organization-roles/{role_id}/users", role)).data;

    const before = await holders();
    await github.request("DELETE /orgs/{org}/organization-roles/users/{username}/{role_id}", {
      ...role,
      username: "leaver",
    });
    const after = await holders();

    expect(before).toMatchObject([
      { login: "leaver", assignment: "mixed", inherited_from: [{ slug: "security" }] },
      { login: "other", assignment: "direct" },
    ]);
    expect(after).toMatchObject([{ login: "leaver", assignment: "indirect" }, { login: "other" }]);
    expect(fake.canReach("leaver", "api")).toBe("read");
  });
});

describe("users", () => {
  it("keep their id when their login changes; the old login is nobody's", async () => {
    const fake = await aGithub();
    const { userId } = plantLeaver(fake, "leaver");
    fake.rename("leaver", "gone-fishing");
    const github = asUser(fake);

    const byId = (await github.request("GET /user/{account_id}", { account_id: userId })).data;
    const key = (await github.rest.repos.listDeployKeys({ owner: "acme", repo: "api" })).data[0];

    expect([byId.login, key?.added_by]).toEqual(["gone-fishing", "gone-fishing"]);
    expect(await statusOf(github.rest.users.getByUsername({ username: "leaver" }))).toBe(404);
    expect(await statusOf(github.rest.users.getByUsername({ username: "Gone-Fishing" }))).toBe(200);
  });

  it("are visible to anybody, without what they keep to themselves", async () => {
    const fake = await aGithub();
    fake.plant({ users: [{ login: "leaver" }], sshKeys: [{ login: "leaver", title: "laptop" }] });
    const github = asUser(fake, "");

    const user = await outcomeOf(github.rest.users.getByUsername({ username: "leaver" }));
    const keys = await github.rest.users.listPublicKeysForUser({ username: "leaver" });

    expect(user.data).toMatchObject({ login: "leaver", email: null, type: "User" });
    expect(keys.data).toMatchObject([{ key: expect.stringMatching(/^ssh-ed25519 /) }]);
  });
});
