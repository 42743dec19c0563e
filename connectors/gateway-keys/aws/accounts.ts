import type { Page, Principal } from "../../contract/connector.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { listKeys, listKeysOf } from "./keys.ts";
import type { RegionalKey } from "./keys.ts";
import { ownerOf } from "./owner.ts";

/**
 * Every owner that a key names, over all regions. Keys whose owner nobody named belong to no account; the check counts
 * them.
 */
export async function* listOwners(deps: ApiGatewayDeps): AsyncGenerator<Page<Principal>> {
  const owned = new Map<string, RegionalKey[]>();
  let complete = true;
  for await (const page of listKeys(deps)) {
    complete &&= page.complete;
    for (const item of page.items) {
      const owner = ownerOf(item.key, deps.settings);
      if (owner === null) continue;
      const others = owned.get(owner);
      if (others === undefined) owned.set(owner, [item]);
      else others.push(item);
    }
  }
  yield { items: [...owned].map(([owner, keys]) => toPrincipal(owner, keys, deps)), complete };
}

/** @returns null only when every region was seen whole and no key there names this owner. */
export async function findOwner(owner: string, deps: ApiGatewayDeps): Promise<Principal | null> {
  const keys: RegionalKey[] = [];
  for await (const { items } of listKeysOf(owner, deps)) keys.push(...items);
  return keys.length === 0 ? null : toPrincipal(owner, keys, deps);
}

function toPrincipal(owner: string, keys: readonly RegionalKey[], { settings }: ApiGatewayDeps): Principal {
  const customers = new Set(keys.map(({ key }) => key.customerId ?? ""));
  customers.delete("");
  const [customerId, ...further] = customers;
  const isTagged = keys.some(({ key }) => key.tags?.[settings.ownerTag] === owner);
  return {
    id: owner,
    label: owner,
    attributes: {
      ...(isTagged ? { owner } : {}),
      // Several customers behind one owner would each claim all of its keys.
      ...(customerId === undefined || further.length > 0 ? {} : { customerId }),
    },
    lastUsedAt: null, // API Gateway counts by usage plan and day
  };
}
