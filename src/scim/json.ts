import { ScimError } from "./error.ts";

/** JSON as this room holds it: objects are Maps, so that no key of a request can reach a prototype (trust T15). */
export type Json = JsonScalar | readonly Json[] | JsonObject;
export type JsonScalar = null | boolean | number | string;
export type JsonObject = ReadonlyMap<string, Json>;

/** Limits of one request body. @see the body guard, trust rule 12 */
export interface JsonLimits {
  readonly maxDepth: number;
  readonly maxKeys: number;
}

export const requestLimits: JsonLimits = { maxDepth: 32, maxKeys: 2_000 };

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Decodes and parses a request body.
 *
 * Stricter than `JSON.parse`: bytes must be valid UTF-8, a key may occur once per object (also when spelled with
 * escapes), numbers must be finite, and strings may hold neither NUL nor half a surrogate pair, which PostgreSQL cannot
 * store. One pass without backtracking; recursion ends at `maxDepth`.
 *
 * @throws {ScimError} `invalidSyntax`, naming the offset in characters.
 * @see RFC 8259; RFC 7644 section 3.12 for `invalidSyntax`
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits = requestLimits): Json {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ScimError("invalidSyntax", "The request body is not valid UTF-8", { cause });
  }
  const reader = new JsonReader(text, limits);
  return reader.document();
}

const numberForm = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** Whether PostgreSQL can store the text: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && !/\p{Surrogate}/u.test(text);
}

class JsonReader {
  private at = 0;
  private keys = 0;
  private readonly text: string;
  private readonly limits: JsonLimits;

  constructor(text: string, limits: JsonLimits) {
    this.text = text;
    this.limits = limits;
  }

  document(): Json {
    const value = this.value(1);
    this.skipSpace();
    if (this.at < this.text.length) throw this.failure("unexpected text after the JSON value");
    return value;
  }

  private value(depth: number): Json {
    this.skipSpace();
    switch (this.text[this.at]) {
      case "{":
        return this.object(depth);
      case "[":
        return this.array(depth);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      case undefined:
        throw this.failure("the JSON value ends too early");
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    this.descend(depth);
    const entries = new Map<string, Json>();
    if (this.closes("}")) return entries;
    do {
      this.skipSpace();
      if (this.text[this.at] !== '"') throw this.failure("expected a key in double quotes");
      const key = this.string();
      if (entries.has(key)) throw this.failure("a key occurs twice in one object");
      if (++this.keys > this.limits.maxKeys) throw this.failure(`more than ${this.limits.maxKeys} keys`);
      this.expect(":");
      entries.set(key, this.value(depth + 1));
    } while (this.continues("}"));
    return entries;
  }

  private array(depth: number): readonly Json[] {
    this.descend(depth);
    const elements: Json[] = [];
    if (this.closes("]")) return elements;
    do {
      elements.push(this.value(depth + 1));
    } while (this.continues("]"));
    return elements;
  }

  private string(): string {
    const start = this.at++;
    let escaped = false;
    for (; ; this.at++) {
      const unit = this.text.charCodeAt(this.at);
      if (Number.isNaN(unit)) throw this.failure("a string is not closed");
      if (unit < 0x20) throw this.failure("a control character in a string must be escaped");
      if (unit === 0x22) break;
      if (unit === 0x5c) {
        escaped = true;
        this.at++;
      }
    }
    this.at++;
    const value = escaped ? this.unescape(this.text.slice(start, this.at)) : this.text.slice(start + 1, this.at - 1);
    if (!isStorable(value)) throw this.failure("a string holds NUL or half a surrogate pair");
    return value;
  }

  private unescape(literal: string): string {
    try {
      return String(JSON.parse(literal));
    } catch {
      throw this.failure("a string has an unknown escape");
    }
  }

  private number(): number {
    numberForm.lastIndex = this.at;
    const literal = numberForm.exec(this.text)?.[0];
    if (literal === undefined) throw this.failure("unexpected character");
    const value = Number(literal);
    if (!Number.isFinite(value)) throw this.failure("a number is too large");
    this.at += literal.length;
    return value;
  }

  private word<T extends JsonScalar>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.failure("unexpected character");
    this.at += word.length;
    return value;
  }

  private descend(depth: number): void {
    if (depth > this.limits.maxDepth) throw this.failure(`nested deeper than ${this.limits.maxDepth} levels`);
    this.at++;
  }

  private closes(bracket: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== bracket) return false;
    this.at++;
    return true;
  }

  /** After an element: true at a comma, false at the closing bracket. */
  private continues(bracket: string): boolean {
    if (this.closes(bracket)) return false;
    this.expect(",");
    return true;
  }

  private expect(mark: string): void {
    this.skipSpace();
    if (this.text[this.at] !== mark) throw this.failure(`expected "${mark}"`);
    this.at++;
  }

  private skipSpace(): void {
    for (; ; this.at++) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    }
  }

  private failure(reason: string): ScimError {
    return new ScimError("invalidSyntax", `The request body is not acceptable JSON: ${reason} (offset ${this.at})`);
  }
}

export type PlainJson = JsonScalar | readonly PlainJson[] | { readonly [key: string]: PlainJson };

/** For `JSON.stringify` and jsonb parameters. Objects come out without a prototype. */
export function toPlain(value: Json): PlainJson {
  if (isArray(value)) return value.map(toPlain);
  if (!isObject(value)) return value;
  const plain: Record<string, PlainJson> = Object.create(null) as Record<string, PlainJson>;
  for (const [key, inner] of value) plain[key] = toPlain(inner);
  return plain;
}

/** The way back, for what the driver parsed out of a jsonb column. Takes own keys only. */
export function fromPlain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, inner]) => [key, fromPlain(inner)]));
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}

/** Whether two values are the same JSON; the order of keys does not matter, that of elements does. */
export function equalJson(left: Json, right: Json): boolean {
  if (isArray(left)) {
    if (!isArray(right) || left.length !== right.length) return false;
    return left.every((element, index) => equalJson(element, right[index] ?? null));
  }
  if (isObject(left)) {
    if (!isObject(right) || left.size !== right.size) return false;
    return [...left].every(([key, value]) => right.has(key) && equalJson(value, right.get(key) ?? null));
  }
  return left === right;
}
