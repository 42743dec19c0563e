import { ScimError } from "./error.ts";
import type { Json } from "./json.ts";
import { isArray, isObject } from "./json.ts";

/**
 * The law of this room: a request that mentions `active` in any spelling takes effect or is refused, never accepted
 * without effect (design.md, law 4). The normaliser resolves names; this is the independent second look, which knows
 * nothing of schemas and only counts.
 *
 * @param heard how many mentions the normaliser turned into a change of `active`.
 * @throws {ScimError} `invalidValue` when the request mentions `active` more often than that.
 */
export function refuseUnheardActive(body: Json, heard: number): void {
  if (countMentions(body) > heard) {
    throw new ScimError("invalidValue", 'The request mentions "active" where it can have no effect; set it at the top');
  }
}

/** Whether a name or path says `active`: any case or width, within any URN or path, with stray marks around it. */
export function namesActive(path: string): boolean {
  return path
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, "")
    .normalize("NFKC")
    .toLowerCase()
    .split(/[:.[\]\s]/)
    .some((segment) => ["active", "isactive"].includes(segment.replaceAll(/[^a-z]/g, "")));
}

function countMentions(value: Json): number {
  if (isArray(value)) return value.reduce<number>((sum, element) => sum + countMentions(element), 0);
  if (!isObject(value)) return 0;
  let sum = 0;
  for (const [key, inner] of value) {
    if (namesActive(key)) sum++;
    if (typeof inner === "string" && key.toLowerCase() === "path" && namesActive(inner)) sum++;
    sum += countMentions(inner);
  }
  return sum;
}
