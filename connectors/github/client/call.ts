import { z } from "zod";
import type { CursorPage } from "../../contract/paging.ts";
import type { GithubApi } from "../../vendors/github/index.ts";

/** What became of a deletion: a credential without the permission is told the same as of something that is absent. */
export type Deletion = "deleted" | "absent";

/** One operation: its name, and its path as GitHub documents it. */
export type Where = readonly [operation: string, path: string];
type Parameters = Readonly<Record<string, unknown>>;

/** The shapes that nearly every call has. */
export interface Caller {
  /** One thing; null where GitHub says 404, or what else is expected. */
  get: <Output>(
    where: Where,
    parameters: Parameters,
    schema: z.ZodType<Output>,
    expect?: readonly number[],
  ) => Promise<Output | null>;

  /** One page of a listing. That it is not found is an error: it proves nothing about what it would list. */
  page: <Item>(
    where: Where,
    parameters: Parameters,
    item: z.ZodType<Item>,
    cursor: string | null,
  ) => Promise<CursorPage<Item>>;

  /** The same of a listing that not every organization has: null where GitHub says 404. */
  pageIfAny: <Item>(
    where: Where,
    parameters: Parameters,
    item: z.ZodType<Item>,
    cursor: string | null,
  ) => Promise<CursorPage<Item> | null>;

  remove: (where: Where, parameters: Parameters) => Promise<Deletion>;
}

export function createCaller(api: GithubApi): Caller {
  function list<Item>(
    [operation, path]: Where,
    parameters: Parameters,
    item: z.ZodType<Item>,
    cursor: string | null,
    expect: readonly number[],
  ): Promise<CursorPage<Item> | null> {
    const items = (all: Item[]): readonly Item[] => all;
    return api.page({ operation, route: `GET ${path}`, parameters, schema: z.array(item), items, expect }, cursor);
  }

  return {
    async get([operation, path], parameters, schema, expect = [404]) {
      return (await api.send({ operation, route: `GET ${path}`, parameters, schema, expect })).body;
    },

    async page(where, parameters, item, cursor) {
      const page = await list(where, parameters, item, cursor, []);
      if (page === null) throw new RangeError(`${where[0]} gave no page`);
      return page;
    },

    pageIfAny: (where, parameters, item, cursor) => list(where, parameters, item, cursor, [404]),

    async remove([operation, path], parameters) {
      const route = `DELETE ${path}`;
      const { status } = await api.send({ operation, route, parameters, schema: z.null(), expect: [404] });
      return status === 404 ? "absent" : "deleted";
    },
  };
}
