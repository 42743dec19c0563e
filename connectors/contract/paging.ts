import type { Page } from "./connector.ts";
import { ConnectorError } from "./error.ts";

/** One page as a target gives it: `next` is its own cursor, null on the last one. */
export interface CursorPage<T> {
  items: readonly T[];
  next: string | null;
}

export interface PagingLimits {
  maxPages: number;
  maxItems: number;
  /** Pages in a row that bring nothing new. Some vendors send a few; a target that sends many never ends. */
  maxIdlePages: number;
}

const defaultLimits: PagingLimits = { maxPages: 20_000, maxItems: 1_000_000, maxIdlePages: 50 };
const maxCursorLength = 8_192;

/**
 * Walks a listing to its end, a page at a time. A target that repeats a cursor or never ends is hostile or broken:
 * the walk throws, so that no caller can take what it has for the whole. An item that comes twice, because the listing
 * shifted under us, is given once.
 *
 * @param idOf what makes an item the same item.
 * @throws {ConnectorError} `invalid-response`; the pages given before it stay true, the listing is not complete.
 */
export async function* pagesOf<T>(
  where: { target: string; operation: string },
  fetchPage: (cursor: string | null) => Promise<CursorPage<T>>,
  idOf: (item: T) => string,
  limits: Partial<PagingLimits> = {},
): AsyncGenerator<Page<T>> {
  const { maxPages, maxItems, maxIdlePages } = { ...defaultLimits, ...limits };
  const cursors = new Set<string>();
  const ids = new Set<string>();
  let cursor: string | null = null;
  let idlePages = 0;
  for (let pages = 1; ; pages += 1) {
    const { items, next }: CursorPage<T> = await fetchPage(cursor);
    const fresh = items.filter((item) => {
      const isNew = !ids.has(idOf(item));
      ids.add(idOf(item));
      return isNew;
    });
    if (ids.size > maxItems) throw endless(where, `lists more than ${maxItems} items`);
    yield { items: fresh, complete: true };
    if (next === null) return;
    idlePages = fresh.length > 0 ? 0 : idlePages + 1;
    if (idlePages >= maxIdlePages) throw endless(where, `gives ${maxIdlePages} pages in a row with nothing new`);
    if (next.length > maxCursorLength) throw endless(where, "gives a cursor that is too long");
    if (cursors.has(next)) throw endless(where, "comes back to a page it has given before");
    if (pages >= maxPages) throw endless(where, `has more than ${maxPages} pages`);
    cursors.add(next);
    cursor = next;
  }
}

function endless({ target, operation }: { target: string; operation: string }, what: string): ConnectorError {
  return new ConnectorError("invalid-response", `${target}: ${operation} ${what}`, { target, operation });
}
