import type { Call } from "../../faults/index.ts";
import { refuse } from "./errors.ts";
import type { Json, Row } from "./store.ts";

/**
 * How far a page reaches. `keyset`, as the real one: the offset names the last id seen, so nothing that stays is missed
 * or seen twice. `position`: the offset counts rows, so a removal between two pages hides a row and an insertion repeats one.
 */
export type PagingMode = "keyset" | "position";

export interface PagingOptions {
  readonly mode: PagingMode;
  /** Forces every page to this size, whatever was asked for. */
  readonly pageSize?: number;
}

export interface Page {
  readonly data: readonly Row[];
  readonly offset: string | null;
}

/**
 * One page of rows that are in order of id.
 *
 * Sizes: 100 unless asked for, 1,000 at most (api/endpoints.lua `extract_options`). The offset is a base64-encoded JSON
 * array that holds the last id of the page before:
 * https://developer.konghq.com/support/the-clustering-data-planes-endpoint-is-limited-to-showing-only-100-entries/
 */
export function pageOf(rows: readonly Row[], query: URLSearchParams, options: PagingOptions): Page {
  const size = options.pageSize ?? sizeOf(query.get("size"));
  const from = startOf(rows, query.get("offset"), options.mode);
  const data = rows.slice(from, from + size);
  const last = data.at(-1);
  const isLast = from + size >= rows.length || last === undefined;
  return { data, offset: isLast ? null : encode(options.mode === "keyset" ? [last.id] : [from + size]) };
}

/**
 * Keeps the rows that carry all tags of `a,b`, or one of `a/b`.
 *
 * @see https://developer.konghq.com/gateway/tags/ : at most 5 tags, no mixing.
 */
export function withTags(rows: readonly Row[], filter: string | null): readonly Row[] {
  if (filter === null) return rows;
  const isEither = filter.includes("/");
  const wanted = filter.split(isEither ? "/" : ",");
  if ((isEither && filter.includes(",")) || wanted.length > 5 || wanted.includes("")) throw refuse.tags();
  const has = (row: Row, tag: string) => Array.isArray(row.tags) && row.tags.includes(tag);
  return rows.filter((row) => (isEither ? wanted.some((tag) => has(row, tag)) : wanted.every((tag) => has(row, tag))));
}

/**
 * The answer to a list. `next` is a path of its own server. Below a parent it repeats neither size nor tags, as the real
 * one (api/endpoints.lua `get_collection_endpoint`): whoever follows it gets pages of 100.
 */
export function listBody(page: Page, call: Call, isNested: boolean): Json {
  if (page.offset === null) return { data: page.data, next: null };
  const kept = isNested ? [] : ["tags", "size"].flatMap((name) => paired(name, call.query.get(name)));
  const next = `${call.path}?${[`offset=${encodeURIComponent(page.offset)}`, ...kept].join("&")}`;
  return { data: page.data, next, offset: page.offset };
}

function paired(name: string, value: string | null): string[] {
  return value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
}

function sizeOf(asked: string | null): number {
  if (asked === null) return 100;
  const size = Number(asked);
  if (asked.trim() === "" || Number.isNaN(size)) throw refuse.size("size must be a number");
  if (!Number.isInteger(size) || size < 1 || size > 1_000) {
    throw refuse.size("size must be an integer between 1 and 1000");
  }
  return size;
}

function startOf(rows: readonly Row[], offset: string | null, mode: PagingMode): number {
  if (offset === null) return 0;
  const seen = decode(offset);
  if (mode === "position" && typeof seen === "number") return seen;
  if (mode === "keyset" && typeof seen === "string") {
    const at = rows.findIndex((row) => row.id > seen);
    return at < 0 ? rows.length : at;
  }
  throw refuse.offset(offset);
}

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString("base64");

function decode(offset: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(offset, "base64").toString("utf8"));
    return Array.isArray(value) ? value[0] : undefined;
  } catch {
    throw refuse.offset(offset);
  }
}
