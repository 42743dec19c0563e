import canonicalize from "canonicalize";
import { CertificateError } from "./error.ts";

/** Names that change what an object is, instead of what it holds. */
const forbiddenMembers = new Set(["__proto__", "constructor", "prototype"]);
const loneSurrogate = /\p{Surrogate}/u;

const quote = 0x22;
const backslash = 0x5c;

export interface GateLimits {
  /** Bytes of input. */
  readonly maxBytes: number;
  /** Nested arrays and objects. */
  readonly maxDepth: number;
}

/**
 * The strict gate for every JSON text under a signature or a hash: there is exactly one spelling for each value, so
 * that no two parsers can read one signature in two ways.
 *
 * Accepts bytes that are RFC 8785 canonical JSON with well-formed strings without NUL, safe integers only, and no
 * member that could reach a prototype. Refuses therefore duplicate keys, other key orders, whitespace, byte order
 * marks, needless escapes, floats, negative zero, trailing data.
 *
 * @param where names the text in errors, for example "payload".
 * @throws {CertificateError} `too-large`, `too-deep`, `utf8-invalid`, `json-malformed`, `text-malformed`,
 *   `number-not-safe`, `member-forbidden`, `json-not-canonical`.
 * @see RFC 8785 section 3; RFC 8259 section 8
 */
export function parseStrict(bytes: Uint8Array, limits: GateLimits, where: string): unknown {
  if (bytes.length > limits.maxBytes) {
    throw new CertificateError("too-large", `${bytes.length} bytes; the limit is ${limits.maxBytes}`, where);
  }
  // Before parsing: the canonicaliser recurses, and a text of brackets must not end in a stack overflow.
  if (depthOf(bytes) > limits.maxDepth) {
    throw new CertificateError("too-deep", `nested deeper than ${limits.maxDepth} levels`, where);
  }
  const value = parse(decodeUtf8(bytes, where), where);
  assertPlain(value, where);
  if (!sameBytes(encodeUtf8(canonicalText(value)), bytes)) {
    throw new CertificateError("json-not-canonical", "not in canonical form (RFC 8785)", where);
  }
  return value;
}

/**
 * RFC 8785 bytes of a value that passes the same rules as {@link parseStrict}.
 * @throws {CertificateError} when the value holds what the gate would refuse to read back.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  assertPlain(value, "value");
  return encodeUtf8(canonicalText(value));
}

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** @throws {CertificateError} `utf8-invalid`, also for overlong forms and encoded surrogates. A BOM is kept. */
export function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CertificateError("utf8-invalid", "not valid UTF-8", where, { cause });
  }
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CertificateError("json-malformed", "not JSON, or data follows the JSON", where, { cause });
  }
}

function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new CertificateError("json-malformed", "no JSON form exists for this value", "value");
  return text;
}

/** Only what JSON can say and we allow; `toJSON`, `undefined` and class instances would otherwise change silently. */
function assertPlain(value: unknown, where: string): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") return assertText(value, where);
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return;
    throw new CertificateError("number-not-safe", "only integers up to 2^53 - 1 are allowed", where);
  }
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) assertPlain(entry, `${where}[${index}]`);
    return;
  }
  if (typeof value !== "object" || !isPlainObject(value)) {
    throw new CertificateError("json-malformed", "not a plain JSON value", where);
  }
  for (const [name, member] of Object.entries(value)) {
    assertText(name, where);
    if (forbiddenMembers.has(name)) {
      throw new CertificateError("member-forbidden", `a member must not be called ${name}`, where);
    }
    assertPlain(member, `${where}.${name.slice(0, 64)}`);
  }
}

/** No class instance; an object of another realm counts. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) === null;
}

function assertText(text: string, where: string): void {
  if (loneSurrogate.test(text) || text.includes("\0")) {
    throw new CertificateError("text-malformed", "text holds a lone surrogate or NUL", where);
  }
}

function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}
