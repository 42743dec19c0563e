import { ScimError } from "./error.ts";
import { endOfQuoted } from "./filter/tokens.ts";
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
  return withoutQuoted(path)
    .normalize("NFKC")
    .toLowerCase()
    .split(/[:.[\]\s]/)
    .some((segment) => ["active", "isactive"].includes(segment.replaceAll(/[^a-z]/g, "")));
}

/** The values a filter compares with are not names. One pass: a key may be as long as a whole request (trust T16). */
function withoutQuoted(path: string): string {
  let kept = "";
  for (let at = 0; ;) {
    const start = path.indexOf('"', at);
    const end = start < 0 ? -1 : endOfQuoted(path, start);
    if (end < 0) return kept + path.slice(at);
    kept += path.slice(at, start);
    at = end;
  }
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
