import {
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  UpdateApiKeyCommand,
} from "@aws-sdk/client-api-gateway";
import type { FakeApiGatewayOptions } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import { aClock, aGateway, knock, outcomeOf, sdk } from "./support.ts";

/** A fake with one key that opens `prod`, and what a leaver's offboarding may do to it. */
async function aKey(options: FakeApiGatewayOptions = {}) {
  const gateway = await aGateway(options);
  const [key] = gateway.plant({ keys: [{ owner: "robin.sample", usagePlans: ["gold"] }] }).keys;
  if (key === undefined) throw new Error("not planted");
  const client = sdk(gateway);
  const patchOperations = [{ op: "replace", path: "/enabled", value: "false" } as const];
  return {
    gateway,
    key,
    client,
    disable: () => client.send(new UpdateApiKeyCommand({ apiKey: key.id, patchOperations })),
    remove: () => client.send(new DeleteApiKeyCommand({ apiKey: key.id })),
    leave: () => client.send(new DeleteUsagePlanKeyCommand({ keyId: key.id, usagePlanId: key.usagePlans[0]?.id })),
  };
}

describe("a stage that asks for a key", () => {
  it.each([
    { name: "a good key", key: { usagePlans: ["gold"] }, status: 200 },
    { name: "a disabled key", key: { usagePlans: ["gold"], enabled: false }, status: 403 },
    { name: "a key in no plan", key: {}, status: 403 },
    { name: "a key in a plan without stages", key: { usagePlans: [{ name: "empty", stages: [] }] }, status: 403 },
    { name: "a key in a plan of another stage", key: { usagePlans: [{ name: "lab", stages: ["test"] }] }, status: 403 },
    { name: "a key of another region", key: { usagePlans: ["gold"], region: "us-east-1" }, status: 403 },
  ])("answers $name with $status", async ({ key, status }) => {
    const gateway = await aGateway({ regions: ["eu-central-1", "us-east-1"] });
    const [planted] = gateway.plant({ keys: [key] }).keys;

    expect(await knock(gateway.stageUrl(), planted?.value)).toBe(status);
  });

  it("says no more than Forbidden to anyone else, and who it was to a good one", async () => {
    const { gateway, key } = await aKey();
    const ask = async (url: string, value?: string) => {
      const response = await fetch(url, value === undefined ? {} : { headers: { "X-API-Key": value } });
      return [response.status, response.headers.get("x-amzn-errortype"), await response.json()];
    };
    const forbidden = [403, "ForbiddenException", { message: "Forbidden" }];

    expect(await ask(gateway.stageUrl())).toEqual(forbidden);
    expect(await ask(gateway.stageUrl(), "unknown-unknown-unknown")).toEqual(forbidden);
    expect(await ask(gateway.stageUrl("eu-central-1", "none"), key.value)).toEqual(forbidden);
    expect(await ask(`${new URL(gateway.stageUrl()).origin}/none/prod`, key.value)).toEqual(forbidden);
    expect(await ask(gateway.stageUrl(), key.value)).toEqual([200, null, { message: "ok", apiKeyId: key.id }]);
    expect([gateway.writes(), gateway.violations()]).toEqual([[], []]);
  });

  it.each(["disable", "remove", "leave"] as const)("after %s: refused at once when nothing lags", async (way) => {
    const world = await aKey();

    const before = [world.gateway.works(world.key), await knock(world.gateway.stageUrl(), world.key.value)];
    await world[way]();

    expect(before).toEqual([true, 200]);
    expect([world.gateway.works(world.key), await knock(world.gateway.stageUrl(), world.key.value)]).toEqual([
      false,
      403,
    ]);
    expect(world.gateway.alive(world.key)).toBe(way === "leave");
  });
});

describe("F08 the data plane is behind", () => {
  it.each(["disable", "remove", "leave"] as const)("by so many requests, after %s", async (way) => {
    const { gateway, key, ...ways } = await aKey({ dataPlane: { lagReads: 2 } });
    await ways[way]();

    const seen: [number, boolean][] = [];
    for (let at = 0; at < 3; at += 1) seen.push([await knock(gateway.stageUrl(), key.value), gateway.works(key)]);

    expect(seen).toEqual([
      [200, true],
      [200, false],
      [403, false],
    ]);
  });

  it("by a time, in order, and not at all once it caught up", async () => {
    const clock = aClock();
    const { gateway, key, disable } = await aKey({ dataPlane: { lagMs: 30_000 }, clock: clock.now });
    await disable();

    const at = [gateway.alive(key), gateway.works(key)];
    clock.pass(29_999);
    const before = await knock(gateway.stageUrl(), key.value);
    clock.pass(1);
    const after = await knock(gateway.stageUrl(), key.value);
    gateway.setEnabled(key.id, true);
    const late = await knock(gateway.stageUrl(), key.value);
    gateway.catchUp();

    expect([at, before, after, late]).toEqual([[false, true], 200, 403, 403]);
    expect(await knock(gateway.stageUrl(), key.value)).toBe(200);
  });

  it("a lag that is set later counts for what comes later", async () => {
    const { gateway, key, disable, remove } = await aKey();
    await disable();
    gateway.setEnabled(key.id, true);
    gateway.setLag("data-plane", { lagReads: Infinity });

    await remove();

    expect([gateway.alive(key), gateway.works(key)]).toEqual([false, true]);
  });
});

describe("F08 the control plane's reads are behind", () => {
  it("by so many reads, while writes go by the truth", async () => {
    const { gateway, key, client, remove } = await aKey({ lagReads: 2 });
    await remove();

    const again = await outcomeOf(remove());
    const seen: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      seen.push(await outcomeOf(client.send(new GetApiKeyCommand({ apiKey: key.id }))));
    }

    expect([again, seen]).toEqual(["NotFoundException 404", ["ok", "ok", "NotFoundException 404"]]);
    expect(await knock(gateway.stageUrl(), key.value)).toBe(403);
  });

  it("by a time, for a change as for a list", async () => {
    const clock = aClock();
    const { gateway, key, client, disable } = await aKey({ lagMs: 10_000, clock: clock.now });
    const read = async () => [
      (await client.send(new GetApiKeyCommand({ apiKey: key.id }))).enabled,
      (await client.send(new GetApiKeysCommand({}))).items?.[0]?.enabled,
    ];

    const changed = await disable();
    const before = await read();
    clock.pass(10_000);

    expect([changed.enabled, before, await read()]).toEqual([false, [true, true], [false, false]]);
    expect(gateway.alive(key)).toBe(false);
  });
});
