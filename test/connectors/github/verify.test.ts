import { lookAgain } from "../../../src/stages/verify/look-again.ts";
import { accountOf, leaver, plantGround, plantPerson } from "./planted.ts";
import {
  aGithub,
  connector,
  found,
  foundOne,
  kindOf,
  look,
  lookAt,
  openAt,
  rejection,
  revoke,
  verify,
} from "./support.ts";

const ended = Object.entries(connector.kinds)
  .filter(([, { strategy }]) => strategy === "delete")
  .map(([name]) => name);

describe("a look again", () => {
  it.each(ended)("I08 sees %s alive, and dead only once it is", async (kind) => {
    const fake = await aGithub({ pageSize: 1 });
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const all = await found(kind, fake, session, leaver);

    for (const finding of all) {
      expect(await verify(session, finding)).toMatchObject({ state: "alive", by: "absence" });
      await revoke(session, finding);
      expect(await verify(session, finding)).toMatchObject({ state: "dead", by: "absence" });
      expect(await revoke(session, finding)).toEqual({ state: "already-gone" });
    }
    expect(all.length).toBeGreaterThan(0);
  });

  it.each(ended)("I08 does not believe a 204 without effect: %s", async (kind) => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const finding = await foundOne(kind, fake, session, leaver);
    const withdraw = fake.faults.add({
      on: { method: ["DELETE", "POST"], path: /^\/(orgs|repos)/ },
      times: "always",
      fault: { name: "without-effect", withoutEffect: true },
    });

    await revoke(session, finding);

    expect(await verify(session, finding)).toMatchObject({ state: "alive" });
    withdraw();
  });

  it("I08 sees what GitHub still shows for a while, and then not", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const finding = await foundOne("sso-authorization", fake, session, leaver);
    const ref = { kind: "credentialAuthorizations", id: Number(finding.ref) } as const;
    fake.faults.add({ on: { method: "DELETE" }, fault: fake.lies.lingers(ref, { reads: 2 }) });

    await revoke(session, finding);

    const states = [];
    for (let at = 0; at < 3; at += 1) states.push((await verify(session, finding)).state);
    expect(states).toEqual(["alive", "alive", "dead"]);
  });

  it("I14 with everything hidden says nothing of anything", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const { findings } = await look(fake, session, leaver);
    fake.faults.add({ on: { path: /^\/(orgs|repos|user)/ }, times: "always", fault: fake.lies.hidden() });

    for (const finding of findings.filter(({ kind }) => ended.includes(kind))) {
      const only = await lookAt(finding.kind, session, accountOf(fake, leaver));
      const verdict = await lookAgain({ name: "github", connector, session }, finding, only, null);
      expect(verdict.state).toBe("unknown");
    }
  });

  it("T47 finds the key that a leaver adds while the others end", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake);
    const first = await look(fake, session, leaver);
    fake.faults.add({ on: { method: "DELETE" }, times: 1, fault: fake.lies.remints(leaver) });
    for (const finding of first.findings.filter(({ kind }) => kind === "deploy-key")) await revoke(session, finding);

    const second = await look(fake, session, leaver, first.findings);

    const known = first.findings.map(({ ref }) => ref);
    expect(second.findings.filter(({ ref }) => !known.includes(ref)).map(({ label }) => label)).toEqual([
      "again on api",
    ]);
  });
});

describe("what is only named", () => {
  it("is a runner, alive while the organization lists it", async () => {
    const fake = await aGithub({ pageSize: 1 });
    fake.plant({ members: [{ login: leaver }], runners: [{ name: "other" }, { name: "box", labels: [leaver] }] });
    const { session } = await openAt(fake);
    const finding = await foundOne("runner", fake, session, leaver);

    expect(await verify(session, finding)).toMatchObject({ state: "alive" });
    fake.remove({ kind: "runners", id: Number(finding.ref) });
    expect(await verify(session, finding)).toMatchObject({ state: "dead" });
  });

  it("are classic tokens, of which nobody can say that they are dead", async () => {
    const fake = await aGithub();
    fake.plant({
      members: [{ login: leaver }],
      repositories: [{ name: "api" }],
      collaborators: [{ repository: "api", login: leaver }],
    });
    const { session } = await openAt(fake);
    const finding = await foundOne("classic-token", fake, session, leaver);

    expect(await verify(session, finding)).toMatchObject({ state: "alive", by: "state" });
    fake.remove({ kind: "memberships", id: Number(finding.accountId) });
    expect(await verify(session, finding)).toMatchObject({ state: "alive" }); // an outside collaborator now
    fake.remove({ kind: "collaborators", id: fake.state().collaborators[0]?.id ?? "" });
    expect(await verify(session, finding)).toMatchObject({ state: "unknown" });
    expect(Object.keys(kindOf("classic-token"))).not.toContain("revoke");
  });
});

describe("another user's answer", () => {
  it.each(["sso-authorization", "fine-grained-token", "token-request", "org-membership"])(
    "F07 is refused: %s",
    async (kind) => {
      const fake = await aGithub();
      plantGround(fake);
      for (const login of [leaver, "bystander"]) await plantPerson(fake, login);
      const { session } = await openAt(fake);
      const finding = await foundOne(kind, fake, session, leaver);
      fake.faults.add({
        on: { method: "GET", path: /credential-|personal-access|memberships/ },
        times: "always",
        fault: fake.lies.answersFor("bystander"),
      });

      expect(await rejection(verify(session, finding))).toMatchObject({ code: "invalid-response" });
    },
  );
});
