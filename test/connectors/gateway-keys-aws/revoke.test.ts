import { answers, redirects, resetsAfter, resetsBefore } from "../../../connectors/testkit/faults/index.ts";
import {
  aGateway,
  apiKey,
  discoverAll,
  discoverOne,
  freeze,
  home,
  leaver,
  openAt,
  others,
  plantWorld,
  rejection,
  unfreeze,
  verdictOf,
} from "./support.ts";

describe("revocation", () => {
  it("ends every key of the leaver in every region, and touches nobody else", async () => {
    const gateway = await aGateway({ pageSize: 1 });
    const { all } = plantWorld(gateway);
    const untouched = others.map((owner) => gateway.stateOf(owner));
    const { session } = await openAt(gateway);
    await freeze(session);
    const { findings } = await discoverAll(session);

    for (const finding of findings) {
      expect(await apiKey.disable(session, finding)).toMatchObject({ state: "disabled" });
      expect(await apiKey.revoke(session, finding)).toEqual({ state: "revoked" });
    }

    for (const finding of findings) expect(verdictOf(await apiKey.verify(session, finding))).toBe("dead by absence");
    expect((await discoverAll(session)).findings).toEqual([]);
    expect(gateway.stateOf(leaver.id)).toBe("[]");
    expect(all.some((key) => gateway.works(key))).toBe(false);
    expect(others.map((owner) => gateway.stateOf(owner))).toEqual(untouched);
    expect(gateway.violations()).toEqual([]);
  });

  it("I07 twice is one effect", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);

    expect(await apiKey.revoke(session, finding)).toEqual({ state: "revoked" });
    expect(await apiKey.revoke(session, finding)).toEqual({ state: "already-gone" });
    expect(gateway.effects()).toBe(1);
  });

  it("I07 by two workers at once is one effect", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const [one, two] = [await openAt(gateway), await openAt(gateway)];
    const { finding } = await discoverOne(one.session, first);

    const outcomes = await Promise.all([one, two].map(({ session }) => apiKey.revoke(session, finding)));

    expect(outcomes.map(({ state }) => state).toSorted()).toEqual(["already-gone", "revoked"]);
    expect(gateway.effects()).toBe(1);
  });

  it.each([
    { name: "F05 is reset before its effect", fault: resetsBefore(), code: "unavailable" },
    { name: "F05 is reset after its effect", fault: resetsAfter(), code: "unavailable" },
    { name: "F06 meets a 500", fault: answers(500, {}), code: "unavailable" },
    {
      name: "F06 meets a conflict",
      fault: answers(409, {}, { "x-amzn-errortype": "ConflictException" }),
      code: "conflict",
    },
    {
      name: "F06 is not permitted",
      fault: answers(403, {}, { "x-amzn-errortype": "AccessDeniedException" }),
      code: "forbidden",
    },
    {
      name: "F06 is not accepted",
      fault: answers(403, {}, { "x-amzn-errortype": "ExpiredTokenException" }),
      code: "unauthorized",
    },
    { name: "T11 is sent elsewhere", fault: redirects("http://127.0.0.1:9/"), code: "invalid-response" },
  ])("that $name is $code, and done at the next attempt", async ({ fault, code }) => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.faults.add({ on: { method: "DELETE" }, fault });

    expect(await rejection(apiKey.revoke(session, finding))).toMatchObject({ code });
    expect((await apiKey.revoke(session, finding)).state).toMatch(/revoked|already-gone/);
    expect(gateway.alive(first)).toBe(false);
  });

  it.each([undefined, 7])("F06 that is throttled tells when to come back, if it is told: %s s", async (seconds) => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.faults.add({ on: { method: "DELETE" }, fault: gateway.lies.throttles(seconds) });

    expect(await rejection(apiKey.revoke(session, finding))).toMatchObject({
      code: "rate-limited",
      retryAt: seconds === undefined ? null : expect.any(Date),
    });
    expect(await apiKey.revoke(session, finding)).toEqual({ state: "revoked" });
  });

  it.each([
    { name: "only the deletion", on: { method: "DELETE" } },
    { name: "the key's own address", on: { path: /^\/apikeys\// } },
    { name: "everything", on: {} },
  ])("I14 that is answered 404 for a lack of permission is not gone: $name", async ({ on }) => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.faults.add({ on, times: "always", fault: gateway.lies.hides() });

    expect(await rejection(apiKey.revoke(session, finding))).toMatchObject({ code: "not-visible" });
    expect(gateway.alive(first)).toBe(true);
  });

  it.each([
    { name: "to somebody else", owner: "E-200" },
    { name: "to nobody", owner: undefined },
  ])("I05 of a key that was given $name since is nobody's decision but a person's", async ({ owner }) => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.remove(first.id);
    const key = gateway.plant({ keys: [owner === undefined ? {} : { owner }] }).keys[0];
    const moved = { ...finding, ref: `${home}/${key?.id}` };

    for (const work of [apiKey.disable, apiKey.restore, apiKey.revoke]) {
      expect(await rejection(work(session, moved))).toMatchObject({ code: "conflict" });
    }
    expect(await apiKey.verify(session, moved)).toMatchObject({
      state: "alive",
      reason: expect.stringContaining("another owner"),
    });
    expect(gateway.writes()).toEqual([]);
  });

  it.each(["eu-west-9/abc", "abc", ""])("of what lies in no region of ours (%s) is not gone", async (ref) => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);

    for (const work of [apiKey.revoke, apiKey.verify]) {
      expect(await rejection(work(session, { ...finding, ref }))).toMatchObject({ code: "not-visible" });
    }
  });

  it("reaches the leaver's keys under throttling, and never a key twice", async () => {
    const gateway = await aGateway({ throttleShare: 0.6 });
    const { all } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
      for (let attempt = 0; attempt < 500; attempt += 1) {
        const result = await work().catch((thrown: { code?: string }) => {
          if (thrown.code === "rate-limited") return null;
          throw thrown;
        });
        if (result !== null) return result;
      }
      throw new Error("throttled for ever");
    };
    const { findings } = await patiently(() => discoverAll(session));

    for (const finding of findings) await patiently(() => apiKey.revoke(session, finding));

    expect(all.some((key) => gateway.alive(key))).toBe(false);
    expect(gateway.effects()).toBe(all.length);
  });
});

describe("observing", () => {
  it("writes nothing, whatever is asked", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { ports: { access: "read" } });

    for (const finding of (await discoverAll(session)).findings) {
      expect(await rejection(apiKey.revoke(session, finding))).toMatchObject({ code: "write-refused" });
    }
    expect(await rejection(freeze(session))).toMatchObject({ code: "write-refused" });
    expect(await unfreeze(session)).toEqual({ state: "already-gone" });
    expect(gateway.writes()).toEqual([]);
  });
});
