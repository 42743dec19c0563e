import { createHash } from "node:crypto";
import { jsonBytes } from "./shape.ts";

/**
 * Makes text from outside fit for a certificate: names and labels come from targets, and a hostile one must neither
 * block the issuing nor dress up as something else. Control and direction-override characters become spaces, ill-formed
 * parts U+FFFD, the result is NFC, trimmed, and cut with an ellipsis at the byte limit.
 *
 * @returns null when nothing is left.
 */
export function cleanLine(text: string, maxBytes: number): string | null {
  const clean = text
    .replaceAll(/\p{Surrogate}/gu, "\ufffd")
    .replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .normalize("NFC")
    .trim();
  if (clean === "") return null;
  if (jsonBytes(clean) <= maxBytes) return clean;
  const ellipsis = "\u2026";
  let kept = "";
  let room = maxBytes - jsonBytes(ellipsis);
  for (const character of clean) {
    room -= jsonBytes(character);
    if (room < 0) break;
    kept += character;
  }
  // Cutting cannot break NFC: composition only joins neighbours, and the ellipsis joins with nothing.
  return `${kept.trimEnd()}${ellipsis}`;
}

/**
 * A target's own id, kept as the target spells it when it can stand in a certificate, else by its digest: two ids must
 * never fall together, which cutting or cleaning could do.
 */
export function referenceOf(id: string, maxBytes: number): string {
  const fits = id !== "" && cleanLine(id, maxBytes) === id;
  return fits ? id : `sha256:${createHash("sha256").update(id, "utf8").digest("hex")}`;
}
