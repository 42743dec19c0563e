import { answers } from "../../../connectors/testkit/faults/index.ts";
import { accountOf, aliveOf, bystander, canariesOf, leaver, plantGround, plantPerson } from "./planted.ts";
import { aGithub, found, look, lookAt, openAt, revoke } from "./support.ts";

const keyOf = ({ kind, ref }: { kind: string; ref: string }): string => `${kind} ${ref}`;

describe("a look", () => {
  it.each([1, 2, 100])("finds each thing once in pages of %i, and nothing of anybody else", async (pageSize) => {
    const fake = await aGithub();
    plantGround(fake);
    for (const login of ["leaver2", leaver, "leaver-ci", bystander]) await plantPerson(fake, login);
    const { session } = await openAt(fake, { settings: { pageSize } });

    const { findings, gaps, troubles } = await look(fake, session, leaver);

    expect(findings.map(keyOf).sort()).toEqual(aliveOf(fake, leaver).map(keyOf).sort());
    expect(new Set(findings.map(({ accountId }) => accountId))).toEqual(new Set([accountOf(fake, leaver).id]));
    expect([...gaps, ...troubles]).toEqual([]);
    expect(fake.writes()).toEqual([]);
  });

  it("tells what each thing is, and what it can do", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);

    const { findings } = await look(fake, session, leaver);

    const told = findings.map(({ kind, label, risk, holder }) => `${kind}: ${label} (${risk}, ${holder})`).sort();
    expect(told).toEqual([
      "classic-token: classic tokens outside single sign-on, if there are any (write, owned)",
      "deploy-key: deploy on api (write, created)",
      "deploy-key: mirror on site (read, created)",
      "fine-grained-token: fine (admin, owned)",
      "org-invitation: invitation as admin (admin, owned)",
      "org-membership: member of acme (write, owned)",
      "org-role: security_manager (read, owned)",
      "repo-collaborator: admin on api (admin, owned)",
      "repo-collaborator: read on docs.internal (read, owned)",
      "repo-invitation: invitation to write site (write, owned)",
      "runner: box-leaver (admin, created)",
      "sso-authorization: SSH key laptop (write, owned)",
      "sso-authorization: personal access token sso (write, owned)",
      "team-membership: ops (write, owned)",
      "team-membership: staff (write, owned)",
      "token-request: wish (write, owned)",
    ]);
  });

  it("I15 keeps every secret out of findings, evidence and logs", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session, exchanges, lines } = await openAt(fake);

    const { findings } = await look(fake, session, leaver);

    const texts = [JSON.stringify(findings), ...exchanges.map(({ bytes }) => Buffer.from(bytes).toString()), ...lines];
    for (const text of texts) {
      for (const canary of canariesOf(leaver)) expect(text).not.toContain(canary.slice(-8));
      expect(text).not.toMatch(/ghs_|PRIVATE KEY|eyJ/);
    }
  });

  it("I05 finds the same under another login, and nothing of whoever took the old one", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const before = await openAt(fake);
    const first = await look(fake, before.session, leaver);
    fake.rename(leaver, "leaver-renamed");
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);

    const second = await look(fake, session, "leaver-renamed");

    // A runner is labelled by hand, with the login of that time.
    const keys = (all: readonly { kind: string; ref: string }[]) =>
      all.filter(({ kind }) => kind !== "runner").map(keyOf);
    expect(keys(second.findings)).toEqual(keys(first.findings));
  });

  it("of somebody who was let into repositories alone finds these, and what is cut off with them", async () => {
    const fake = await aGithub();
    plantGround(fake);
    fake.plant({
      users: [{ login: "outsider" }],
      collaborators: [{ repository: "api", login: "outsider", role: "maintain" }],
    });
    const { session } = await openAt(fake);

    const { findings, complete } = await look(fake, session, "outsider");

    expect(findings.map(({ kind, label }) => `${kind}: ${label}`)).toEqual([
      "repo-collaborator: maintain on api",
      "classic-token: classic tokens outside single sign-on, if there are any",
    ]);
    expect(complete.size).toBe(12);
  });

  it("of somebody who was invited by address finds the invitation, and nothing else is asked for", async () => {
    const fake = await aGithub();
    const [invitation] = fake.plant({
      organizationInvitations: [{ email: "new.hire@example.com" }, { login: leaver }],
    }).organizationInvitations;
    const { session } = await openAt(fake);
    const account = { id: `invitation-${invitation?.id}`, label: "new.hire@example.com" };

    const { findings } = await lookAt("org-invitation", session, account);
    const others = await lookAt("deploy-key", session, account);

    expect(findings.map(keyOf)).toEqual([`org-invitation ${invitation?.id}`]);
    expect(others.findings).toEqual([]);
    expect(others.complete.size).toBe(1);
  });

  it("names a team once, where somebody is in it: parents list their child teams' members too", async () => {
    const fake = await aGithub();
    fake.plant({
      members: [{ login: leaver }],
      teams: [
        { slug: "all" },
        { slug: "engineering", parent: "all" },
        { slug: "infra", parent: "engineering", members: [leaver] },
      ],
    });
    const { session } = await openAt(fake);

    expect((await found("team-membership", fake, session, leaver)).map(({ label }) => label)).toEqual(["infra"]);
  });

  it("names a role that comes by itself, and not one that comes by a team", async () => {
    const fake = await aGithub();
    fake.plant({
      members: [{ login: leaver }],
      teams: [{ slug: "security", members: [leaver] }],
      organizationRoles: [
        { name: "direct", users: [leaver] },
        { name: "by-team", teams: ["security"] },
        { name: "both", users: [leaver], teams: ["security"] },
        { name: "another's", users: ["acme-owner"] },
      ],
    });
    const { session } = await openAt(fake);

    expect((await found("org-role", fake, session, leaver)).map(({ label }) => label)).toEqual(["direct", "both"]);
  });

  it.each([
    { name: "a label", runner: { name: "box-1", labels: ["self-hosted", "Leaver"] }, reported: true },
    { name: "the name", runner: { name: "box.leaver" }, reported: true },
    { name: "a name that only begins like it", runner: { name: "leaver2" }, reported: false },
    { name: "a login that only begins like it", runner: { name: "box", labels: ["leaver-ci"] }, reported: false },
  ])("reports a runner that carries the login: $name", async ({ runner, reported }) => {
    const fake = await aGithub();
    fake.plant({ members: [{ login: leaver }], runners: [runner] });
    const { session } = await openAt(fake);

    expect(await found("runner", fake, session, leaver)).toHaveLength(reported ? 1 : 0);
  });

  it("after the membership has ended is whole, and finds what outlives it", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const first = await look(fake, session, leaver);
    for (const kind of ["team-membership", "org-invitation", "org-membership"]) {
      for (const finding of first.findings.filter((one) => one.kind === kind)) await revoke(session, finding);
    }

    const { findings, complete } = await look(fake, session, leaver, first.findings);

    expect(complete.size).toBe(12);
    expect([...new Set(findings.map(({ kind }) => kind))].sort()).toEqual([
      "classic-token", // known from the first look: nothing shows it any more
      "deploy-key",
      "repo-invitation",
      "runner",
    ]);
  });

  it("asks for the repositories once for all kinds, and anew in the next look", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const lists = (): number => fake.calls().filter(({ path }) => path.startsWith("/orgs/acme/repos")).length;

    await look(fake, session, leaver);
    expect(lists()).toBe(1);
    fake.plant({
      repositories: [{ name: "late" }],
      deployKeys: [{ repository: "late", title: "late", addedBy: leaver }],
    });
    const { findings } = await look(fake, session, leaver);

    expect(lists()).toBe(2);
    expect(findings.map(({ label }) => label)).toContain("late on late");
  });

  it("costs three calls for each repository, and little more", async () => {
    const fake = await aGithub();
    fake.plant({
      members: [{ login: leaver }],
      repositories: Array.from({ length: 40 }, (_, at) => ({ name: `repo-${at}` })),
    });
    const { session } = await openAt(fake);

    await look(fake, session, leaver);

    expect(fake.calls().filter(({ path }) => path.startsWith("/repos/"))).toHaveLength(120);
    expect(fake.calls().length).toBeLessThan(150);
  });
});

describe("what cannot be looked at", () => {
  it("is a gap with its reason where a token takes the place of an App", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake, { token: fake.adminToken });

    const { gaps, troubles, findings } = await look(fake, session, leaver);

    expect(gaps.map(({ kind, why }) => [kind, /GitHub App alone/.test(why)])).toEqual([
      ["fine-grained-token", true],
      ["token-request", true],
    ]);
    expect(troubles).toEqual([]);
    expect(new Set(findings.map(({ kind }) => kind)).size).toBe(10);
    expect(fake.calls().filter(({ path }) => path.includes("personal-access-token"))).toEqual([]);
  });

  it.each([
    { kind: "sso-authorization", path: /credential-authorizations/, why: /no SAML/ },
    { kind: "org-role", path: /organization-roles/, why: /no roles/ },
    { kind: "org-invitation", path: /invitations/, why: /managed by the enterprise/ },
  ])("is a gap where an organization has no $kind to show", async ({ kind, path, why }) => {
    const fake = await aGithub();
    fake.plant({ members: [{ login: leaver }] });
    fake.faults.add({ on: { path }, times: "always", fault: fake.lies.hidden() });
    const { session } = await openAt(fake);

    const { gaps, complete } = await lookAt(kind, session, accountOf(fake, leaver));

    expect(gaps).toEqual([{ kind, why: expect.stringMatching(why) }]);
    expect(complete.size).toBe(0);
  });

  it.each([
    { status: 403, code: "forbidden" },
    { status: 404, code: "not-visible" },
  ])(
    "in one repository, to which GitHub says $status, leaves the others found and the kind incomplete",
    async ({ status, code }) => {
      const fake = await aGithub();
      plantGround(fake);
      await plantPerson(fake, leaver);
      fake.faults.add({
        on: { path: /\/repos\/acme\/api\/keys/ },
        times: "always",
        fault: answers(status, { message: "No" }),
      });
      const { session } = await openAt(fake);

      const { findings, troubles, complete } = await lookAt("deploy-key", session, accountOf(fake, leaver));

      expect(findings.map(({ label }) => label)).toEqual(["mirror on site"]);
      expect(troubles).toMatchObject([{ kind: "deploy-key", error: { code } }]);
      expect(complete.size).toBe(0);
    },
  );

  it("in a repository that was deleted meanwhile, is not there", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const api = fake.state().repositories.find(({ name }) => name === "api");
    fake.faults.add({
      on: { path: /\/orgs\/acme\/repos/ },
      fault: { name: "deleted", afterwards: () => fake.remove({ kind: "repositories", id: api?.id ?? 0 }) },
    });
    const { session } = await openAt(fake);

    const { findings, complete } = await lookAt("deploy-key", session, accountOf(fake, leaver));

    expect(findings.map(({ label }) => label)).toEqual(["mirror on site"]);
    expect(complete.size).toBe(1);
  });

  it("I14 is not empty for a user whom GitHub does not show, but who is a member", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    fake.faults.add({ on: { path: /^\/user\/\d/ }, times: "always", fault: fake.lies.hidden() });
    const { session } = await openAt(fake);

    const { findings } = await look(fake, session, leaver);

    expect(findings.map(keyOf).sort()).toEqual(aliveOf(fake, leaver).map(keyOf).sort());
  });

  it("of a user who is gone from GitHub is what was known of their keys", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const account = accountOf(fake, leaver);
    const { session } = await openAt(fake);
    const known = await found("deploy-key", fake, session, leaver);
    for (const kind of ["memberships", "users"] as const) fake.remove({ kind, id: Number(account.id) });

    const { findings } = await lookAt("deploy-key", session, account, known.slice(0, 1));

    expect(findings.map(keyOf)).toEqual(known.slice(0, 1).map(keyOf));
  });
});
