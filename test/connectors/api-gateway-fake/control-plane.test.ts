import {
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetAccountCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetRestApisCommand,
  GetTagsCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeyCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  paginateGetApiKeys,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiKeyCommand,
} from "@aws-sdk/client-api-gateway";
import { aClock, aGateway, outcomeOf, sdk } from "./support.ts";

/** Two regions, and an owner with a key in each; the first is in a plan. */
async function aWorld() {
  const gateway = await aGateway({ regions: ["eu-central-1", "us-east-1"] });
  const { keys } = gateway.plant({
    keys: [
      { name: "orders", owner: "robin.sample", usagePlans: ["gold"], description: "of Robin" },
      { name: "orders-us", owner: "robin.sample", region: "us-east-1", usagePlans: ["gold"] },
    ],
  });
  const [eu, us] = keys;
  if (eu === undefined || us === undefined) throw new Error("not planted");
  return { gateway, eu, us, plan: eu.usagePlans[0]?.id ?? "", client: sdk(gateway) };
}

describe("an API key", () => {
  it("is made disabled, with a value of its own, and found without it unless asked", async () => {
    const { gateway, client } = await aWorld();

    const made = await client.send(
      new CreateApiKeyCommand({ name: "n", tags: { owner: "kim.sample" }, customerId: "c" }),
    );
    const plain = await client.send(new GetApiKeyCommand({ apiKey: made.id }));
    const full = await client.send(new GetApiKeyCommand({ apiKey: made.id, includeValue: true }));

    expect(made).toMatchObject({
      name: "n",
      enabled: false,
      tags: { owner: "kim.sample" },
      customerId: "c",
      stageKeys: [],
    });
    expect([made.id, made.value]).toEqual([expect.stringMatching(/^[a-z0-9]{10}$/), expect.stringMatching(/^\w{40}$/)]);
    expect([plain.value, full.value]).toEqual([undefined, made.value]);
    expect(plain.$metadata).toMatchObject({ httpStatusCode: 200, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(gateway.violations()).toEqual([]);
    expect(gateway.effects()).toBe(1);
  });

  it("carries when it was made and last changed, in whole seconds", async () => {
    const clock = aClock(1_700_000_000_999);
    const gateway = await aGateway({ clock: clock.now });
    const client = sdk(gateway);
    const made = await client.send(new CreateApiKeyCommand({}));
    clock.pass(5_000);

    const { lastUpdatedDate, createdDate } = await client.send(
      new UpdateApiKeyCommand({ apiKey: made.id, patchOperations: [] }),
    );

    expect([createdDate, lastUpdatedDate]).toEqual([new Date(1_700_000_000_000), new Date(1_700_000_005_000)]);
  });

  it("is disabled, enabled, renamed, then deleted once", async () => {
    const { gateway, client, eu } = await aWorld();
    const replace = (path: string, value: string) =>
      client.send(new UpdateApiKeyCommand({ apiKey: eu.id, patchOperations: [{ op: "replace", path, value }] }));

    const disabled = await replace("/enabled", "false");
    const whileDisabled = gateway.alive(eu);
    const enabled = await replace("/enabled", "true");
    const renamed = await replace("/name", "other");
    const deleted = await client.send(new DeleteApiKeyCommand({ apiKey: eu.id }));
    const again = await outcomeOf(client.send(new DeleteApiKeyCommand({ apiKey: eu.id })));

    expect([disabled.enabled, whileDisabled, enabled.enabled, renamed.name]).toEqual([false, false, true, "other"]);
    expect([deleted.$metadata.httpStatusCode, again]).toEqual([202, "NotFoundException 404"]);
    expect([gateway.alive(eu), gateway.effects(), gateway.writes().length]).toEqual([false, 4, 5]);
  });

  it.each([
    { operation: { op: "add", path: "/enabled", value: "false" } },
    { operation: { op: "remove", path: "/name" } },
    { operation: { op: "replace", path: "/enabled", value: "no" } },
    { operation: { op: "replace", path: "/enabled" } },
    { operation: { op: "replace", path: "/value", value: "x" } },
    { operation: { op: "replace", path: "/tags/owner", value: "x" } },
    { operation: { op: "replace", path: "/toString", value: "x" } },
    { operation: { op: "add", path: "/stages", value: "a/prod" } },
  ] as const)("keeps all as it was at $operation", async ({ operation }) => {
    const { gateway, client, eu } = await aWorld();
    const before = gateway.stateOf("robin.sample");
    const first = { op: "replace", path: "/name", value: "half" } as const;

    const patch = client.send(new UpdateApiKeyCommand({ apiKey: eu.id, patchOperations: [first, operation] }));

    expect(await outcomeOf(patch)).toBe("BadRequestException 400");
    expect(gateway.stateOf("robin.sample")).toBe(before);
  });

  it.each([
    { name: "too short", value: "short" },
    { name: "too long", value: "x".repeat(129) },
  ])("takes no value that is $name", async ({ value }) => {
    const { client } = await aWorld();

    expect(await outcomeOf(client.send(new CreateApiKeyCommand({ value })))).toBe("BadRequestException 400");
  });

  it("has a value that no other key has", async () => {
    const { client, eu, us } = await aWorld();

    const twice = await outcomeOf(client.send(new CreateApiKeyCommand({ value: eu.value })));
    const inAnotherRegion = await outcomeOf(client.send(new CreateApiKeyCommand({ value: us.value })));

    expect([twice, inAnotherRegion]).toEqual(["ConflictException 409", "ok"]);
  });

  it("is known in its own region only", async () => {
    const { gateway, eu, us } = await aWorld();
    const american = sdk(gateway, { region: "us-east-1" });

    const listed = await american.send(new GetApiKeysCommand({}));
    const there = await outcomeOf(american.send(new DeleteApiKeyCommand({ apiKey: eu.id })));

    expect(listed.items?.map(({ id }) => id)).toEqual([us.id]);
    expect([there, gateway.alive(eu)]).toEqual(["NotFoundException 404", true]);
  });
});

describe("lists", () => {
  it.each([
    { ask: {}, names: ["leaver", "leaver2", "Leaver", "other"] },
    { ask: { nameQuery: "leaver" }, names: ["leaver", "leaver2"] },
    { ask: { customerId: "c-1" }, names: ["other"] },
    { ask: { customerId: "c" }, names: [] },
    { ask: { nameQuery: "nobody" }, names: [] },
  ])("of keys for $ask: a name is a prefix, a customer is exact", async ({ ask, names }) => {
    const gateway = await aGateway();
    gateway.plant({
      keys: [{ name: "leaver" }, { name: "leaver2" }, { name: "Leaver" }, { name: "other", customerId: "c-1" }],
    });

    const { items } = await sdk(gateway).send(new GetApiKeysCommand(ask));

    expect(items?.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(items?.every(({ value }) => value === undefined)).toBe(true);
  });

  it("carry values when asked to", async () => {
    const { client, eu } = await aWorld();

    const { items } = await client.send(new GetApiKeysCommand({ includeValues: true }));

    expect(items?.map(({ value }) => value)).toEqual([eu.value]);
  });

  it.each([
    { planted: 60, options: {}, limit: undefined, pages: [25, 25, 10] },
    { planted: 60, options: {}, limit: 50, pages: [50, 10] },
    { planted: 3, options: { pageSize: 1 }, limit: 500, pages: [1, 1, 1] },
    { planted: 2, options: { pageSize: 2 }, limit: undefined, pages: [2] },
    { planted: 3, options: { pageSize: 1, paging: "position" as const }, limit: undefined, pages: [1, 1, 1] },
  ])("$planted keys, limit $limit, $options: pages of $pages", async ({ planted, options, limit, pages }) => {
    const gateway = await aGateway(options);
    const { keys } = gateway.plant({ keys: Array.from({ length: planted }, () => ({})) });
    const config = { client: sdk(gateway), ...(limit === undefined ? {} : { pageSize: limit }) };

    const seen: string[][] = [];
    for await (const { items = [] } of paginateGetApiKeys(config, {})) seen.push(items.map(({ id }) => id ?? ""));

    expect(seen.map((page) => page.length)).toEqual(pages);
    expect(seen.flat()).toEqual(keys.map(({ id }) => id).sort());
    expect(gateway.violations()).toEqual([]);
  });

  it.each([
    { name: "a limit of none", ask: { limit: 0 } },
    { name: "a position of no form", ask: { position: "next" } },
    { name: "a position that holds an object", ask: { position: "e30=" } },
    { name: "a position that is cut off", ask: { position: "WzdQ" } },
  ])("refuse $name", async ({ ask }) => {
    const { client } = await aWorld();

    expect(await outcomeOf(client.send(new GetApiKeysCommand(ask)))).toBe("BadRequestException 400");
  });
});

describe("usage plans", () => {
  it("are listed, of a key too, and name their stages", async () => {
    const { client, eu, plan } = await aWorld();

    const all = await client.send(new GetUsagePlansCommand({}));
    const ofKey = await client.send(new GetUsagePlansCommand({ keyId: eu.id }));
    const ofNone = await client.send(new GetUsagePlansCommand({ keyId: "nobody" }));
    const one = await client.send(new GetUsagePlanCommand({ usagePlanId: plan }));
    const apis = await client.send(new GetRestApisCommand({}));

    expect([all.items, ofKey.items, ofNone.items].map((items) => items?.map(({ id }) => id))).toEqual([
      [plan],
      [plan],
      [],
    ]);
    expect(one.apiStages).toEqual([{ apiId: apis.items?.[0]?.id, stage: "prod" }]);
  });

  it("lose a key, take it back, and hand out its value with it", async () => {
    const { gateway, client, eu, plan } = await aWorld();
    const inPlan = { usagePlanId: plan, keyId: eu.id };

    const before = await client.send(new GetUsagePlanKeysCommand({ usagePlanId: plan, nameQuery: "ord" }));
    const removed = await client.send(new DeleteUsagePlanKeyCommand(inPlan));
    const missing = await outcomeOf(client.send(new GetUsagePlanKeyCommand(inPlan)));
    const again = await outcomeOf(client.send(new DeleteUsagePlanKeyCommand(inPlan)));
    const added = await client.send(new CreateUsagePlanKeyCommand({ ...inPlan, keyType: "API_KEY" }));
    const twice = await outcomeOf(client.send(new CreateUsagePlanKeyCommand({ ...inPlan, keyType: "API_KEY" })));

    expect(before.items).toEqual([{ id: eu.id, type: "API_KEY", value: eu.value, name: "orders" }]);
    expect([removed.$metadata.httpStatusCode, added.$metadata.httpStatusCode]).toEqual([202, 201]);
    expect([missing, again, twice]).toEqual([
      "NotFoundException 404",
      "NotFoundException 404",
      "ConflictException 409",
    ]);
    expect([added.value, gateway.violations()]).toEqual([eu.value, []]);
  });

  it.each([
    { what: "an unknown plan", plan: "nobody", keyId: null, keyType: "API_KEY", outcome: "NotFoundException 404" },
    { what: "an unknown key", plan: null, keyId: "nobody", keyType: "API_KEY", outcome: "NotFoundException 404" },
    { what: "another type of key", plan: null, keyId: null, keyType: "USER", outcome: "BadRequestException 400" },
  ])("refuse $what: $outcome", async ({ plan: otherPlan, keyId, keyType, outcome }) => {
    const { client, eu, plan } = await aWorld();
    const join = { usagePlanId: otherPlan ?? plan, keyId: keyId ?? eu.id, keyType };

    expect(await outcomeOf(client.send(new CreateUsagePlanKeyCommand(join)))).toBe(outcome);
  });

  it("allow a key one plan for each stage", async () => {
    const gateway = await aGateway();
    const { keys } = gateway.plant({
      keys: [{ usagePlans: ["gold", { name: "lab", stages: ["test"] }] }, { usagePlans: ["silver"] }],
    });
    const [ada, bob] = keys;
    const join = { usagePlanId: bob?.usagePlans[0]?.id, keyId: ada?.id, keyType: "API_KEY" };

    expect(await outcomeOf(sdk(gateway).send(new CreateUsagePlanKeyCommand(join)))).toBe("ConflictException 409");
    expect(ada?.usagePlans.map(({ name }) => name)).toEqual(["gold", "lab"]);
  });

  it("lose a key that is deleted", async () => {
    const { client, eu, plan } = await aWorld();

    await client.send(new DeleteApiKeyCommand({ apiKey: eu.id }));

    expect((await client.send(new GetUsagePlanKeysCommand({ usagePlanId: plan }))).items).toEqual([]);
  });
});

describe("tags", () => {
  it("are read, merged and taken off by ARN", async () => {
    const { gateway, client, eu } = await aWorld();

    const put = await client.send(new TagResourceCommand({ resourceArn: eu.arn, tags: { team: "a b", env: "prod" } }));
    const removed = await client.send(new UntagResourceCommand({ resourceArn: eu.arn, tagKeys: ["env", "none"] }));
    const { tags } = await client.send(new GetTagsCommand({ resourceArn: eu.arn }));

    expect([put.$metadata.httpStatusCode, removed.$metadata.httpStatusCode]).toEqual([204, 204]);
    expect(tags).toEqual({ owner: "robin.sample", team: "a b" });
    expect(gateway.violations()).toEqual([]);
  });

  it.each([
    { what: "a reserved key", tags: { "aws:x": "1" }, arn: null, outcome: "BadRequestException 400" },
    { what: "a long value", tags: { a: "x".repeat(257) }, arn: null, outcome: "BadRequestException 400" },
    {
      what: "an ARN of no key",
      tags: {},
      arn: "arn:aws:apigateway:eu-central-1::/apikeys/none",
      outcome: "NotFoundException 404",
    },
    {
      what: "an ARN of another region",
      tags: {},
      arn: "arn:aws:apigateway:us-east-1::/apikeys/x",
      outcome: "BadRequestException 400",
    },
    { what: "no ARN", tags: {}, arn: "orders", outcome: "BadRequestException 400" },
  ])("refuse $what: $outcome", async ({ tags, arn, outcome }) => {
    const { client, eu } = await aWorld();

    expect(await outcomeOf(client.send(new TagResourceCommand({ resourceArn: arn ?? eu.arn, tags })))).toBe(outcome);
  });
});

it("the account says that usage plans are on", async () => {
  const { client } = await aWorld();

  expect((await client.send(new GetAccountCommand({}))).features).toEqual(["UsagePlans"]);
});
