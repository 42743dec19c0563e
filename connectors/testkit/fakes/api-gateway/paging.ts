import { refuse } from "./errors.ts";

/**
 * How far a page reaches. `keyset`: the position names the last id seen, so nothing that stays is missed or seen twice.
 * `position`: it counts rows, so a removal between two pages hides a row and an insertion repeats one. The reference says
 * only that a position is a text.
 */
export type PagingMode = "keyset" | "position";

export interface PagingOptions {
  readonly mode: PagingMode;
  /** Forces every page to this size, whatever was asked for. */
  readonly pageSize?: number;
}

/** The body of a list: `position` is left out on the last page. */
export interface Page<T> {
  readonly item: readonly T[];
  readonly position?: string;
}

/**
 * One page of rows that are in order of id.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html : 25 rows unless asked for, 500 at most.
 */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  query: URLSearchParams,
  { mode, pageSize }: PagingOptions,
): Page<T> {
  const size = pageSize ?? sizeOf(query.get("limit"));
  const from = startOf(rows, query.get("position"), mode);
  const item = rows.slice(from, from + size);
  const last = item.at(-1);
  if (last === undefined || from + size >= rows.length) return { item };
  return { item, position: encode(mode === "keyset" ? last.id : from + size) };
}

function sizeOf(asked: string | null): number {
  if (asked === null) return 25;
  if (!/^\d{1,9}$/.test(asked) || Number(asked) < 1) throw refuse.badRequest("Invalid limit specified");
  return Math.min(Number(asked), 500);
}

function startOf(rows: readonly { readonly id: string }[], position: string | null, mode: PagingMode): number {
  if (position === null) return 0;
  const seen = decode(position);
  if (mode === "position" && typeof seen === "number") return seen;
  if (mode !== "keyset" || typeof seen !== "string") throw refuse.badRequest("Invalid position specified");
  const at = rows.findIndex((row) => row.id > seen);
  return at < 0 ? rows.length : at;
}

const encode = (seen: string | number): string => Buffer.from(JSON.stringify([seen])).toString("base64");

function decode(position: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(position, "base64").toString("utf8"));
    return Array.isArray(value) ? value[0] : undefined;
  } catch {
    throw refuse.badRequest("Invalid position specified");
  }
}
