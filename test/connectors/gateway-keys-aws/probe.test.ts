import { answers, resetsBefore, rewrites } from "../../../connectors/testkit/faults/index.ts";
import type { FakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import { aGateway, apiKey, discoverOne, openAt, plantWorld, probesAt, rejection, verdictOf } from "./support.ts";

/** A key of the leaver's, deleted, with its value still at hand. */
async function deletedKey(gateway: FakeApiGateway, settings: Record<string, unknown> = {}) {
  const { first } = plantWorld(gateway);
  const opened = await openAt(gateway, { settings: { ...probesAt(gateway), ...settings } });
  const { finding, probe } = await discoverOne(opened.session, first);
  await apiKey.revoke(opened.session, finding);
  return { ...opened, first, finding, probe };
}

const triesAt = (gateway: FakeApiGateway) => gateway.calls().filter(({ door }) => door === "data");

describe("a probe of the stage", () => {
  it("proves that a deleted key is refused", async () => {
    const gateway = await aGateway();
    const { session, finding, probe } = await deletedKey(gateway);

    expect(await apiKey.verify(session, finding, probe)).toEqual({
      state: "dead",
      by: "probe",
      reason: "the stage refused the key (403), 3 times",
    });
    expect(triesAt(gateway)).toHaveLength(3);
  });

  it("proves that a key which is only switched off is refused", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway, { settings: probesAt(gateway) });
    const { finding, probe } = await discoverOne(session, first);
    await apiKey.disable(session, finding);

    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("dead by probe");
  });

  it("is not made for a key that is there and switched on", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway, { settings: probesAt(gateway) });
    const { finding, probe } = await discoverOne(session, first);

    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("alive by state");
    expect(triesAt(gateway)).toEqual([]);
  });

  it.each(["delete", "disable"] as const)("catches a stage that has not heard of it: %s", async (how) => {
    const gateway = await aGateway({ dataPlane: { lagReads: 2 } });
    const { first } = plantWorld(gateway);
    gateway.catchUp();
    const { session } = await openAt(gateway, { settings: probesAt(gateway) });
    const { finding, probe } = await discoverOne(session, first);
    await (how === "delete" ? apiKey.revoke(session, finding) : apiKey.disable(session, finding));

    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("alive by probe");

    gateway.catchUp();
    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("dead by probe");
  });

  it("is made only of keys that the stage would let in, for it refuses all others", async () => {
    const gateway = await aGateway();
    const { second } = plantWorld(gateway);
    const { session } = await openAt(gateway, { settings: probesAt(gateway) });

    expect((await discoverOne(session, second)).probe).toBeNull();
  });

  it.each([1, 5])("is made as often as configured: %i", async (probeTimes) => {
    const gateway = await aGateway();
    const { session, finding, probe } = await deletedKey(gateway, { probeTimes });

    await apiKey.verify(session, finding, probe);

    expect(triesAt(gateway)).toHaveLength(probeTimes);
  });

  it.each([
    { name: "429", fault: answers(429, { message: "Too Many Requests" }) },
    { name: "503", fault: answers(503, {}) },
    { name: "404", fault: answers(404, {}) },
    { name: "403 of another making", fault: answers(403, { message: "Forbidden" }) },
    {
      name: "403 to a path that is none",
      fault: answers(
        403,
        { message: "Missing Authentication Token" },
        { "x-amzn-errortype": "MissingAuthenticationTokenException" },
      ),
    },
    {
      name: "403 of an authorizer",
      fault: answers(403, { Message: "User is not authorized" }, { "x-amzn-errortype": "AccessDeniedException" }),
    },
  ])("that meets $name tells nothing, and is made again", async ({ fault }) => {
    const gateway = await aGateway();
    const { session, finding, probe } = await deletedKey(gateway);
    gateway.faults.add({ on: { door: "data" }, nth: 2, fault });

    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("unknown by probe");
    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("dead by probe");
  });

  it("F05 that is cut off is an error, and made again", async () => {
    const gateway = await aGateway();
    const { session, finding, probe } = await deletedKey(gateway);
    gateway.faults.add({ on: { door: "data" }, fault: resetsBefore() });

    expect(await rejection(apiKey.verify(session, finding, probe))).toMatchObject({ code: "unavailable" });
    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("dead by probe");
  });

  it("sees at once that a key is let through, whatever came before", async () => {
    const gateway = await aGateway();
    const { session, finding, probe } = await deletedKey(gateway);
    const letIn = rewrites("let-in", () => ({ status: 200, content: { json: {} } }));
    gateway.faults.add({ on: { door: "data" }, nth: 3, fault: letIn });

    expect(verdictOf(await apiKey.verify(session, finding, probe))).toBe("alive by probe");
  });

  it("I15 leaves the key out of its evidence", async () => {
    const gateway = await aGateway();
    const { session, finding, probe, exchanges, lines } = await deletedKey(gateway);

    await apiKey.verify(session, finding, probe);

    expect(exchanges.filter(({ operation }) => operation === "probeKey")).toHaveLength(3);
    for (const text of [...exchanges.map(({ bytes }) => Buffer.from(bytes).toString()), ...lines]) {
      expect(text).not.toContain("canary");
    }
  });
});
