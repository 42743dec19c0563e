/** What may stand in a cursor: the names by which GitHub pages. */
const cursorNames = ["page", "after"] as const;

/**
 * Where the next page starts, out of the `Link` header: only its page number or cursor, never its address.
 *
 * @returns null on the last page; "unreadable" when a next page is announced in a way that cannot be followed.
 * @see https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function nextCursorOf(link: string | undefined): Cursor | null | "unreadable" {
  if (link === undefined) return null;
  const next = link.split(/,(?=\s*<)/).find((part) => /;\s*rel="?next"?\s*(;|$)/i.test(part));
  if (next === undefined) return null;
  const address = /<([^<>]*)>/.exec(next)?.[1];
  if (address === undefined || !URL.canParse(address, "https://api.github.com")) return "unreadable";
  const query = new URL(address, "https://api.github.com").searchParams;
  for (const name of cursorNames) {
    const value = query.get(name);
    if (value !== null && value !== "") return { name, value };
  }
  return "unreadable";
}

export interface Cursor {
  name: (typeof cursorNames)[number];
  value: string;
}

/** A cursor as `pagesOf` carries it, and back. */
export function textOf({ name, value }: Cursor): string {
  return `${name}=${value}`;
}

export function parametersOf(cursor: string | null): Readonly<Record<string, string>> {
  if (cursor === null) return {};
  const at = cursor.indexOf("=");
  return { [cursor.slice(0, at)]: cursor.slice(at + 1) };
}
