import { answers, resetsAfter } from "../../../connectors/testkit/faults/index.ts";
import type { FakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import { aKong, accountOf, connector, openAt, plantWorld, rejection } from "./support.ts";

async function statusAtProxy(kong: FakeKong, key: string): Promise<number> {
  return (await fetch(`${kong.proxyUrl}/key-auth`, { headers: { apikey: key } })).status;
}

const freeze = async (session: unknown, consumer: Parameters<typeof accountOf>[0]) =>
  connector.freeze?.(session, accountOf(consumer));
const unfreeze = async (session: unknown, consumer: Parameters<typeof accountOf>[0]) =>
  connector.unfreeze?.(session, accountOf(consumer));

const terminations = (kong: FakeKong) => kong.state()["plugins"]?.filter(({ name }) => name === "request-termination");

describe("a freeze", () => {
  it("refuses the leaver at the proxy and nobody else, and ends without a trace", async () => {
    const kong = await aKong();
    const { leaver, lookAlike, bystander } = plantWorld(kong);
    const before = [leaver, lookAlike, bystander].map(({ id }) => kong.stateOf(id));
    const { session } = await openAt(kong);

    expect(await freeze(session, leaver)).toMatchObject({ state: "disabled" });
    expect(await statusAtProxy(kong, "canary-key-1")).toBe(403);
    expect(await statusAtProxy(kong, "look-alike-key")).toBe(200);
    expect(await statusAtProxy(kong, "bystander-key")).toBe(200);

    expect(await unfreeze(session, leaver)).toMatchObject({ state: "revoked" });
    expect(await statusAtProxy(kong, "canary-key-1")).toBe(200);
    expect([leaver, lookAlike, bystander].map(({ id }) => kong.stateOf(id))).toEqual(before);
    expect(kong.violations()).toEqual([]);
  });

  it("I07 twice is one freeze", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);

    await freeze(session, leaver);
    expect(await freeze(session, leaver)).toMatchObject({ state: "disabled" });

    expect(terminations(kong)).toHaveLength(1);
    expect(kong.writes()).toHaveLength(1);
    await unfreeze(session, leaver);
    expect(await unfreeze(session, leaver)).toMatchObject({ state: "already-gone" });
  });

  it("I07 by two workers at once is one freeze", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const [one, two] = [await openAt(kong), await openAt(kong)];

    const outcomes = await Promise.all([freeze(one.session, leaver), freeze(two.session, leaver)]);

    expect(outcomes.map((outcome) => outcome?.state)).toEqual(["disabled", "disabled"]);
    expect(terminations(kong)).toHaveLength(1);
  });

  it("F05 whose answer was lost is found at the next attempt", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.faults.add({ on: { method: "POST" }, fault: resetsAfter() });
    const { session } = await openAt(kong);

    expect(await rejection(Promise.resolve(freeze(session, leaver)))).toMatchObject({ code: "unavailable" });
    expect(await freeze(session, leaver)).toMatchObject({ state: "disabled" });
    expect(terminations(kong)).toHaveLength(1);
  });

  it.each([
    { name: "switched off", change: { enabled: false }, atProxy: 200 },
    { name: "gave another status", change: { config: { status_code: 204 } }, atProxy: 204 },
    { name: "bound to a trigger", change: { config: { trigger: "x-never" } }, atProxy: null },
  ])("that somebody $name is put right again", async ({ change, atProxy }) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);
    await freeze(session, leaver);
    const id = terminations(kong)?.[0]?.id;
    await fetch(`${kong.adminUrl}/plugins/${id}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(change),
    });
    if (atProxy !== null) expect(await statusAtProxy(kong, "canary-key-1")).toBe(atProxy);

    expect(await freeze(session, leaver)).toMatchObject({ state: "disabled" });
    expect(await statusAtProxy(kong, "canary-key-1")).toBe(403);
    expect(terminations(kong)?.[0]).toMatchObject({ enabled: true, config: { status_code: 403, trigger: null } });
  });

  it.each([
    { name: "a block", config: { status_code: 402 }, state: "disabled" },
    { name: "a block for some requests", config: { status_code: 402, trigger: "x-debug" }, state: "unsupported" },
  ])("leaves $name that somebody else made where it is", async ({ config, state }) => {
    const kong = await aKong();
    const {
      consumers: [blocked],
    } = kong.plant({
      consumers: [{ username: "blocked", keyAuth: [{}], plugins: [{ name: "request-termination", config }] }],
    });
    if (blocked === undefined) throw new Error("not planted");
    const { session } = await openAt(kong);

    expect(await freeze(session, blocked)).toMatchObject({ state, reason: expect.stringContaining("else") });
    expect(await unfreeze(session, blocked)).toMatchObject({ state: "already-gone" });
    expect(kong.writes()).toEqual([]);
  });

  it.each([
    {
      status: 400,
      message: "schema violation (name: plugin 'request-termination' not enabled)",
      why: "is not enabled",
    },
    { status: 400, message: "schema violation (canary-admin-token)", why: "it answers 400" },
    { status: 404, message: "Not found", why: "it answers 404" },
    { status: 405, message: "cannot create 'plugins' entities when not using a database", why: "it answers 405" },
  ])("that Kong cannot make ($status, $message) is said so in our own words", async ({ status, message, why }) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.faults.add({ on: { method: "POST" }, times: "always", fault: answers(status, { message }) });
    const { session } = await openAt(kong);

    expect(await freeze(session, leaver)).toEqual({ state: "unsupported", reason: expect.stringContaining(why) });
  });

  it("of a consumer that is gone has nothing to do", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.remove(leaver.id);
    const { session } = await openAt(kong);

    expect(await freeze(session, leaver)).toMatchObject({ state: "already-gone" });
    expect(await unfreeze(session, leaver)).toMatchObject({ state: "already-gone" });
  });

  it("that our credential may not make is forbidden, by name", async () => {
    const kong = await aKong({ adminToken: "admin", readOnlyToken: "reader" });
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong, { adminToken: "reader" });

    expect(await rejection(Promise.resolve(freeze(session, leaver)))).toMatchObject({
      code: "forbidden",
      operation: "addPlugin",
      message: expect.stringContaining('our role lacks "create /consumers/*/plugins"'),
    });
  });
});
