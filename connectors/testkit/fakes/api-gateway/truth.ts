import type { Region } from "./region.ts";
import { type ApiKey, inOrder, plansOf } from "./world.ts";

/** What an owner has, in every region, as one text: byte-equal as long as nobody touched any of it. */
export function stateOf(regions: readonly Region[], owner: string, ownerTag: string): string {
  const held = ownedIn(regions, owner, ownerTag).map(({ region, key }) => ({
    region: region.name,
    key,
    usagePlans: plansOf(region.world, key.id).map((plan) => plan.id),
  }));
  return JSON.stringify(held, (_, one: unknown) =>
    one !== null && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Ids of an owner's keys that exist and are enabled, by region and id. */
export function aliveOf(regions: readonly Region[], owner: string, ownerTag: string): string[] {
  return ownedIn(regions, owner, ownerTag).flatMap(({ key }) => (key.enabled ? [key.id] : []));
}

function ownedIn(regions: readonly Region[], owner: string, ownerTag: string): { region: Region; key: ApiKey }[] {
  return regions.flatMap((region) =>
    inOrder(region.world.keys)
      .filter((key) => key.tags[ownerTag] === owner || key.customerId === owner)
      .map((key) => ({ region, key })),
  );
}
