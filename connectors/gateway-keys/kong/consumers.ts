import type { Page, Principal } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { KongClient } from "./client.ts";
import type { KongConsumer } from "./schema.ts";

/** Every consumer of the workspace. */
export async function* listConsumers(kong: KongClient, target: string): AsyncGenerator<Page<Principal>> {
  const fetchPage = async (cursor: string | null) => (await kong.consumersPage(cursor)) ?? unseen(target);
  for await (const { items, complete } of pagesOf({ target, operation: "listConsumers" }, fetchPage, ({ id }) => id)) {
    yield { items: items.map(toPrincipal), complete };
  }
}

/**
 * A consumer by its id. Kong also finds one whose *name* is spelled like that id: somebody else, who does not count.
 * @returns null only when the Admin API was seen and has no such consumer.
 */
export async function findConsumer(kong: KongClient, target: string, id: string): Promise<Principal | null> {
  const found = await kong.consumer(id);
  if (found?.id === id) return toPrincipal(found);
  await requireSeen(kong, target);
  return null;
}

/**
 * That consumers can be listed shows that the address, the workspace and our credential are right; without it a 404
 * says nothing.
 * @throws {ConnectorError} `not-visible`.
 */
async function requireSeen(kong: KongClient, target: string): Promise<void> {
  if ((await kong.consumersPage(null, 1)) === null) unseen(target);
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
