import { z } from "zod";
import { isUuid } from "../domain/id.ts";
import { Problem } from "./problem.ts";

/** Where a page ended: the sort key and the id of its last row. */
export interface Cursor {
  at: Date;
  id: string;
}

export const defaultPageSize = 50;
export const maxPageSize = 200;

/** Query fields that every list takes. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(maxPageSize).default(defaultPageSize).describe("Rows per page"),
  cursor: z.string().max(200).optional().describe("`next` of the page before; opaque"),
};

export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at.toISOString()} ${id}`).toString("base64url");
}

/** @throws {Problem} `invalid-cursor` */
export function decodeCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null;
  const [at = "", id = ""] = Buffer.from(text, "base64url").toString("utf8").split(" ");
  const when = new Date(at);
  if (Number.isNaN(when.getTime()) || when.toISOString() !== at || !isUuid(id))
    throw new Problem("invalid-cursor", "Take `next` of the page before, unchanged.");
  return { at: when, id };
}

/** Splits one row too many off a page and names where the next begins. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => Cursor,
): { items: readonly Row[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
