import { answers } from "../../../connectors/testkit/faults/index.ts";
import {
  abroad,
  aGateway,
  apiKey,
  discoverAll,
  discoverOne,
  home,
  openAt,
  plantWorld,
  rejection,
  verdictOf,
} from "./support.ts";

describe("I08 verification", () => {
  it("sees what a deletion answered with 202 has left alive", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.stubborn(first.id);

    expect(await apiKey.revoke(session, finding)).toEqual({ state: "revoked" });
    expect(verdictOf(await apiKey.verify(session, finding))).toBe("alive by state");

    await apiKey.revoke(session, finding);
    expect(verdictOf(await apiKey.verify(session, finding))).toBe("dead by absence");
  });

  it("sees what a switch answered with 200 has left on", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.stubborn(first.id, 1, "PATCH");

    await apiKey.disable(session, finding);
    expect(verdictOf(await apiKey.verify(session, finding))).toBe("alive by state");
  });

  it("sees what the server shows for a while after it is gone", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.faults.add({ on: { method: "DELETE" }, fault: gateway.lies.lingers(first.id, { reads: 2 }) });
    await apiKey.revoke(session, finding);

    const verdicts = [];
    for (let look = 0; look < 3; look += 1) verdicts.push(verdictOf(await apiKey.verify(session, finding)));

    expect(verdicts).toEqual(["alive by state", "alive by state", "dead by absence"]);
  });

  it("F08 sees what comes back, and T47 what is made anew", async () => {
    const gateway = await aGateway();
    const { first, far } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.faults.add({ on: { method: "DELETE" }, fault: gateway.lies.returns(first.id, { reads: 2 }) });
    await apiKey.revoke(session, finding);

    const verdicts = [];
    for (let look = 0; look < 2; look += 1) verdicts.push(verdictOf(await apiKey.verify(session, finding)));
    expect(verdicts).toEqual(["dead by absence", "alive by state"]);

    gateway.faults.add({ on: { method: "DELETE" }, fault: gateway.lies.remints(far.id) });
    const { finding: distant } = await discoverOne(session, far);
    await apiKey.revoke(session, distant);
    const { findings } = await discoverAll(session);
    expect(findings.filter(({ facts }) => facts["region"] === abroad && facts["enabled"] === true)).toHaveLength(1);
  });

  it.each([
    { name: "the key", on: { path: /^\/apikeys\// } },
    { name: "anything", on: {} },
  ])("I14 does not take for dead what it may not see: $name", async ({ on }) => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.faults.add({ on, times: "always", fault: gateway.lies.hides() });

    expect(await rejection(apiKey.verify(session, finding))).toMatchObject({ code: "not-visible" });
  });

  it("I14 does not take for dead what one region does not show, though another answers", async () => {
    const gateway = await aGateway();
    const { far } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, far);
    await apiKey.revoke(session, finding);
    gateway.faults.add({ on: { door: `control/${abroad}`, path: /^\/apikeys\?/ }, fault: answers(503, {}) });

    expect(await rejection(apiKey.verify(session, finding))).toMatchObject({ code: "unavailable" });
    expect(verdictOf(await apiKey.verify(session, finding))).toBe("dead by absence");
  });

  it("F07 does not take another key's answer for this one's", async () => {
    const gateway = await aGateway();
    const { first, second } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    gateway.faults.add({ on: { path: /^\/apikeys\// }, times: "always", fault: gateway.lies.answersFor(second.id) });

    for (const work of [apiKey.verify, apiKey.disable, apiKey.revoke]) {
      expect(await rejection(work(session, finding))).toMatchObject({ code: "invalid-response" });
    }
    expect(gateway.writes()).toEqual([]);
  });

  it("does not lose a key in pages that drift while others go", async () => {
    const gateway = await aGateway({ paging: "position", pageSize: 1 });
    const { first } = plantWorld(gateway);
    const { session } = await openAt(gateway);
    const { finding } = await discoverOne(session, first);
    const earlier = [...gateway.state(home).keys.keys()].find((id) => id < first.id);
    gateway.faults.add({
      on: { path: /^\/apikeys\?/ },
      fault: gateway.lies.pagesDrift(() => {
        if (earlier !== undefined) gateway.remove(earlier);
      }),
    });

    expect(verdictOf(await apiKey.verify(session, finding))).toBe("alive by state");
  });
});
