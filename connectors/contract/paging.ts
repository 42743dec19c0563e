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
}

const defaultLimits: PagingLimits = { maxPages: 20_000, maxItems: 1_000_000 };
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
  limits: PagingLimits = defaultLimits,
): AsyncGenerator<Page<T>> {
  const cursors = new Set<string>();
  const ids = new Set<string>();
  let cursor: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const { items, next }: CursorPage<T> = await fetchPage(cursor);
    const fresh = items.filter((item) => !ids.has(idOf(item)));
    for (const item of fresh) ids.add(idOf(item));
    if (ids.size > limits.maxItems) throw endless(where, `lists more than ${limits.maxItems} items`);
    yield { items: fresh, complete: true };
    if (next === null) return;
    if (next.length > maxCursorLength) throw endless(where, "gives a cursor that is too long");
    if (cursors.has(next)) throw endless(where, "comes back to a page it has given before");
    if (pages >= limits.maxPages) throw endless(where, `has more than ${limits.maxPages} pages`);
    cursors.add(next);
    cursor = next;
  }
}

function endless({ target, operation }: { target: string; operation: string }, what: string): ConnectorError {
  return new ConnectorError("invalid-response", `${target}: ${operation} ${what}`, { target, operation });
}
