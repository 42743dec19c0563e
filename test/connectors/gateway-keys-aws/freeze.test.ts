import { answers, htmlBody, resetsAfter, resetsBefore, rewrites } from "../../../connectors/testkit/faults/index.ts";
import type { FakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import {
  abroad,
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
} from "./support.ts";

const mark = "lastday:frozen";

/** The leaver's keys, but for when they were last changed. */
function stateOf(gateway: FakeApiGateway, owner: string = leaver.id): unknown {
  return JSON.parse(gateway.stateOf(owner).replaceAll(/"lastUpdatedDate":\d+,/g, ""));
}

async function statusAt(gateway: FakeApiGateway, { value, region }: { value: string; region: string }) {
  return (await fetch(`${gateway.stageUrl(region)}/orders`, { headers: { "x-api-key": value } })).status;
}

describe("a freeze", () => {
  it("refuses every key of the leaver and nobody else's, and ends without a trace", async () => {
    const gateway = await aGateway();
    const { first, far } = plantWorld(gateway);
    const before = stateOf(gateway);
    const untouched = others.map((owner) => gateway.stateOf(owner));
    const { session } = await openAt(gateway);

    expect(await freeze(session)).toEqual({ state: "disabled", reason: "all keys are switched off: 4" });
    expect(gateway.aliveOf(leaver.id)).toEqual([]);
    expect([await statusAt(gateway, first), await statusAt(gateway, far)]).toEqual([403, 403]);

    expect(await unfreeze(session)).toMatchObject({ state: "revoked" });
    expect([await statusAt(gateway, first), await statusAt(gateway, far)]).toEqual([200, 200]);
    expect(stateOf(gateway)).toEqual(before);
    expect(others.map((owner) => gateway.stateOf(owner))).toEqual(untouched);
    expect(gateway.violations()).toEqual([]);
  });

  it("I07 twice is one freeze", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway);
    await freeze(session);
    const after = gateway.effects();

    expect(await freeze(session)).toMatchObject({ state: "disabled" });
    expect(gateway.effects()).toBe(after);

    await unfreeze(session);
    expect(await unfreeze(session)).toEqual({ state: "already-gone" });
  });

  it("I07 by two workers at once ends as one does", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const before = stateOf(gateway);
    const [one, two] = [await openAt(gateway), await openAt(gateway)];

    const outcomes = await Promise.all([freeze(one.session), freeze(two.session)]);

    expect(outcomes.map(({ state }) => state)).toEqual(["disabled", "disabled"]);
    expect(gateway.aliveOf(leaver.id)).toEqual([]);
    await unfreeze(one.session);
    expect(stateOf(gateway)).toEqual(before);
  });

  it.each([
    { name: "before the mark", method: "PUT", fault: resetsBefore() },
    { name: "after the mark", method: "PUT", fault: resetsAfter() },
    { name: "before the switch", method: "PATCH", fault: resetsBefore() },
    { name: "after the switch", method: "PATCH", fault: resetsAfter() },
  ])("F05 that breaks off $name is finished by the next, and taken back exactly", async ({ method, fault }) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const before = stateOf(gateway);
    gateway.faults.add({ on: { method }, fault });
    const { session } = await openAt(gateway);

    expect(await rejection(freeze(session))).toMatchObject({ code: "unavailable" });
    expect(gateway.aliveOf(leaver.id).length).toBeLessThanOrEqual(1); // the other keys are off all the same

    expect(await freeze(session)).toMatchObject({ state: "disabled" });
    expect(gateway.aliveOf(leaver.id)).toEqual([]);
    await unfreeze(session);
    expect(stateOf(gateway)).toEqual(before);
  });

  it.each([
    { name: "before the switch", method: "PATCH", fault: resetsBefore() },
    { name: "after the switch", method: "PATCH", fault: resetsAfter() },
    { name: "before the mark goes", method: "DELETE", fault: resetsBefore() },
    { name: "after the mark has gone", method: "DELETE", fault: resetsAfter() },
  ])("F05 whose end breaks off $name is ended by the next", async ({ method, fault }) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const before = stateOf(gateway);
    const { session } = await openAt(gateway);
    await freeze(session);
    gateway.faults.add({ on: { method }, fault });

    expect(await rejection(unfreeze(session))).toMatchObject({ code: "unavailable" });
    await unfreeze(session);

    expect(stateOf(gateway)).toEqual(before);
  });

  it("leaves off what somebody else switched off, and on what somebody else switched on again", async () => {
    const gateway = await aGateway();
    const { first, idle } = plantWorld(gateway);
    const before = stateOf(gateway);
    const { session } = await openAt(gateway);
    await freeze(session);
    gateway.setEnabled(first.id, true);

    await unfreeze(session);

    expect(gateway.alive(idle)).toBe(false);
    expect(stateOf(gateway)).toEqual(before);
  });

  it("that somebody lifted by hand is put right again", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    await freeze(session);
    gateway.setEnabled(first.id, true);

    expect(await freeze(session)).toMatchObject({ state: "disabled" });
    expect(gateway.alive(first)).toBe(false);
  });

  it("of an owner without keys has nothing to do", async () => {
    const gateway = await aGateway();
    const { session } = await openAt(gateway);

    expect(await freeze(session)).toMatchObject({ state: "already-gone" });
    expect(await unfreeze(session)).toMatchObject({ state: "already-gone" });
    expect(gateway.writes()).toEqual([]);
  });

  it("switches off what it can reach before it says that a region failed", async () => {
    const gateway = await aGateway();
    const { far } = plantWorld(gateway);
    gateway.faults.add({ on: { door: `control/${home}` }, times: "always", fault: answers(503, {}) });
    const { session } = await openAt(gateway);

    expect(await rejection(freeze(session))).toMatchObject({ code: "unavailable" });
    expect(gateway.alive(far)).toBe(false);
  });

  it.each([
    { allow: ["GET *", "PUT *"], needed: "apigateway:PATCH /apikeys/*" },
    { allow: ["GET *", "PATCH *"], needed: "apigateway:PUT /tags/*" },
  ])("that our identity may not make is forbidden, naming $needed", async ({ allow, needed }) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { admin: gateway.plantAdmin({ allow }) });

    expect(await rejection(freeze(session))).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining(`needed: ${needed}`),
    });
  });

  it.each([
    { name: "a page of HTML", fault: answers(500, undefined, { "content-type": "text/html" }) },
    {
      name: "not found, in HTML",
      fault: {
        ...htmlBody(),
        instead: () => ({ status: 404, content: { raw: "<h1>Not found</h1>", type: "text/html" } }),
      },
    },
    { name: "not found", fault: answers(404, { message: "no" }, { "x-amzn-errortype": "NotFoundException" }) },
  ])(
    "at a server that knows no tags ($name) switches the keys off, and says that it left no mark",
    async ({ fault }) => {
      const gateway = await aGateway();
      plantWorld(gateway);
      gateway.faults.add({ on: { path: /^\/tags\// }, times: "always", fault });
      const { session } = await openAt(gateway);

      expect(await freeze(session)).toMatchObject({ state: "disabled", reason: expect.stringContaining("no mark") });
      expect(gateway.aliveOf(leaver.id)).toEqual([]);
      expect(await unfreeze(session)).toEqual({ state: "already-gone" });
      expect(gateway.aliveOf(leaver.id)).toEqual([]);
    },
  );

  it("marks with a tag of our own, and keeps every other", async () => {
    const gateway = await aGateway();
    const { far } = plantWorld(gateway);
    const { session } = await openAt(gateway);

    await freeze(session);

    expect(gateway.state(abroad).keys.get(far.id)?.tags).toEqual({ owner: leaver.id, team: "a", [mark]: "true" });
  });
});

describe("switching one key off", () => {
  it("touches no other key, and is taken back exactly", async () => {
    const gateway = await aGateway();
    const { first, second } = plantWorld(gateway);
    const before = stateOf(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);

    expect(await apiKey.disable(session, finding)).toEqual({ state: "disabled", reason: "switched off" });
    expect([gateway.alive(first), gateway.alive(second)]).toEqual([false, true]);
    expect(await apiKey.verify(session, finding)).toMatchObject({ state: "dead", by: "state" });
    expect(await apiKey.disable(session, finding)).toMatchObject({ state: "disabled" });

    expect(await apiKey.restore(session, finding)).toMatchObject({ state: "revoked" });
    expect(await apiKey.restore(session, finding)).toEqual({ state: "already-gone" });
    expect(stateOf(gateway)).toEqual(before);
  });

  it("leaves alone what somebody else has switched off", async () => {
    const gateway = await aGateway();
    const { idle } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, idle);

    expect(await apiKey.disable(session, finding)).toMatchObject({ reason: expect.stringContaining("somebody else") });
    expect(await apiKey.restore(session, finding)).toEqual({ state: "already-gone" });
    expect(gateway.writes()).toEqual([]);
  });

  it("of a key that is gone has nothing to do, also when it goes meanwhile", async () => {
    const gateway = await aGateway();
    const { first, second } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { findings } = await discoverAll(session);
    const [one, other] = [first, second].map(({ id }) => findings.find(({ ref }) => ref === `${home}/${id}`));
    if (one === undefined || other === undefined) throw new Error("too few keys");
    gateway.remove(first.id);
    gateway.faults.add({
      on: { method: "PUT", subject: second.id },
      fault: { name: "goes", prepare: (call) => (gateway.remove(second.id), call) },
    });

    expect(await apiKey.disable(session, one)).toEqual({ state: "already-gone" });
    expect(await apiKey.disable(session, other)).toEqual({ state: "already-gone" });
    expect(await apiKey.restore(session, one)).toEqual({ state: "already-gone" });
  });

  it("F07 does not take another key's answer for its own", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    const another = rewrites("another", (reply) => ({ ...reply, content: { json: { id: "anotherkey" } } }));
    gateway.faults.add({ on: { method: "PATCH" }, fault: another });

    expect(await rejection(apiKey.disable(session, finding))).toMatchObject({ code: "invalid-response" });
  });
});
