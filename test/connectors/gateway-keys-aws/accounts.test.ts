import type { Principal } from "../../../connectors/contract/connector.ts";
import { answers } from "../../../connectors/testkit/faults/index.ts";
import { abroad, aGateway, connector, leaver, openAt, others, plantWorld, rejection } from "./support.ts";

async function listAccounts(session: unknown) {
  const all: Principal[] = [];
  for await (const { items, complete } of connector.accounts(session)) {
    expect(complete).toBe(true);
    all.push(...items);
  }
  return all;
}

describe("accounts", () => {
  it.each([1, 2, 500])("are the owners that keys of any region name, in pages of %i", async (pageSize) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { settings: { pageSize } });

    const found = await listAccounts(session);

    expect(found.map(({ id }) => id).toSorted()).toEqual([leaver.id, ...others].toSorted());
    expect(found).toContainEqual({
      id: "E-100",
      label: "E-100",
      attributes: { owner: "E-100", customerId: "C-1" },
      lastUsedAt: null,
    });
    expect(gateway.violations()).toEqual([]);
  });

  it.each([
    { settings: {}, owner: "E-100", attributes: { owner: "E-100" } },
    { settings: { ownerTag: "holder" }, owner: "E-300", attributes: { owner: "E-300", customerId: "C-1" } },
    { settings: { ownerFrom: "customer-id" }, owner: "C-1", attributes: { customerId: "C-1" } },
    { settings: { ownerFrom: "tag-or-customer-id" }, owner: "C-1", attributes: { customerId: "C-1" } },
    { settings: { ownerFrom: "tag-or-customer-id" }, owner: "E-100", attributes: { owner: "E-100" } },
  ])("are told by $settings: $owner", async ({ settings, owner, attributes }) => {
    const gateway = await aGateway();
    gateway.plant({
      keys: [
        { owner: "E-100" },
        { customerId: "C-1", tags: { holder: "E-300" } },
        { customerId: "C-1", region: abroad },
        { tags: { owner: "", holder: "" }, customerId: "" },
        {},
      ],
    });
    const { session } = await openAt(gateway, { settings });

    const found = await listAccounts(session);

    expect(found.find(({ id }) => id === owner)).toEqual({ id: owner, label: owner, attributes, lastUsedAt: null });
    expect(found.every(({ id }) => id !== "")).toBe(true);
  });

  it("name no customer where an owner's keys name several", async () => {
    const gateway = await aGateway();
    gateway.plant({
      keys: [
        { owner: "E-100", customerId: "C-1" },
        { owner: "E-100", customerId: "C-2" },
      ],
    });
    const { session } = await openAt(gateway);

    expect(await listAccounts(session)).toMatchObject([{ id: "E-100", attributes: { owner: "E-100" } }]);
    expect((await listAccounts(session))[0]?.attributes).toEqual({ owner: "E-100" });
  });

  it("are found by their owner alone", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway);

    expect(await connector.account(session, "E-100")).toMatchObject({ id: "E-100" });
    expect(await connector.account(session, "E-10 ")).toBeNull();
    expect(await connector.account(session, "first")).toBeNull();
  });

  it.each([
    {
      name: "not permitted",
      fault: answers(403, {}, { "x-amzn-errortype": "AccessDeniedException" }),
      code: "forbidden",
    },
    { name: "not found", fault: answers(404, {}, { "x-amzn-errortype": "NotFoundException" }), code: "not-visible" },
    { name: "down", fault: answers(503, {}), code: "unavailable" },
  ])("I14 are not whole when one region is $name", async ({ fault, code }) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    gateway.faults.add({ on: { door: `control/${abroad}` }, times: "always", fault });
    const { session } = await openAt(gateway);

    for (const attempt of [listAccounts(session), connector.account(session, "nobody")]) {
      expect(await rejection(attempt)).toMatchObject({ code, message: expect.stringContaining(abroad) });
    }
  });
});
