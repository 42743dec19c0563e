import { DeleteApiKeyCommand, GetApiKeysCommand, UpdateApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { peakPerSecond } from "../../../connectors/testkit/aws/call-rate.ts";
import { signedCall } from "./signed-call.ts";
import { aClock, aGateway, sdk } from "./support.ts";

describe("the state of an owner", () => {
  it("covers tag and customer id in every region, and changes with each of its keys and plans alone", async () => {
    const gateway = await aGateway({ regions: ["eu-central-1", "us-east-1"] });
    const { keys } = gateway.plant({
      keys: [
        { owner: "leaver", usagePlans: ["gold"] },
        { customerId: "leaver", region: "us-east-1", enabled: false },
        { owner: "leaver2", usagePlans: ["gold"] },
        { owner: "Leaver", name: "leaver" },
      ],
    });
    const [first, second, third] = keys;
    const [mine, others] = [gateway.stateOf("leaver"), gateway.stateOf("leaver2")];

    await sdk(gateway).send(new DeleteApiKeyCommand({ apiKey: third?.id }));
    const unmoved = gateway.stateOf("leaver");
    const alive = gateway.aliveOf("leaver");
    await sdk(gateway, { region: "us-east-1" }).send(new DeleteApiKeyCommand({ apiKey: second?.id }));

    expect([mine.includes(first?.id ?? ""), mine.includes(second?.id ?? ""), mine.includes(third?.id ?? "")]).toEqual([
      true,
      true,
      false,
    ]);
    expect([unmoved === mine, gateway.stateOf("leaver") === mine, gateway.stateOf("leaver2") === others]).toEqual([
      true,
      false,
      false,
    ]);
    expect(alive).toEqual([first?.id]);
    expect(JSON.parse(mine)).toMatchObject([{ usagePlans: [first?.usagePlans[0]?.id] }, { usagePlans: [] }]);
  });

  it("goes by the tag that the fake was told", async () => {
    const gateway = await aGateway({ ownerTag: "belongs-to" });
    const { keys } = gateway.plant({ keys: [{ owner: "robin.sample" }] });

    const { items } = await sdk(gateway).send(new GetApiKeysCommand({}));

    expect(items?.[0]?.tags).toEqual({ "belongs-to": "robin.sample" });
    expect(gateway.aliveOf("robin.sample")).toEqual([keys[0]?.id]);
  });

  it("is what reading leaves byte-equal", async () => {
    const gateway = await aGateway();
    gateway.plant({ keys: [{ owner: "robin.sample", usagePlans: ["gold"] }] });
    const before = gateway.stateOf("robin.sample");

    for (let at = 0; at < 3; at += 1) await sdk(gateway).send(new GetApiKeysCommand({ includeValues: true }));

    expect([gateway.stateOf("robin.sample"), gateway.writes(), gateway.effects()]).toEqual([before, [], 0]);
  });
});

describe("what the reference does not know", () => {
  it.each([
    { name: "a route", method: "GET", path: "/apikeys/x/keys", violation: { what: "route" } },
    { name: "a route of the other version", method: "GET", path: "/v2/apis", violation: { what: "route" } },
    { name: "a method", method: "PUT", path: "/apikeys/x", violation: { what: "method" } },
    {
      name: "a query name",
      method: "GET",
      path: "/apikeys?nameQuery=x",
      violation: { what: "query", name: "nameQuery" },
    },
    {
      name: "a body name",
      method: "POST",
      path: "/apikeys",
      body: { owner: "x" },
      violation: { what: "body", name: "owner" },
    },
    {
      name: "a body name below a list",
      method: "PATCH",
      path: "/apikeys/x",
      body: { patchOperations: [{ operation: "replace" }] },
      violation: { what: "body", name: "patchOperations.operation" },
    },
    {
      name: "a body where none is",
      method: "DELETE",
      path: "/apikeys/x",
      body: { a: 1 },
      violation: { what: "body", name: "a" },
    },
  ])("$name", async ({ method, path, body, violation }) => {
    const gateway = await aGateway();

    await signedCall(gateway, method, path, body);

    expect(gateway.violations()).toEqual([{ ...violation, method, path: path.split("?")[0] }]);
    gateway.clearCalls();
    expect([gateway.violations(), gateway.calls()]).toEqual([[], []]);
  });

  it.each([
    { method: "GET", path: "/v2/apis" },
    { method: "PUT", path: "/apikeys/x" },
  ])("$method $path is refused in XML, as by the front of many a service", async ({ method, path }) => {
    const gateway = await aGateway();

    const { status, text } = await signedCall(gateway, method, path);

    expect(status).toBe(403);
    expect(text).toMatch(/^<AccessDeniedException>\s+<Message>Unable to determine service\/operation name/);
  });

  it.each(["no json", "[1]", "7"])("a body that is no JSON object (%s) is a bad request", async (body) => {
    const gateway = await aGateway();

    const { status, text } = await signedCall(gateway, "POST", "/apikeys", body);

    expect([status, text, gateway.effects()]).toEqual([400, '{"message":"Invalid JSON in request body"}', 0]);
  });
});

describe("the call log", () => {
  it("tells reads from writes, and the doors apart", async () => {
    const gateway = await aGateway({ regions: ["eu-central-1", "us-east-1"] });
    const { keys } = gateway.plant({ keys: [{ usagePlans: ["gold"] }] });
    const apiKey = keys[0]?.id;
    await sdk(gateway).send(new GetApiKeysCommand({ limit: 5 }));
    await sdk(gateway).send(new UpdateApiKeyCommand({ apiKey, patchOperations: [] }));
    await sdk(gateway, { region: "us-east-1" }).send(new GetApiKeysCommand({}));
    await fetch(gateway.stageUrl(), { method: "POST", headers: { "x-api-key": keys[0]?.value ?? "" } });

    expect(gateway.calls()).toMatchObject([
      { door: "control/eu-central-1", method: "GET", path: "/apikeys?limit=5", status: 200, isWrite: false },
      { door: "control/eu-central-1", method: "PATCH", path: `/apikeys/${apiKey}`, isWrite: true },
      { door: "control/us-east-1", method: "GET", path: "/apikeys" },
      { door: "data", method: "POST", status: 200 },
    ]);
    expect(gateway.writes().map(({ method }) => method)).toEqual(["PATCH"]);
  });

  it("knows the most calls of a region in any sliding second", async () => {
    const clock = aClock(1_700_000_000_900);
    const gateway = await aGateway({ regions: ["eu-central-1", "us-east-1"], clock: clock.now });
    const client = sdk(gateway);
    for (const ms of [99, 1, 900, 0, 0, 1_000]) {
      await client.send(new GetApiKeysCommand({}));
      clock.pass(ms);
    }
    await sdk(gateway, { region: "us-east-1" }).send(new GetApiKeysCommand({}));

    expect([gateway.peakPerSecond(), gateway.peakPerSecond("us-east-1")]).toEqual([5, 1]);
    gateway.clearCalls();
    expect(gateway.peakPerSecond()).toBe(0);
  });

  it.each([
    { times: [], peak: 0 },
    { times: [0], peak: 1 },
    { times: [0, 999], peak: 2 },
    { times: [0, 1_000], peak: 1 },
    { times: [2_000, 500, 1_400, 999, 0], peak: 3 },
  ])("a sliding second over $times holds at most $peak", ({ times, peak }) => {
    expect(peakPerSecond(times)).toBe(peak);
  });
});

it.each([
  { name: "a value that is too short", keys: [{ value: "short" }], message: "between 20 and 128 characters" },
  {
    name: "a value twice",
    keys: [{ value: "twice-twice-twice-twice" }, { value: "twice-twice-twice-twice" }],
    message: "already exists",
  },
  { name: "two plans of one stage", keys: [{ usagePlans: ["gold", "silver"] }], message: "same API stage" },
  { name: "a region there is not", keys: [{ region: "mars-north-1" }], message: "no region" },
])("plants nothing that the service would not have: $name", async ({ keys, message }) => {
  const gateway = await aGateway();

  expect(() => gateway.plant({ keys })).toThrow(message);
});

it.each(["controlUrl", "stageUrl"] as const)("%s knows its regions only", async (url) => {
  const gateway = await aGateway();

  expect(() => gateway[url]("mars-north-1")).toThrow("no region mars-north-1");
});
