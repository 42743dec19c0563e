import {
  DeleteApiKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetTagsCommand,
  GetUsagePlansCommand,
  paginateGetApiKeys,
  UpdateApiKeyCommand,
} from "@aws-sdk/client-api-gateway";
import type { FakeApiGateway, FakeApiGatewayOptions } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import { andThen, hangsAfter, htmlBody, resetsAfter, resetsBefore } from "../../../connectors/testkit/faults/index.ts";
import { aClock, aGateway, knock, outcomeOf, sdk } from "./support.ts";

/** A leaver with a key in a plan, and somebody else with one. */
async function aWorld(options: FakeApiGatewayOptions = {}) {
  const gateway = await aGateway(options);
  const [key, other] = gateway.plant({
    keys: [
      { owner: "robin.sample", customerId: "c-robin", usagePlans: ["gold"] },
      { owner: "kim.sample", customerId: "c-kim", usagePlans: ["silver"] },
    ],
  }).keys;
  if (key === undefined || other === undefined) throw new Error("not planted");
  const client = sdk(gateway);
  const disable = { apiKey: key.id, patchOperations: [{ op: "replace", path: "/enabled", value: "false" } as const] };
  return {
    gateway,
    key,
    other,
    client,
    remove: () => client.send(new DeleteApiKeyCommand({ apiKey: key.id })),
    disable: () => client.send(new UpdateApiKeyCommand(disable)),
    look: () => outcomeOf(client.send(new GetApiKeyCommand({ apiKey: key.id }))),
  };
}

/** Ids of all keys, page by page, for at most `most` pages. */
async function idsOf(gateway: FakeApiGateway, most = 50): Promise<string[]> {
  const ids: string[] = [];
  const client = sdk(gateway);
  let position: string | undefined;
  for (let page = 0; page < most; page += 1) {
    const ask = position === undefined ? {} : { position };
    const answer = await client.send(new GetApiKeysCommand(ask));
    ids.push(...(answer.items ?? []).map(({ id }) => id ?? ""));
    position = answer.position;
    if (position === undefined) return ids;
  }
  return ids;
}

describe("F07 success without effect", () => {
  it("the stubborn key survives as many deletions as it was told, each answered 202", async () => {
    const { gateway, key, remove } = await aWorld();
    gateway.stubborn(key.id, 2);

    const seen: [string, boolean, number][] = [];
    for (let at = 0; at < 4; at += 1) {
      seen.push([await outcomeOf(remove()), gateway.alive(key), await knock(gateway.stageUrl(), key.value)]);
    }

    expect(seen).toEqual([
      ["ok", true, 200],
      ["ok", true, 200],
      ["ok", false, 403],
      ["NotFoundException 404", false, 403],
    ]);
    expect([gateway.effects(), gateway.faults.unfired()]).toEqual([1, []]);
  });

  it("a change that says disabled, and is not", async () => {
    const { gateway, key, disable } = await aWorld();
    const before = gateway.stateOf("robin.sample");
    gateway.stubborn(key.id, 1, "PATCH");

    const lied = await disable();
    const unchanged = gateway.stateOf("robin.sample");
    await disable();

    expect([lied.enabled, unchanged, gateway.alive(key)]).toEqual([false, before, false]);
  });

  it("is for the key it was told of, by its own deletion", async () => {
    const { gateway, key, other, client } = await aWorld();
    gateway.stubborn(key.id);

    await client.send(new DeleteApiKeyCommand({ apiKey: other.id }));

    expect([gateway.alive(other), gateway.faults.report()]).toMatchObject([false, [{ matched: 0 }]]);
  });
});

describe("F06 refusals without an effect", () => {
  it.each([
    { fault: "throttles" as const, after: undefined, outcome: "TooManyRequestsException 429" },
    { fault: "throttles" as const, after: 7, outcome: "TooManyRequestsException 429" },
    { fault: "throttles" as const, after: "soon", outcome: "TooManyRequestsException 429" },
    { fault: "hides" as const, after: undefined, outcome: "NotFoundException 404" },
  ])("$fault, Retry-After $after: $outcome", async ({ fault, after, outcome }) => {
    const { gateway, key, remove } = await aWorld();
    const { lies } = gateway;
    gateway.faults.add({ on: { method: "DELETE" }, fault: fault === "hides" ? lies.hides() : lies.throttles(after) });

    const refused = remove();

    await expect(refused).rejects.toMatchObject(after === undefined ? {} : { retryAfterSeconds: String(after) });
    expect(await outcomeOf(refused)).toBe(outcome);
    expect([gateway.alive(key), gateway.effects(), gateway.writes()]).toMatchObject([true, 0, [{ method: "DELETE" }]]);
  });

  it.each([
    ["BadRequestException", 400],
    ["UnauthorizedException", 401],
    ["AccessDeniedException", 403],
    ["ExpiredTokenException", 403],
    ["ConflictException", 409],
    ["LimitExceededException", 429],
    ["InternalFailure", 500],
    ["ServiceUnavailableException", 503],
  ] as const)("%s is %s", async (type, status) => {
    const { gateway, key, remove } = await aWorld();
    gateway.faults.add({ on: { subject: "robin.sample" }, fault: gateway.lies.refuses(type, "because") });

    expect(await outcomeOf(remove())).toBe(`${type} ${status}`);
    expect(gateway.alive(key)).toBe(true);
  });

  it("a share of calls is throttled, the same ones for the same seed, and none at the data plane", async () => {
    const tried = async (seed: number) => {
      const { gateway, key, look } = await aWorld({ throttleShare: 0.6, throttleRetryAfter: 1, seed });
      const outcomes: string[] = [];
      for (let at = 0; at < 100; at += 1) outcomes.push(await look());
      return { outcomes, doors: await knock(gateway.stageUrl(), key.value) };
    };

    const [one, same, another] = [await tried(7), await tried(7), await tried(8)];

    const throttled = one.outcomes.filter((outcome) => outcome === "TooManyRequestsException 429").length;
    expect([throttled > 45, throttled < 75, one.outcomes.includes("ok"), one.doors]).toEqual([true, true, true, 200]);
    expect(same.outcomes).toEqual(one.outcomes);
    expect(another.outcomes).not.toEqual(one.outcomes);
  });
});

describe("F05 connections that break", () => {
  it.each([
    { fault: resetsBefore(), isAlive: true },
    { fault: resetsAfter(), isAlive: false },
  ])("$fault.name: no answer, alive is $isAlive", async ({ fault, isAlive }) => {
    const { gateway, key, remove } = await aWorld();
    gateway.faults.add({ on: { method: "DELETE", door: "control/eu-central-1" }, fault });

    await expect(remove()).rejects.toMatchObject({ message: expect.stringContaining("ECONNRESET") });

    expect([gateway.alive(key), gateway.effects()]).toEqual([isAlive, isAlive ? 0 : 1]);
  });

  it("HTML instead of JSON, and a probe that hangs", async () => {
    const { gateway, key, look } = await aWorld();
    gateway.faults.add({ on: { method: "GET", path: /^\/apikeys/ }, fault: htmlBody() });
    gateway.faults.add({ on: { door: "data" }, fault: hangsAfter() });

    const waiting = fetch(gateway.stageUrl(), {
      headers: { "x-api-key": key.value },
      signal: AbortSignal.timeout(100),
    });

    expect(await look()).toMatch(/^SyntaxError/);
    await expect(waiting).rejects.toThrow("timeout");
    expect(gateway.faults.unfired()).toEqual([]);
  });
});

describe("F07 the gateway's own lies", () => {
  it.each([
    { items: "same" as const, seen: 40 },
    { items: "none" as const, seen: 0 },
  ])("pages without an end ($items)", async ({ items, seen }) => {
    const { gateway } = await aWorld();
    gateway.faults.add({
      on: { method: "GET", path: /^\/apikeys(\?|$)/ },
      times: "always",
      fault: gateway.lies.endlessPages(items),
    });

    expect(await idsOf(gateway, 20)).toHaveLength(seen);
    expect(gateway.faults.report()).toMatchObject([{ fired: 20, left: "always" }]);
  });

  it.each([
    { name: "keyset, one removed: what stays is seen once", paging: "keyset" as const, missed: 0 },
    { name: "position, one removed: one that stays is missed", paging: "position" as const, missed: 1 },
  ])("pages drift by $name", async ({ paging, missed }) => {
    const gateway = await aGateway({ paging, pageSize: 2 });
    const { keys } = gateway.plant({ keys: Array.from({ length: 6 }, () => ({})) });
    const ids = keys.map(({ id }) => id).sort();
    const fault = gateway.lies.pagesDrift(() => gateway.remove(ids[0] ?? ""));
    gateway.faults.add({ on: { path: /^\/apikeys/ }, fault });

    const seen: string[] = [];
    for await (const { items = [] } of paginateGetApiKeys({ client: sdk(gateway) }, {})) {
      seen.push(...items.map(({ id }) => id ?? ""));
    }

    expect(new Set(seen).size).toBe(seen.length);
    expect(ids.slice(1).filter((id) => !seen.includes(id))).toHaveLength(missed);
    expect(gateway.faults.unfired()).toEqual([]);
  });

  it("answers about another key, whose owner is another one", async () => {
    const { gateway, key, other, client } = await aWorld();
    const fault = gateway.lies.answersFor(other.id);
    gateway.faults.add({ on: { method: "GET" }, times: 4, fault });
    const ask = async () => [
      (await client.send(new GetApiKeyCommand({ apiKey: key.id }))).tags?.owner,
      (await client.send(new GetApiKeysCommand({ customerId: "c-robin" }))).items?.map(({ id }) => id),
      (await client.send(new GetTagsCommand({ resourceArn: key.arn }))).tags?.owner,
      (await client.send(new GetUsagePlansCommand({ keyId: key.id }))).items?.map(({ name }) => name),
    ];

    expect(await ask()).toEqual(["kim.sample", [other.id], "kim.sample", ["silver"]]);
    expect(await ask()).toEqual(["robin.sample", [key.id], "robin.sample", ["gold"]]);
  });

  it("a deleted key is still shown for so many reads, while the stage refuses it", async () => {
    const { gateway, key, other, remove, look } = await aWorld();
    gateway.faults.add({ on: { method: "DELETE" }, fault: gateway.lies.lingers(key.id, { reads: 2 }) });

    await remove();
    const reads = [await idsOf(gateway), await look(), await look(), await idsOf(gateway)];

    expect(reads).toEqual([[key.id, other.id].sort(), "ok", "NotFoundException 404", [other.id]]);
    expect([gateway.alive(key), await knock(gateway.stageUrl(), key.value)]).toEqual([false, 403]);
  });

  it("nothing lingers of a deletion that had no effect", async () => {
    const { gateway, key, remove, look } = await aWorld();
    gateway.stubborn(key.id);
    gateway.faults.add({ on: { method: "DELETE" }, fault: gateway.lies.lingers(key.id, { reads: 9 }) });

    await remove();
    await remove();

    expect(await look()).toBe("NotFoundException 404");
  });

  it.each([
    { span: { reads: 2 }, waitMs: 0 },
    { span: { ms: 1_000 }, waitMs: 500 },
  ])("dead, then alive again ($span), with value and plans", async ({ span, waitMs }) => {
    const clock = aClock();
    const { gateway, key, remove, look } = await aWorld({ clock: clock.now });
    const before = gateway.stateOf("robin.sample");
    gateway.faults.add({ on: { method: "DELETE", subject: key.id }, fault: gateway.lies.returns(key.id, span) });
    await remove();

    const seen: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      seen.push(await look());
      clock.pass(waitMs);
    }

    expect(seen).toEqual(["NotFoundException 404", "NotFoundException 404", "ok"]);
    expect([gateway.alive(key), gateway.stateOf("robin.sample")]).toEqual([true, before]);
    expect(await knock(gateway.stageUrl(), key.value)).toBe(200);
  });

  it("T47 a deleted key whose owner gets a new one at once", async () => {
    const { gateway, key, remove } = await aWorld();
    gateway.faults.add({ on: { method: "DELETE" }, fault: gateway.lies.remints(key.id) });

    await remove();

    const alive = gateway.aliveOf("robin.sample");
    expect([alive.length, alive.includes(key.id), gateway.alive(key)]).toEqual([1, false, false]);
    expect(gateway.works(alive[0] ?? "")).toBe(true);
    expect(gateway.effects()).toBe(1);
  });
});

describe("which calls a script is about", () => {
  it.each([
    { name: "a key, its owner or its customer", subjects: ["key", "robin.sample", "c-robin"], matched: 4 },
    { name: "somebody else", subjects: ["kim.sample"], matched: 0 },
  ])("$name", async ({ subjects, matched }) => {
    const { gateway, key, client, disable } = await aWorld();
    const noted = andThen("noted", () => undefined);
    for (const one of subjects) {
      gateway.faults.add({ on: { subject: one === "key" ? key.id : one }, times: "always", fault: noted });
    }

    await client.send(new GetApiKeyCommand({ apiKey: key.id }));
    await client.send(new GetTagsCommand({ resourceArn: key.arn }));
    await client.send(new GetUsagePlansCommand({ keyId: key.id }));
    await disable();
    await client.send(new GetApiKeysCommand({}));

    expect(gateway.faults.report().map((one) => one.matched)).toEqual(subjects.map(() => matched));
  });
});
