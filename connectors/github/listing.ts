import type { Page } from "../contract/connector.ts";
import type { CursorPage } from "../contract/paging.ts";
import { pagesOf } from "../contract/paging.ts";

/** Pages of things that GitHub numbers. */
export function listed<T extends { id: number }>(
  target: string,
  operation: string,
  fetchPage: (cursor: string | null) => Promise<CursorPage<T>>,
): AsyncGenerator<Page<T>> {
  return pagesOf({ target, operation }, fetchPage, ({ id }) => String(id));
}

/** All of a listing. */
export async function everyOne<T>(pages: AsyncIterable<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const { items } of pages) all.push(...items);
  return all;
}

/** The first of a listing that fits; null only after its last page. */
export async function firstOf<T>(pages: AsyncIterable<Page<T>>, fits: (item: T) => boolean): Promise<T | null> {
  for await (const { items } of pages) {
    const found = items.find(fits);
    if (found !== undefined) return found;
  }
  return null;
}
