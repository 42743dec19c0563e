import { ConnectorError } from "../../contract/error.ts";
import type { Page } from "../../contract/connector.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { RegionClient } from "./client.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { ownerOf } from "./owner.ts";
import { fromEach } from "./regions.ts";
import type { ApiKey } from "./schema.ts";

/** A key and where it lives. */
export interface RegionalKey {
  region: RegionClient;
  key: ApiKey;
}

/**
 * Every key of every region. API Gateway cannot filter by tag, so whoever wants one owner's keys reads them all.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html
 */
export function listKeys({ regions, target }: ApiGatewayDeps): AsyncGenerator<Page<RegionalKey>> {
  return fromEach(regions, async function* (region) {
    for await (const { items, complete } of keysOfRegion(region, target)) {
      yield { items: items.map((key) => ({ region, key })), complete };
    }
  });
}

/** The keys that belong to one owner, spelled exactly so. */
export async function* listKeysOf(owner: string, deps: ApiGatewayDeps): AsyncGenerator<Page<RegionalKey>> {
  for await (const { items, complete } of listKeys(deps)) {
    yield { items: items.filter(({ key }) => ownerOf(key, deps.settings) === owner), complete };
  }
}

/**
 * @throws {ConnectorError} `conflict` where the key has been given to somebody else since it was found: whether it may go
 * is then a person's decision, and until that is made it is alive.
 */
export function requireOwner(item: RegionalKey, owner: string, { settings, target }: ApiGatewayDeps): void {
  if (ownerOf(item.key, settings) === owner) return;
  const what = `${target}: ${refOf(item)} no longer names the owner it was found under: replace it or take it back`;
  throw new ConnectorError("conflict", what, { target, operation: "GetApiKey" });
}

/** A key's reference: keys are regional, and so are their ids. */
export function refOf({ region, key }: RegionalKey): string {
  return `${region.name}/${key.id}`;
}

/** @throws {ConnectorError} `not-visible` for a region that this target no longer looks at. */
export function placeOf(ref: string, { regions, target }: ApiGatewayDeps): { region: RegionClient; keyId: string } {
  const [name = "", keyId = ""] = ref.split("/");
  const region = regions.find((other) => other.name === name);
  if (region === undefined || keyId === "") {
    throw new ConnectorError("not-visible", `${target}: nothing can be seen of ${ref}: check regions`, { target });
  }
  return { region, keyId };
}

/**
 * The key as it is now; null only when its own address and a complete listing of its region both miss it. A 404 alone is
 * also what somebody may hear who is not shown it, and a listing can lose a row while others are deleted beside it.
 *
 * @throws {ConnectorError} `not-visible` where the two disagree.
 */
export async function findKey(ref: string, deps: ApiGatewayDeps): Promise<RegionalKey | null> {
  const { region, keyId } = placeOf(ref, deps);
  const key = await region.key(keyId);
  if (key !== null) return { region, key };
  if (!(await isListed(region, keyId, deps.target))) return null;
  const what = `${deps.target}: GetApiKey answered 404 for what is listed in ${region.name}: check the permission on it`;
  throw new ConnectorError("not-visible", what, { target: deps.target, operation: "GetApiKey", status: 404 });
}

/**
 * For a write that was answered 404.
 * @throws {ConnectorError} `not-visible` where the key is still shown: then it was the permission that was missing.
 */
export async function requireGone(item: RegionalKey, operation: string, deps: ApiGatewayDeps): Promise<void> {
  if ((await findKey(refOf(item), deps)) === null) return;
  const what = `${deps.target}: ${operation} answered 404 for a key that is there: check the permission for it`;
  throw new ConnectorError("not-visible", what, { target: deps.target, operation, status: 404 });
}

async function isListed(region: RegionClient, keyId: string, target: string): Promise<boolean> {
  for await (const { items } of keysOfRegion(region, target)) if (items.some(({ id }) => id === keyId)) return true;
  return false;
}

/** An account has room for 10,000 keys in a region unless AWS raised that. */
function keysOfRegion(region: RegionClient, target: string): AsyncGenerator<Page<ApiKey>> {
  return pagesOf(
    { target, operation: "GetApiKeys" },
    (cursor) => region.keysPage(cursor),
    ({ id }) => id,
    {
      maxItems: 200_000,
    },
  );
}
