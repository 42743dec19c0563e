import { answers, resetsAfter, resetsBefore, throttles } from "../../../connectors/testkit/faults/index.ts";
import {
  aKong,
  connector,
  discoverAll,
  discoverEverything,
  discoverOne,
  kindOf,
  openAt,
  plantWorld,
  rejection,
  verdictOf,
} from "./support.ts";

const kinds = Object.keys(connector.kinds).filter((kind) => kind !== "api-key"); // another driver's

describe("revocation", () => {
  it("ends everything of the leaver, in the order of the manifest, and touches nobody else", async () => {
    const kong = await aKong();
    const { leaver, lookAlike, bystander } = plantWorld(kong);
    const others = [lookAlike, bystander].map(({ id }) => kong.stateOf(id));
    const { session } = await openAt(kong, { settings: { pageSize: 1 } });
    const findings = await discoverEverything(session, leaver);

    for (const finding of findings) {
      const { state } = await kindOf(finding.kind).revoke(session, finding);
      expect(["revoked", "already-gone"]).toContain(state);
    }

    for (const finding of findings) {
      expect(verdictOf(await kindOf(finding.kind).verify(session, finding, null))).toBe("dead by absence");
      expect(kong.alive(finding.ref)).toBe(false);
    }
    expect(await discoverEverything(session, leaver)).toEqual([]);
    expect([lookAlike, bystander].map(({ id }) => kong.stateOf(id))).toEqual(others);
    expect(kong.violations()).toEqual([]);
  });

  it.each(kinds)("I07 of %s twice is one effect", async (name) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, name);

    expect(await kindOf(name).revoke(session, finding)).toEqual({ state: "revoked" });
    expect((await kindOf(name).revoke(session, finding)).state).toMatch(/revoked|already-gone/);
    expect(kong.alive(finding.ref)).toBe(false);
  });

  it("I07 by two workers at once is one effect", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const [one, two] = [await openAt(kong), await openAt(kong)];
    const { finding } = await discoverOne(one.session, leaver, "key-auth");

    const outcomes = await Promise.all([one, two].map(({ session }) => kindOf("key-auth").revoke(session, finding)));

    expect(outcomes.map(({ state }) => state).sort()).toEqual(["already-gone", "revoked"]);
  });

  it("of a credential whose consumer is gone has nothing to do", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, "jwt");
    kong.remove(leaver.id);

    expect(await kindOf("jwt").revoke(session, finding)).toEqual({ state: "already-gone" });
    expect(verdictOf(await kindOf("jwt").verify(session, finding, null))).toBe("dead by absence");
  });

  it.each([
    { name: "F05 is reset before its effect", fault: resetsBefore(), code: "unavailable" },
    { name: "F05 is reset after its effect", fault: resetsAfter(), code: "unavailable" },
    { name: "F06 is throttled", fault: throttles(7), code: "rate-limited" },
    { name: "F06 meets a 500", fault: answers(500, {}), code: "unavailable" },
    { name: "F06 meets a conflict", fault: answers(409, {}), code: "conflict" },
    { name: "F06 is not permitted", fault: answers(403, {}), code: "forbidden" },
    { name: "F06 is not accepted", fault: answers(401, {}), code: "unauthorized" },
  ])("that $name is $code, and done at the next attempt", async ({ fault, code }) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, "basic-auth");
    kong.faults.add({ on: { method: "DELETE" }, fault });

    expect(await rejection(kindOf("basic-auth").revoke(session, finding))).toMatchObject({ code });
    expect((await kindOf("basic-auth").revoke(session, finding)).state).toMatch(/revoked|already-gone/);
    expect(kong.alive(finding.ref)).toBe(false);
  });

  it.each(["key-auth", "oauth2-token"])(
    "I14 that is answered 404 for a lack of permission is not gone: %s",
    async (name) => {
      const kong = await aKong();
      const { leaver } = plantWorld(kong);
      const { session } = await openAt(kong);
      const { finding } = await discoverOne(session, leaver, name);
      kong.faults.add({ on: { method: "DELETE" }, times: "always", fault: answers(404, { message: "Not found" }) });

      expect(await rejection(kindOf(name).revoke(session, finding))).toMatchObject({ code: "not-visible" });
    },
  );

  it("where Kong has no database is unsupported, with the reason", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, "acl");
    kong.faults.add({ on: { method: "DELETE" }, fault: answers(405, { message: "no database" }) });

    expect(await kindOf("acl").revoke(session, finding)).toMatchObject({
      state: "unsupported",
      reason: expect.stringContaining("database"),
    });
  });
});

describe("I08 verification", () => {
  it.each(kinds)("sees what a deletion answered with 204 has left alive: %s", async (name) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, name);
    kong.stubborn(finding.ref, 1);

    expect(await kindOf(name).revoke(session, finding)).toEqual({ state: "revoked" });
    expect(verdictOf(await kindOf(name).verify(session, finding, null))).toBe("alive by absence");

    await kindOf(name).revoke(session, finding);
    expect(verdictOf(await kindOf(name).verify(session, finding, null))).toBe("dead by absence");
  });

  it("sees what the server shows for a while after it is gone", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, "key-auth");
    kong.faults.add({ on: { method: "DELETE" }, fault: kong.lies.lingers(finding.ref, { reads: 2 }) });
    await kindOf("key-auth").revoke(session, finding);

    const verdicts = [];
    for (let look = 0; look < 3; look += 1) verdicts.push(await kindOf("key-auth").verify(session, finding, null));

    expect(verdicts.map(({ state }) => state)).toEqual(["alive", "alive", "dead"]);
  });

  it("sees what comes back", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, "key-auth");
    kong.faults.add({ on: { method: "DELETE" }, fault: kong.lies.returns(finding.ref, { reads: 2 }) });
    await kindOf("key-auth").revoke(session, finding);

    const verdicts = [];
    for (let look = 0; look < 2; look += 1) verdicts.push(await kindOf("key-auth").verify(session, finding, null));

    expect(verdicts.map(({ state }) => state)).toEqual(["dead", "alive"]);
  });

  it.each([
    { name: "the kind", path: /\/key-auth/, code: "unsupported" },
    { name: "anything", path: /./, code: "not-visible" },
  ])("I14 does not take for dead what it may not see: $name", async ({ path, code }) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, "key-auth");
    kong.faults.add({ on: { path }, times: "always", fault: answers(404, { message: "Not found" }) });

    expect(await rejection(kindOf("key-auth").verify(session, finding, null))).toMatchObject({ code });
  });

  it("I14 does not take a token for dead when no tokens can be seen", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { finding } = await discoverOne(session, leaver, "oauth2-token");
    kong.faults.add({ on: { path: /^\/oauth2_tokens/ }, times: "always", fault: answers(404, {}) });

    expect(await rejection(kindOf("oauth2-token").verify(session, finding, null))).toMatchObject({
      code: "not-visible",
    });
  });

  it("does not lose a credential in pages that drift while others go", async () => {
    const kong = await aKong({ paging: "position", pageSize: 1 });
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    const { findings } = await discoverAll(session, leaver, "key-auth");
    const [first, second] = findings;
    if (first === undefined || second === undefined) throw new Error("too few keys");
    kong.faults.add({
      on: { path: /\/key-auth/, method: "GET" },
      fault: kong.lies.pagesDrift(() => kong.remove(first.ref)),
    });

    expect(verdictOf(await kindOf("key-auth").verify(session, second, null))).toBe("alive by absence");
  });
});

describe("observing", () => {
  it("writes nothing, whatever is asked", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong, { ports: { access: "read" } });
    const account = { id: leaver.id, label: "leaver" };

    for (const finding of await discoverEverything(session, leaver)) {
      expect(await rejection(kindOf(finding.kind).revoke(session, finding))).toMatchObject({ code: "write-refused" });
    }
    expect(await rejection(Promise.resolve(connector.freeze?.(session, account)))).toMatchObject({
      code: "write-refused",
    });
    expect(kong.writes()).toEqual([]);
  });
});
