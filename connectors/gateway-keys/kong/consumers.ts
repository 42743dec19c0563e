import type { Page, Principal } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { KongClient } from "./client.ts";
import type { KongConsumer } from "./schema.ts";

/** Every consumer of the workspace. */
export async function* listConsumers(kong: KongClient, target: string): AsyncGenerator<Page<Principal>> {
  for await (const { items, complete } of consumers(kong, target)) yield { items: items.map(toPrincipal), complete };
}

function consumers(kong: KongClient, target: string, size?: number): AsyncGenerator<Page<KongConsumer>> {
  const fetchPage = async (cursor: string | null) => (await kong.consumersPage(cursor, size)) ?? unseen(target);
  return pagesOf({ target, operation: "listConsumers" }, fetchPage, ({ id }) => id);
}

/**
 * A consumer by its id. Kong also finds one whose *name* is spelled like that id: somebody else, who does not count.
 * @returns null only when all consumers were seen and none of them is it.
 * @throws {ConnectorError} `not-visible` when it is listed and its own address is not shown.
 */
export async function findConsumer(kong: KongClient, target: string, id: string): Promise<Principal | null> {
  const found = await kong.consumer(id);
  if (found?.id === id) return toPrincipal(found);
  await requireUnlisted(kong, target, id);
  return null;
}

/** The most that Kong gives in one page: a 404 is rare, and the whole list has to be seen to believe it. */
const largestPage = 1_000;

/**
 * That the list has others shows that the address, the workspace and our credential are right; that it has not this one,
 * that a 404 means what it says.
 */
async function requireUnlisted(kong: KongClient, target: string, wanted: string): Promise<void> {
  for await (const { items } of consumers(kong, target, largestPage)) {
    if (!items.some(({ id }) => id === wanted)) continue;
    const what = `${target}: a consumer that is listed cannot be seen: check the permission read /consumers/*`;
    throw new ConnectorError("not-visible", what, { target, operation: "getConsumer", status: 404 });
  }
}

function unseen(target: string): never {
  const what = "consumers cannot be seen at all: check adminUrl, workspace and the permission read /consumers";
  throw new ConnectorError("not-visible", `${target}: ${what}`, { target, operation: "listConsumers", status: 404 });
}

function toPrincipal({ id, username, custom_id: customId, tags }: KongConsumer): Principal {
  return {
    id,
    label: username ?? customId ?? id,
    attributes: {
      ...(typeof username === "string" ? { username } : {}),
      ...(typeof customId === "string" ? { custom_id: customId } : {}),
      ...(tags === null || tags === undefined || tags.length === 0 ? {} : { tags: tags.join(",") }), // none holds a comma
    },
    lastUsedAt: null,
  };
}
