import { pagesOf } from "../../../../connectors/contract/paging.ts";
import type { CursorPage, PagingLimits } from "../../../../connectors/contract/paging.ts";
import { rejection } from "./support.ts";

const where = { target: "gateway", operation: "listThings" };

/** Walks a listing to its end and gives all items with the cursors that were asked for. */
async function walk(pageAt: (cursor: string | null) => CursorPage<string>, limits?: Partial<PagingLimits>) {
  const items: string[] = [];
  const asked: (string | null)[] = [];
  const fetchPage = async (cursor: string | null) => {
    asked.push(cursor);
    return pageAt(cursor);
  };
  for await (const page of pagesOf(where, fetchPage, (item) => item, limits)) {
    expect(page.complete).toBe(true);
    items.push(...page.items);
  }
  return { items, asked };
}

/** Pages by the cursor that leads to them; the first one by `start`. */
const listing = (pages: Record<string, CursorPage<string>>) => (cursor: string | null) =>
  pages[cursor ?? "start"] ?? { items: [], next: null };

describe("a listing", () => {
  it("is walked to its end", async () => {
    const pages = listing({
      start: { items: ["a", "b"], next: "2" },
      2: { items: [], next: "3" },
      3: { items: ["c"], next: null },
    });

    expect(await walk(pages)).toEqual({ items: ["a", "b", "c"], asked: [null, "2", "3"] });
  });

  it("that shifts under us gives each item once", async () => {
    const pages = listing({ start: { items: ["a", "b", "a"], next: "2" }, 2: { items: ["b", "c"], next: null } });

    expect((await walk(pages)).items).toEqual(["a", "b", "c"]);
  });

  it("that is empty is whole", async () => {
    expect(await walk(() => ({ items: [], next: null }))).toEqual({ items: [], asked: [null] });
  });

  it.each<{ name: string; pageAt: (cursor: string | null) => CursorPage<string>; limits?: Partial<PagingLimits> }>([
    { name: "comes back to its first page", pageAt: () => ({ items: ["a"], next: "again" }) },
    {
      name: "goes round in a circle",
      pageAt: listing({
        start: { items: ["a"], next: "1" },
        1: { items: ["b"], next: "2" },
        2: { items: ["c"], next: "1" },
      }),
    },
    {
      name: "never ends, with a new cursor and nothing else each time",
      pageAt: (cursor) => ({ items: [], next: String(Number(cursor ?? 0) + 1) }),
    },
    {
      name: "never ends, with new items each time",
      pageAt: (cursor) => ({ items: [`item ${cursor}`], next: String(Number(cursor ?? 0) + 1) }),
      limits: { maxItems: 50 },
    },
    {
      name: "has more pages than anybody can have",
      pageAt: (cursor) => ({ items: [`item ${cursor}`], next: String(Number(cursor ?? 0) + 1) }),
      limits: { maxPages: 50 },
    },
    { name: "gives a cursor of a megabyte", pageAt: () => ({ items: [], next: "x".repeat(1024 ** 2) }) },
  ])("F07 that $name is never taken for whole", async ({ pageAt, limits }) => {
    expect(await rejection(walk(pageAt, limits))).toMatchObject({ code: "invalid-response", target: "gateway" });
  });
});
