import { answers, resetsAfter, resetsBefore } from "../../../connectors/testkit/faults/index.ts";
import type { Finding } from "../../../src/domain/access.ts";
import { revokeOrder } from "../../../src/stages/revoke/revoke-order.ts";
import { accountOf, aliveOf, bystander, leaver, plantGround, plantPerson } from "./planted.ts";
import { aGithub, connector, foundOne, look, openAt, rejection, revoke, verify } from "./support.ts";

const order = revokeOrder(connector.kinds);
const inOrder = (findings: readonly Finding[]): Finding[] =>
  findings
    .filter(({ kind }) => connector.kinds[kind]?.strategy === "delete")
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

describe("an offboarding", () => {
  it("ends all that can be ended, and touches nobody else", async () => {
    const fake = await aGithub();
    plantGround(fake);
    for (const login of [leaver, bystander, "leaver2"]) await plantPerson(fake, login);
    const others = [bystander, "leaver2"].map((login) => fake.stateOf(login));
    const { session } = await openAt(fake);

    for (const finding of inOrder((await look(fake, session, leaver)).findings)) await revoke(session, finding);

    expect(aliveOf(fake, leaver).map(({ kind }) => kind)).toEqual(["runner"]);
    for (const repository of ["api", "site", "docs.internal"]) expect(fake.canReach(leaver, repository)).toBeNull();
    expect([bystander, "leaver2"].map((login) => fake.stateOf(login))).toEqual(others);
  });

  it("ends tokens before teams, teams before the membership, and keys after both", () => {
    const places = ["sso-authorization", "team-membership", "org-membership", "repo-collaborator", "deploy-key"];

    expect(places.map((kind) => order.indexOf(kind))).toEqual(
      places.map((kind) => order.indexOf(kind)).sort((a, b) => a - b),
    );
  });

  it("says of every kind that it ends for good, and of some what ends with them", () => {
    for (const kind of Object.values(connector.kinds)) expect(kind.reversible).toBe(false);
    expect(connector.kinds["org-membership"]?.sideEffects?.join()).toMatch(/forks/);
    expect(connector.kinds["fine-grained-token"]?.sideEffects?.join()).toMatch(/deploy keys/);
    expect("freeze" in connector).toBe(false);
  });
});

describe("the end of a membership", () => {
  it("by an enterprise team is a person's to do: it stays, and says by which team", async () => {
    const fake = await aGithub();
    fake.plant({ members: [{ login: leaver }], enterpriseTeams: [{ slug: "contractors", members: [leaver] }] });
    const { session } = await openAt(fake);
    const finding = await foundOne("org-membership", fake, session, leaver);

    const first = await revoke(session, finding);
    const still = await verify(session, finding);
    const second = await revoke(session, finding);
    fake.remove({ kind: "enterpriseTeamMembers", id: fake.state().enterpriseTeamMembers[0]?.id ?? "" });
    const after = await verify(session, finding);

    expect(first).toMatchObject({ state: "pending", reason: expect.stringContaining("enterprise team contractors") });
    expect(still).toMatchObject({ state: "alive", reason: expect.stringContaining("enterprise team contractors") });
    expect(second).toMatchObject({ state: "pending" });
    expect(fake.writes().map(({ method }) => method)).toEqual(["DELETE"]); // the direct one, once
    expect(after).toMatchObject({ state: "dead", by: "absence" });
  });

  it("of the last owner waits for a person to name another one", async () => {
    const fake = await aGithub();
    fake.plant({ members: [{ login: leaver, role: "admin" }] });
    fake.remove({ kind: "memberships", id: fake.user("acme-owner").id });
    const { session } = await openAt(fake);
    const finding = await foundOne("org-membership", fake, session, leaver);

    const refused = await rejection(revoke(session, finding));
    fake.plant({ members: [{ login: "new-owner", role: "admin" }] });
    const done = await revoke(session, finding);

    expect(finding).toMatchObject({ risk: "admin", label: "owner of acme" });
    expect(refused).toMatchObject({
      code: "bad-request",
      message: expect.stringContaining("name another owner first"),
    });
    expect(done).toEqual({ state: "revoked" });
    expect(fake.writes()).toHaveLength(1);
  });

  it("of our own account is never done", async () => {
    const fake = await aGithub();
    fake.plant({ members: [{ login: "second", role: "admin" }], repositories: [{ name: "api" }] });
    fake.plant({ deployKeys: [{ repository: "api", title: "ours", addedBy: "acme-owner" }] });
    const { session } = await openAt(fake, { token: fake.adminToken });
    const { findings } = await look(fake, session, "acme-owner");

    const outcomes = [];
    for (const finding of inOrder(findings)) outcomes.push(await revoke(session, finding));

    expect(findings.map(({ kind }) => kind)).toContain("deploy-key");
    expect(new Set(outcomes.map(({ state }) => state))).toEqual(new Set(["unsupported"]));
    expect(outcomes[0]?.reason).toMatch(/whose token we use/);
    expect(fake.writes()).toEqual([]);
  });
});

describe("a renamed login", () => {
  it.each(["org-membership", "team-membership", "org-role", "repo-collaborator", "sso-authorization"])(
    "I05 that somebody else has taken is not acted upon: %s",
    async (kind) => {
      const fake = await aGithub();
      plantGround(fake);
      await plantPerson(fake, leaver);
      const { session } = await openAt(fake);
      const finding = await foundOne(kind, fake, session, leaver);
      fake.rename(leaver, "leaver-renamed");
      await plantPerson(fake, leaver);
      const heir = fake.stateOf(leaver);

      const outcome = await revoke(session, finding);

      expect(outcome.state).toBe("revoked");
      expect(await verify(session, finding)).toMatchObject({ state: "dead" });
      expect(fake.stateOf(leaver)).toBe(heir);
    },
  );
});

describe("a repository", () => {
  it.each(["repo-collaborator", "repo-invitation", "deploy-key"])("is found under its new name: %s", async (kind) => {
    const fake = await aGithub({ pageSize: 1 });
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const finding = await foundOne(kind, fake, session, leaver);
    const before = { ...finding, facts: { ...finding.facts, repository: "old-name" } };

    expect(await verify(session, before)).toMatchObject({ state: "alive" });
    expect(await revoke(session, before)).toEqual({ state: "revoked" });
    expect(await verify(session, before)).toMatchObject({ state: "dead" });
    expect(aliveOf(fake, leaver)).not.toContainEqual({ kind, ref: finding.ref });
  });

  it.each(["repo-collaborator", "repo-invitation", "deploy-key"])("that is gone took it along: %s", async (kind) => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const finding = await foundOne(kind, fake, session, leaver);
    fake.remove({ kind: "repositories", id: Number(finding.facts["repositoryId"]) });

    expect(await revoke(session, finding)).toEqual({ state: "already-gone" });
    expect(await verify(session, finding)).toMatchObject({ state: "dead" });
  });

  it("I14 that a credential for some repositories does not see is not gone", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const app = await openAt(fake);
    const finding = await foundOne("deploy-key", fake, app.session, leaver);
    fake.remove({ kind: "repositories", id: Number(finding.facts["repositoryId"]) });
    fake.faults.add({
      on: { path: /access_tokens$/ },
      times: "always",
      fault: {
        name: "for-some-repositories",
        rewrite: (reply) => {
          const json = reply.content !== undefined && "json" in reply.content ? (reply.content.json as object) : {};
          return { ...reply, content: { json: { ...json, repository_selection: "selected" } } };
        },
      },
    });
    const { session } = await openAt(fake);

    expect(await rejection(verify(session, finding))).toMatchObject({ code: "not-visible" });
    expect(await rejection(revoke(session, finding))).toMatchObject({ code: "not-visible" });
  });
});

describe("a refusal", () => {
  it.each([
    {
      name: "for a team that the identity provider fills",
      kind: "team-membership",
      message: "You cannot create or update members for an external group backed team since they are managed by acme",
      code: "conflict",
      says: /identity provider/,
    },
    {
      name: "for an archived repository",
      kind: "deploy-key",
      message: "Repository was archived so is read-only.",
      code: "bad-request",
      says: /unarchive/,
    },
    {
      name: "for a lack of permission, which it names",
      kind: "org-membership",
      message: "Resource not accessible by integration",
      code: "forbidden",
      says: /members=write/,
    },
  ])("$name", async ({ kind, message, code, says }) => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const headers = { "x-accepted-github-permissions": "members=write" };
    fake.faults.add({ on: { method: "DELETE" }, times: "always", fault: answers(403, { message }, headers) });
    const { session } = await openAt(fake);
    const finding = await foundOne(kind, fake, session, leaver);

    expect(await rejection(revoke(session, finding))).toMatchObject({ code, message: expect.stringMatching(says) });
  });

  it.each(["sso-authorization", "org-membership", "repo-collaborator", "deploy-key"])(
    "I14 by a 404 for what is listed is no end: %s",
    async (kind) => {
      const fake = await aGithub();
      plantGround(fake);
      await plantPerson(fake, leaver);
      fake.faults.add({ on: { method: "DELETE" }, times: "always", fault: fake.lies.hidden() });
      const { session } = await openAt(fake);
      const finding = await foundOne(kind, fake, session, leaver);

      expect(await rejection(revoke(session, finding))).toMatchObject({
        code: "not-visible",
        message: expect.stringContaining("check our permission"),
      });
    },
  );
});

describe("a reply that is lost", () => {
  it.each([
    { name: "before", fault: resetsBefore(), next: "revoked" },
    { name: "after", fault: resetsAfter(), next: "already-gone" },
  ])("F05 $name the effect is an end at the next attempt", async ({ fault, next }) => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    fake.faults.add({ on: { method: "DELETE" }, fault });
    const { session } = await openAt(fake);
    const finding = await foundOne("deploy-key", fake, session, leaver);

    expect(await rejection(revoke(session, finding))).toMatchObject({ code: "unavailable" });
    expect(await revoke(session, finding)).toMatchObject({ state: next });
    expect(aliveOf(fake, leaver)).not.toContainEqual({ kind: "deploy-key", ref: finding.ref });
  });
});

describe("a team of the enterprise", () => {
  it("is left to a person, and named", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    fake.faults.add({
      on: { method: "GET", path: /\/orgs\/acme\/teams(\?|$)/ },
      times: "always",
      fault: {
        name: "of-the-enterprise",
        rewrite: (reply) => {
          const json = reply.content !== undefined && "json" in reply.content ? (reply.content.json as object[]) : [];
          return { ...reply, content: { json: json.map((team) => ({ ...team, type: "enterprise" })) } };
        },
      },
    });
    const { session } = await openAt(fake);
    const finding = await foundOne("team-membership", fake, session, leaver);

    expect(finding.facts).toMatchObject({ enterprise: true });
    expect(await revoke(session, finding)).toMatchObject({
      state: "pending",
      reason: expect.stringMatching(/enterprise/),
    });
    expect(fake.writes()).toEqual([]);
    expect(accountOf(fake, leaver).label).toBe(leaver);
  });
});
