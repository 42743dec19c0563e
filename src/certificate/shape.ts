import { CertificateError } from "./error.ts";

/**
 * Closed schemas, small enough to be read by an auditor. A shape returns the value it was given, typed, or throws.
 * Every member is always present: what is absent is `null`, so that each meaning has one spelling.
 */
export type Shape<T> = (value: unknown, where: string) => T;
export type Of<S> = S extends Shape<infer T> ? T : never;

const invalid = (where: string, expected: string) =>
  new CertificateError("member-invalid", `${where}: expected ${expected}`, where);

export function object<M extends Readonly<Record<string, Shape<unknown>>>>(
  members: M,
): Shape<{ readonly [K in keyof M]: Of<M[K]> }> {
  return (value, where) => {
    const given = recordOf(value, where);
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(members, name)) {
        throw new CertificateError("member-unknown", `${where}: unknown member ${JSON.stringify(name)}`, where);
      }
    }
    for (const [name, shape] of Object.entries(members)) {
      if (!Object.hasOwn(given, name)) {
        throw new CertificateError("member-missing", `${where}: member "${name}" is missing`, where);
      }
      shape(given[name], where === "" ? name : `${where}.${name}`);
    }
    return given as { readonly [K in keyof M]: Of<M[K]> };
  };
}

export function array<T>(entry: Shape<T>, max: number, min = 0): Shape<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw invalid(where, `an array of ${min} to ${max} entries`);
    }
    return value.map((member, index) => entry(member, `${where}[${index}]`));
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, where) => (value === null ? null : shape(value, where));
}

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Shape<T> {
  return (value, where) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw invalid(where, allowed.map((one) => JSON.stringify(one)).join(" or "));
    return found;
  };
}

/** Chooses by the member that only one of the shapes has, or by a tag, so that errors name the right shape. */
export function either<A, B>(isFirst: (value: object) => boolean, first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return (value, where) =>
    typeof value === "object" && value !== null && isFirst(value) ? first(value, where) : second(value, where);
}

export function tagged<S extends Readonly<Record<string, Shape<unknown>>>>(
  tag: string,
  shapes: S,
): Shape<Of<S[keyof S]>> {
  return (value, where) => {
    const name = recordOf(value, where)[tag];
    const shape = typeof name === "string" && Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape === undefined) throw invalid(`${where}.${tag}`, Object.keys(shapes).join(" or "));
    return shape(value, where) as Of<S[keyof S]>;
  };
}

export const boolean: Shape<boolean> = (value, where) => {
  if (typeof value !== "boolean") throw invalid(where, "true or false");
  return value;
};

/** A whole number from 0 to 2^53 - 1. */
export const count: Shape<number> = (value, where) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw invalid(where, "a whole number");
  return value;
};

/** Bytes a text takes inside JSON, without its quotes. The ceiling on the signed bytes is kept by such limits. */
export function jsonBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2;
}

/** One line of text: not empty, NFC, no control characters, at most this many bytes inside JSON. */
export function line(maxBytes: number): Shape<string> {
  return (value, where) => {
    if (
      typeof value !== "string" ||
      value === "" ||
      /\p{Cc}/u.test(value) ||
      value.normalize("NFC") !== value ||
      jsonBytes(value) > maxBytes
    ) {
      throw invalid(where, `one line of NFC text, 1 to ${maxBytes} bytes`);
    }
    return value;
  };
}

/** Lower-case hex of a SHA-256. */
export const sha256: Shape<string> = pattern(/^[0-9a-f]{64}$/, "64 lower-case hex digits");

/** RFC 3339 in UTC with milliseconds, so that text order is time order. */
export const time: Shape<string> = (value, where) => {
  if (typeof value !== "string" || !isTime(value)) throw invalid(where, "a time like 2026-11-24T09:00:00.000Z");
  return value;
};

export function isTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return false;
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
}

export function pattern(expression: RegExp, expected: string): Shape<string> {
  return (value, where) => {
    if (typeof value !== "string" || !expression.test(value)) throw invalid(where, expected);
    return value;
  };
}

function recordOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(where, "an object");
  return value as Readonly<Record<string, unknown>>;
}
