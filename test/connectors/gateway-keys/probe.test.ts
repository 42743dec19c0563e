import { answers, resetsBefore, rewrites } from "../../../connectors/testkit/faults/index.ts";
import type { FakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import {
  aKong,
  accountOf,
  connector,
  discoverOne,
  kindOf,
  openAt,
  plantWorld,
  rejection,
  verdictOf,
} from "./support.ts";

const keyAuth = kindOf("key-auth");

/** A leaver's key, deleted, with its value still at hand. */
async function deletedKey(kong: FakeKong, settings: Record<string, unknown> = {}) {
  const { leaver } = plantWorld(kong);
  const opened = await openAt(kong, { settings: { probeUrl: `${kong.proxyUrl}/key-auth`, ...settings } });
  const { finding, probe } = await discoverOne(opened.session, leaver, "key-auth");
  await keyAuth.revoke(opened.session, finding);
  return { ...opened, leaver, finding, probe };
}

describe("a probe of the proxy", () => {
  it("proves that a deleted key is refused", async () => {
    const { session, finding, probe } = await deletedKey(await aKong());

    expect(await keyAuth.verify(session, finding, probe)).toEqual({
      state: "dead",
      by: "probe",
      reason: "the proxy refused the key (401) (tried 3 times)",
    });
  });

  it("is not made for a key that is still listed", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong, { settings: { probeUrl: `${kong.proxyUrl}/key-auth` } });
    const { finding, probe } = await discoverOne(session, leaver, "key-auth");

    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("alive by absence");
    expect(kong.calls().filter(({ door }) => door === "proxy")).toEqual([]);
  });

  it("catches a data plane that has not heard of the deletion, although another has", async () => {
    const kong = await aKong({ dataPlanes: [{ name: "near" }, { name: "far", reads: Infinity }] });
    const { session, finding, probe } = await deletedKey(kong);

    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("alive by probe");

    kong.catchUp();
    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("dead by probe");
  });

  it("tells a frozen key that is alive from one that is dead", async () => {
    const kong = await aKong({ dataPlanes: [{ name: "one", reads: 0 }] });
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong, { settings: { probeUrl: `${kong.proxyUrl}/key-auth` } });
    await connector.freeze?.(session, accountOf(leaver));
    const { finding, probe } = await discoverOne(session, leaver, "key-auth");
    kong.setLag("one", { reads: 1 });
    await keyAuth.revoke(session, finding);

    expect(await keyAuth.verify(session, finding, probe)).toMatchObject({
      state: "alive",
      by: "probe",
      reason: expect.stringContaining("403"),
    });
    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("dead by probe");
  });

  it("that puts the key where nobody looks tells nothing", async () => {
    const { session, finding, probe } = await deletedKey(await aKong(), { probeHeader: "x-wrong" });

    expect(await keyAuth.verify(session, finding, probe)).toMatchObject({
      state: "unknown",
      reason: expect.stringContaining("probeHeader"),
    });
  });

  it("of a route without a key lets everything through, so nothing is dead there", async () => {
    const kong = await aKong();
    const { session, finding, probe } = await deletedKey(kong, { probeUrl: `${kong.proxyUrl}/open` });

    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("alive by probe");
  });

  it("of a route that is not there tells nothing", async () => {
    const kong = await aKong();
    const { session, finding, probe } = await deletedKey(kong, { probeUrl: `${kong.proxyUrl}/nowhere` });

    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("unknown by probe");
  });

  it("that an upstream answers with its own 401 was let through", async () => {
    const kong = await aKong();
    const { session, finding, probe } = await deletedKey(kong);
    const passedOn = rewrites("passed-on", (reply) => ({
      ...reply,
      headers: { ...reply.headers, "x-kong-upstream-latency": "3" },
    }));
    kong.faults.add({ on: { door: "proxy" }, fault: passedOn });

    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("alive by probe");
  });

  it.each([
    { fault: answers(429, {}), code: "rate-limited" },
    { fault: answers(503, {}), code: "unavailable" },
    { fault: resetsBefore(), code: "unavailable" },
  ])("that fails ($code) tells nothing and is made again", async ({ fault, code }) => {
    const kong = await aKong();
    const { session, finding, probe } = await deletedKey(kong);
    kong.faults.add({ on: { door: "proxy" }, nth: 2, fault });

    expect(await rejection(keyAuth.verify(session, finding, probe))).toMatchObject({ code });
    expect(verdictOf(await keyAuth.verify(session, finding, probe))).toBe("dead by probe");
  });

  it("I15 leaves the key out of its evidence", async () => {
    const kong = await aKong();
    const { session, finding, probe, exchanges, lines } = await deletedKey(kong);

    await keyAuth.verify(session, finding, probe);

    const probes = exchanges.filter(({ operation }) => operation === "probeKey");
    expect(probes).toHaveLength(3);
    for (const text of [...probes.map(({ bytes }) => Buffer.from(bytes).toString()), ...lines]) {
      expect(text).not.toContain("canary");
    }
  });
});
