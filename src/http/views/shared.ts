import { z } from "zod";

/** Building blocks of what the API shows. Times are RFC 3339 in UTC. */
export const instant = z.iso.datetime().meta({ description: "RFC 3339, UTC" });
export const id = z.uuid();
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const statusView = z
  .strictObject({
    badge: z.enum([
      "pending",
      "running",
      "waiting",
      "retrying",
      "blocked",
      "done",
      "verified",
      "failed",
      "unknown",
      "cut-off",
      "attested",
      "excepted",
      "skipped",
    ]),
    word: z.string(),
  })
  .meta({ id: "Status", description: "One glance: which icon and colour, and the word beside them" });

export function pageView<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe("Send as `cursor` for the next page; null on the last one"),
  });
}

export function iso(time: Date): string {
  return time.toISOString();
}

export function isoOrNull(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
