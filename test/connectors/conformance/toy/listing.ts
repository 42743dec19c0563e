import type { Page } from "../../../../connectors/contract/connector.ts";
import { pagesOf } from "../../../../connectors/contract/paging.ts";
import type { CursorPage } from "../../../../connectors/contract/paging.ts";
import type { ToyClient, ToyUser } from "./client.ts";

export async function* userPages(toy: ToyClient): AsyncGenerator<Page<ToyUser>> {
  const where = { target: toy.target, operation: "listUsers" };
  const fetchPage = async (cursor: string | null): Promise<CursorPage<ToyUser>> => {
    const page = await toy.users(cursor);
    if (page === null) throw toy.failed("not-visible", "listUsers", "shows nothing at all");
    return page;
  };
  yield* pagesOf(where, fetchPage, ({ id }) => id);
}

/** Null only when all users were seen and this one is not among them: its own address may be hidden. */
export async function seenUser(toy: ToyClient, id: string): Promise<ToyUser | null> {
  const found = await toy.user(id);
  if (found?.id === id) return found;
  for await (const { items } of userPages(toy)) {
    if (items.some((user) => user.id === id)) {
      throw toy.failed("not-visible", "getUser", "does not show a user that is listed");
    }
  }
  return null;
}

/** What belongs to a user, page by page; of a user who is proven gone, nothing. */
export async function* pagesOfUser<Row extends { userId: string }>(
  toy: ToyClient,
  userId: string,
  operation: string,
  fetch: (cursor: string | null) => Promise<CursorPage<Row> | null>,
  idOf: (row: Row) => string,
): AsyncGenerator<Page<Row>> {
  const fetchPage = async (cursor: string | null): Promise<CursorPage<Row>> => {
    const page = await fetch(cursor);
    if (page === null) {
      if ((await seenUser(toy, userId)) === null) return { items: [], next: null };
      throw toy.failed("not-visible", operation, "shows nothing of a user who is there");
    }
    if (page.items.some((row) => row.userId !== userId)) {
      throw toy.failed("invalid-response", operation, "lists what belongs to somebody else");
    }
    return page;
  };
  yield* pagesOf({ target: toy.target, operation }, fetchPage, idOf);
}

/** All rows of a listing whose every page is whole. */
export async function all<Row>(pages: AsyncIterable<Page<Row>>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { items } of pages) rows.push(...items);
  return rows;
}
