import { answers, emptyBody, htmlBody, truncatedJson, wrongTypes } from "../../../connectors/testkit/faults/index.ts";
import type { Fault } from "../../../connectors/testkit/faults/index.ts";
import {
  abroad,
  aGateway,
  apiKey,
  connector,
  discoverAll,
  freeze,
  home,
  leaver,
  openAt,
  plantWorld,
  probesAt,
  rejection,
} from "./support.ts";

describe("discovery", () => {
  it.each([1, 2, 500])("finds each key once in pages of %i, and nothing of anybody else", async (pageSize) => {
    const gateway = await aGateway();
    const { all } = plantWorld(gateway);
    const { session } = await openAt(gateway, { settings: { pageSize } });

    const { findings, materials } = await discoverAll(session);

    expect(findings.map(({ ref }) => ref).toSorted()).toEqual(
      all.map(({ region, id }) => `${region}/${id}`).toSorted(),
    );
    expect(new Set(findings.map(({ accountId }) => accountId))).toEqual(new Set([leaver.id]));
    expect(materials.size).toBe(0);
    expect(gateway.violations()).toEqual([]);
  });

  it("tells where a key lives and what it opens", async () => {
    const gateway = await aGateway();
    const { first, idle } = plantWorld(gateway);
    const { session } = await openAt(gateway);

    const { findings } = await discoverAll(session);

    const api = gateway.state(home).api.id;
    expect(findings.find(({ ref }) => ref === `${home}/${first.id}`)).toMatchObject({
      kind: "api-key",
      label: `API key first in ${home}`,
      holder: "owned",
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      lastUsedAt: null,
      facts: {
        region: home,
        enabled: true,
        switchedOffByUs: false,
        customerId: "C-1",
        usagePlans: first.usagePlans[0]?.id,
        stages: `${api}/prod`,
      },
    });
    expect(findings.find(({ ref }) => ref === `${abroad}/${idle.id}`)?.facts).toMatchObject({
      enabled: false,
      usagePlans: "",
      stages: "",
    });
  });

  it("I15 asks for the value of a key only where that key can be tried, and never for anybody else's", async () => {
    const gateway = await aGateway();
    const { first } = plantWorld(gateway);
    const { session, exchanges, lines } = await openAt(gateway, { settings: probesAt(gateway, [home]) });

    const { findings, materials } = await discoverAll(session);

    expect([...materials].map(([ref, secret]) => [ref, secret.reveal()])).toEqual([
      [`${home}/${first.id}`, "canary-key-1-of-the-leaver"],
    ]);
    const asked = gateway.calls().filter(({ path }) => /includeValues?=true/.test(path));
    expect(asked.map(({ path }) => path)).toEqual([`/apikeys/${first.id}?includeValue=true`]);
    const told = [JSON.stringify(findings), ...exchanges.map(({ bytes }) => Buffer.from(bytes).toString()), ...lines];
    for (const text of told) expect(text).not.toContain("canary");
  });

  it("names in its evidence which region was looked at", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session, exchanges } = await openAt(gateway);

    await discoverAll(session);

    const seen = exchanges.map(({ bytes }): unknown => JSON.parse(Buffer.from(bytes).toString()));
    for (const region of [home, abroad]) {
      expect(seen).toContainEqual(expect.objectContaining({ operation: "GetApiKeys", template: `${region}/apikeys` }));
    }
  });

  it("finds what our own freeze has switched off", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway);
    await freeze(session);

    const { findings } = await discoverAll(session);

    expect(findings.map(({ facts }) => `${facts["enabled"]} ${facts["switchedOffByUs"]}`).toSorted()).toEqual([
      "false false",
      "false true",
      "false true",
      "false true",
    ]);
  });

  it.each(["AccessDeniedException", "NotFoundException"] as const)(
    "finds the keys although their usage plans are refused: %s",
    async (type) => {
      const gateway = await aGateway();
      plantWorld(gateway);
      gateway.faults.add({ on: { path: /^\/usageplans/ }, times: "always", fault: gateway.lies.refuses(type) });
      const { session } = await openAt(gateway, { settings: probesAt(gateway) });

      const { findings, materials } = await discoverAll(session);

      expect(findings).toHaveLength(4);
      expect(findings[0]?.facts["usagePlans"]).toBeNull();
      expect(materials.size).toBe(0);
    },
  );

  it("gives what the other regions hold before it says that one could not be read", async () => {
    const gateway = await aGateway();
    const { far, idle } = plantWorld(gateway);
    gateway.faults.add({ on: { door: `control/${home}` }, times: "always", fault: answers(503, {}) });
    const { session } = await openAt(gateway);
    const found: string[] = [];

    const attempt = (async () => {
      for await (const { items } of apiKey.discover(session, leaver)) found.push(...items.map(({ ref }) => ref));
    })();

    expect(await rejection(attempt)).toMatchObject({ code: "unavailable", message: expect.stringContaining(home) });
    expect(found.toSorted()).toEqual([far, idle].map(({ id }) => `${abroad}/${id}`).toSorted());
  });

  it.each(["unauthorized", "rate-limited"])(
    "goes no further where the answer speaks of the whole target: %s",
    async (code) => {
      const gateway = await aGateway();
      plantWorld(gateway);
      const fault =
        code === "unauthorized" ? gateway.lies.refuses("UnrecognizedClientException") : gateway.lies.throttles(3);
      gateway.faults.add({ on: { door: `control/${home}` }, times: "always", fault });
      const { session } = await openAt(gateway);

      expect(await rejection(discoverAll(session))).toMatchObject({ code });
      expect(gateway.calls().map(({ door }) => door)).toEqual([`control/${home}`]);
    },
  );

  it.each<{ name: string; fault: Fault }>([
    { name: "HTML", fault: htmlBody() },
    { name: "nothing", fault: emptyBody() },
    { name: "wrong types", fault: wrongTypes() },
    { name: "half of an answer", fault: truncatedJson() },
    { name: "a list of nothing", fault: answers(200, { item: [null] }) },
    {
      name: "an id that leads elsewhere",
      fault: answers(200, { item: [{ id: "../restapis", tags: { owner: "E-100" } }] }),
    },
    { name: "a position that is none", fault: answers(200, { item: [], position: "" }) },
    { name: "another shape", fault: answers(200, ["surprise"]) },
  ])("F07 takes $name for no listing", async ({ fault }) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    gateway.faults.add({ on: { path: /^\/apikeys/ }, times: "always", fault });
    const { session } = await openAt(gateway);

    expect(await rejection(discoverAll(session))).toMatchObject({ code: "invalid-response" });
    expect(await rejection(connector.account(session, "nobody"))).toMatchObject({ code: "invalid-response" });
  });

  it.each(["same", "none"] as const)("F07 ends a listing that never does: %s", async (items) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    gateway.faults.add({ on: { path: /^\/apikeys/ }, times: "always", fault: gateway.lies.endlessPages(items) });
    const { session } = await openAt(gateway);

    expect(await rejection(discoverAll(session))).toMatchObject({ code: "invalid-response" });
  });
});
