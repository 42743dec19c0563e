import { gatewayKeys } from "../../../connectors/gateway-keys/index.ts";
import { countEffects } from "../../../connectors/testkit/conformance/index.ts";
import type { ConformanceSubject, ConformanceWorld, Item } from "../../../connectors/testkit/conformance/index.ts";
import { startFakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import type { FakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import type { PlantedKey, PlantKey } from "../../../connectors/testkit/fakes/api-gateway/plant.ts";
import { abroad, home, probesAt, settingsOf } from "./support.ts";
import { vocabularyOf, writes } from "./vocabulary.ts";

const kongs = "Kong's";

/** The connector with its driver for Amazon API Gateway, at a fake of it with two regions; keys of one are tried. */
export const apiGatewaySubject: ConformanceSubject = {
  name: "gateway-keys (AWS)",
  connector: gatewayKeys,
  lacks: {
    "key-auth": kongs,
    jwt: kongs,
    "basic-auth": kongs,
    "hmac-auth": kongs,
    oauth2: kongs,
    "oauth2-token": kongs,
    acl: kongs,
  },
  async openWorld({ pageSize }) {
    let aheadMs = 0;
    const gateway = await startFakeApiGateway({
      regions: [home, abroad],
      clock: () => Date.now() + aheadMs,
      ...(pageSize === undefined ? {} : { pageSize }),
    });
    const effects = countEffects(gateway.faults, () => textOf(gateway), writes);
    const [leaver, bystander, ...lookAlikes] = ["E-100", "E-555", "e-100", "E-1001", "E-100+ci"].map((owner) => ({
      account: { id: owner, label: owner },
      keys: gateway.plant({ keys: holding(owner) }).keys,
    }));
    if (leaver === undefined || bystander === undefined) throw new Error("nobody was planted");
    const everybody = [leaver, bystander, ...lookAlikes];
    for (const { id } of leaver.keys) {
      // Nobody can make a key under an id of their choice, so whatever is put back comes back from here.
      const fault = gateway.lies.returns(id, { ms: 1_000_000 });
      gateway.faults.add({ on: { method: "DELETE", subject: id }, times: "always", fault });
    }
    return {
      settings: { ...settingsOf(gateway), ...probesAt(gateway, [home]), probeTimes: 1 },
      secrets: { ...gateway.admin },
      leaver: leaver.account,
      bystander: bystander.account,
      lookAlikes: lookAlikes.map(({ account }) => account),
      match: { person: robin, rules: [{ attribute: "customerId", equals: "{externalId}", trusted: true }] },
      // API Gateway tells "E-100" from "e-100", and nobody else does.
      ambiguous: { person: robin, rules: [{ attribute: "owner", equals: "{localPart}", trusted: true }] },
      planted: leaver.keys.map(itemOf),
      canaries: everybody.flatMap(({ keys }) => keys.map(({ value }) => value)),
      alive: () => aliveIn(gateway, leaver.account.id),
      stateOf: (id) => (id === leaver.account.id ? withoutLastChange(gateway.stateOf(id)) : gateway.stateOf(id)),
      effects,
      writes: () => gateway.writes(),
      calls: () => gateway.calls(),
      faults: gateway.faults,
      vocabulary: vocabularyOf(gateway, leaver.account.id, async ({ ref }) => {
        aheadMs += 2_000_000;
        gateway.setEnabled(keyIdOf(ref), true);
        return true;
      }),
      async close() {
        await gateway.close();
        const [violation] = gateway.violations();
        if (violation !== undefined) throw new Error(`the reference does not know ${JSON.stringify(violation)}`);
      },
    } satisfies ConformanceWorld;
  },
};

const robin = {
  id: "11111111-2222-4333-8444-555555555555",
  userName: "E-100@example.com",
  externalId: "customer-of-E-100",
  emails: ["robin.sample@example.com"],
};

/** Keys in both regions, one of which the stage that is tried would not let in. */
function holding(owner: string): readonly PlantKey[] {
  const same = { owner, customerId: `customer-of-${owner === "e-100" ? "another" : owner}` };
  return [
    { ...same, name: "orders", usagePlans: ["gold"], tags: { team: "a" } },
    { ...same, name: "tests", usagePlans: [{ name: "tests", stages: ["test"] }] },
    { ...same, name: "orders", region: abroad, usagePlans: ["gold"], description: "for the warehouse" },
  ];
}

function itemOf({ region, id }: PlantedKey): Item {
  return { kind: "api-key", ref: `${region}/${id}` };
}

function keyIdOf(ref: string): string {
  return ref.split("/")[1] ?? "";
}

/** Keys that exist and are on, or that a freeze alone keeps off. */
function aliveIn(gateway: FakeApiGateway, owner: string): readonly Item[] {
  gateway.aliveOf(owner); // brings back what is due
  return gateway.regions.flatMap((region) =>
    [...gateway.state(region).keys.values()]
      .filter(({ tags, enabled }) => tags["owner"] === owner && (enabled || tags["lastday:frozen"] !== undefined))
      .map(({ id }) => ({ kind: "api-key", ref: `${region}/${id}` })),
  );
}

/** The whole state, but for when a key was last changed: switched off and on again, it is as it was. */
function textOf(gateway: FakeApiGateway): string {
  const parts = gateway.regions.map((region) => {
    const { keys, members } = gateway.state(region);
    return [region, [...keys.values()], members];
  });
  return withoutLastChange(JSON.stringify(parts));
}

function withoutLastChange(text: string): string {
  return text.replaceAll(/"lastUpdatedDate":\d+,?/g, "");
}
