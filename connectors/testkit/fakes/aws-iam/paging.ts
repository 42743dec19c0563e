import { refuse } from "./errors.ts";
import type { Params } from "./params.ts";

/** One page, and the fields that every paged answer carries. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly end: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/**
 * One page of items in order of their key. The marker names the last key that was served, for this action alone, so that
 * nothing that stays is missed or seen twice however much comes and goes between two pages.
 *
 * @param forced page size whatever was asked for: IAM may return fewer than `MaxItems` even when there are more.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html#API_ListUsers_RequestParameters
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { action, params, forced }: { action: string; params: Params; forced: number | null },
): Page<T> {
  const size = Math.min(params.integer("MaxItems", { min: 1, max: 1_000, otherwise: 100 }), forced ?? 1_000);
  const after = seenBefore(params.get("Marker"), action);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === null || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = sorted.slice(0, size);
  const last = page.at(-1);
  const isTruncated = last !== undefined && sorted.length > size;
  return {
    items: page.map(({ item }) => item),
    end: isTruncated ? { IsTruncated: true, Marker: markerOf(action, last.key) } : { IsTruncated: false },
  };
}

/** A marker that names the last key served; nobody but the fake can read it. */
export function markerOf(action: string, key: string): string {
  return Buffer.from(JSON.stringify([action, key])).toString("base64");
}

function seenBefore(marker: string | null, action: string): string | null {
  if (marker === null) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(marker, "base64").toString("utf8"));
    if (Array.isArray(value) && value[0] === action && typeof value[1] === "string") return value[1];
  } catch {
    // falls through to the refusal below
  }
  throw refuse.validation("Invalid Marker.");
}
