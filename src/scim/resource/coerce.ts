import { ScimError } from "../error.ts";
import type { Json, JsonObject } from "../json.ts";
import { isArray, isObject } from "../json.ts";
import type { Notes } from "../notes.ts";
import { note } from "../notes.ts";
import type { Attribute } from "../schema/attribute.ts";
import { subAttributeOf } from "../schema/registry.ts";

/**
 * The value a client gave for an attribute, in the attribute's own type. Null means "not assigned".
 *
 * Repairs what directories are known to send, and notes it: "True" and "False" for booleans, one value where a list is
 * meant, a list of one where a value is meant, a plain string for a complex value that has a `value`.
 *
 * @throws {ScimError} `invalidValue`, naming the attribute.
 * @see RFC 7643 section 2.3 (types), section 2.5 (null and empty lists)
 */
export function coerce(attribute: Attribute, value: Json, notes: Notes): Json {
  if (value === null || (isArray(value) && value.length === 0)) return null;
  if (!attribute.multiValued) return coerceOne(attribute, value, notes);
  if (!isArray(value)) note(notes, "single-value-listed", attribute.name);
  const elements = (isArray(value) ? value : [value]).map((element) => coerceElement(attribute, element, notes));
  refuseTwoPrimaries(attribute, elements);
  return withoutDuplicates(elements);
}

/** One element of a multi-valued attribute. */
export function coerceElement(attribute: Attribute, value: Json, notes: Notes): Json {
  const element = coerceOne(attribute, value, notes);
  if (element === null) throw invalid(attribute, "must not hold null");
  return element;
}

function coerceOne(attribute: Attribute, value: Json, notes: Notes): Json {
  const plain = unwrap(attribute, value, notes);
  if (plain === null) return null;
  switch (attribute.type) {
    case "complex":
      return coerceComplex(attribute, plain, notes);
    case "boolean":
      return coerceBoolean(attribute, plain, notes);
    case "dateTime":
      if (typeof plain !== "string" || Number.isNaN(Date.parse(plain))) throw invalid(attribute, "must be a date-time");
      return plain;
    default:
      if (typeof plain !== "string") throw invalid(attribute, "must be a string");
      if (attribute.maxLength !== undefined && plain.length > attribute.maxLength) {
        throw invalid(attribute, `must not be longer than ${attribute.maxLength} characters`);
      }
      return plain;
  }
}

/** Entra's older form of a single value is `[{"$ref": null, "value": x}]`. */
function unwrap(attribute: Attribute, value: Json, notes: Notes): Json {
  let inner: Json = value;
  if (isArray(inner)) {
    const [only, ...others] = inner;
    if (attribute.multiValued || only === undefined || others.length > 0) throw invalid(attribute, "must be one value");
    inner = only;
  }
  if (attribute.type !== "complex" && isObject(inner)) {
    const wrapped = inner.get("value");
    const isOnlyWrapping = [...inner].every(([key, other]) => key === "value" || other === null);
    if (wrapped === undefined || !isOnlyWrapping || isObject(wrapped) || isArray(wrapped)) {
      throw invalid(attribute, "must not be an object");
    }
    inner = wrapped;
  }
  if (inner !== value) note(notes, "value-unwrapped", attribute.name);
  return inner;
}

function coerceBoolean(attribute: Attribute, value: Json, notes: Notes): boolean {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (word !== "true" && word !== "false") throw invalid(attribute, "must be true or false");
  note(notes, "boolean-from-word", attribute.name);
  return word === "true";
}

function coerceComplex(attribute: Attribute, value: Json, notes: Notes): Json {
  const valueSub = subAttributeOf(attribute, "value");
  if (typeof value === "string" && valueSub !== null) {
    note(notes, "plain-value-wrapped", attribute.name);
    return value === "" ? null : new Map([["value", coerce(valueSub, value, notes)]]);
  }
  if (!isObject(value)) throw invalid(attribute, "must be an object");
  const complex = new Map<string, Json>();
  for (const [key, inner] of value) {
    const sub = subAttributeOf(attribute, key);
    if (sub === null) {
      note(notes, "unknown-ignored", `${attribute.name}.${key}`);
    } else if (complex.has(sub.name)) {
      throw invalid(attribute, `has "${sub.name}" twice`);
    } else if (sub.mutability === "readOnly" && attribute.mutability !== "readOnly") {
      note(notes, "read-only-ignored", `${attribute.name}.${sub.name}`);
    } else {
      complex.set(sub.name, coerce(sub, inner, notes));
    }
  }
  return complex;
}

function refuseTwoPrimaries(attribute: Attribute, elements: readonly Json[]): void {
  if (elements.filter(isPrimary).length > 1) {
    throw invalid(attribute, "must not have more than one primary value"); // RFC 7643 section 2.4
  }
}

export function isPrimary(element: Json): element is JsonObject {
  return isObject(element) && element.get("primary") === true;
}

/** The same value is kept once. @see RFC 7643 section 2.4 */
export function withoutDuplicates(elements: readonly Json[]): readonly Json[] {
  return [...new Map(elements.map((element) => [fingerprint(element), element])).values()];
}

function fingerprint(element: Json): string {
  if (!isObject(element)) return JSON.stringify(element);
  const given = [...element].filter(([, value]) => value !== null);
  return JSON.stringify(given.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function invalid(attribute: Attribute, reason: string): ScimError {
  return new ScimError("invalidValue", `"${attribute.name}" ${reason}`);
}
