/** The characteristics of one attribute. @see RFC 7643 sections 2.2 and 7 */
export interface Attribute {
  readonly name: string;
  readonly type: "string" | "boolean" | "complex" | "reference" | "dateTime" | "binary";
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: "readOnly" | "readWrite" | "immutable" | "writeOnly";
  readonly returned: "always" | "never" | "default" | "request";
  readonly uniqueness: "none" | "server" | "global";
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
  /** Longest accepted value in characters. Ours: an index entry of PostgreSQL holds at most 2,704 bytes. */
  readonly maxLength?: number;
}

type Traits = Partial<Omit<Attribute, "name" | "type" | "description" | "subAttributes">>;

function attribute(name: string, type: Attribute["type"], description: string, traits: Traits): Attribute {
  return {
    name,
    type,
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    ...traits,
  };
}

export function text(name: string, description: string, traits: Traits = {}): Attribute {
  return attribute(name, "string", description, traits);
}

export function flag(name: string, description: string, traits: Traits = {}): Attribute {
  return attribute(name, "boolean", description, traits);
}

export function instant(name: string, description: string, traits: Traits = {}): Attribute {
  return attribute(name, "dateTime", description, traits);
}

export function reference(
  name: string,
  description: string,
  referenceTypes: readonly string[],
  traits: Traits = {},
): Attribute {
  return attribute(name, "reference", description, { caseExact: true, referenceTypes, ...traits });
}

/** Base64 text. Binary values compare exactly. @see RFC 7643 section 2.3.6 */
export function binary(name: string, description: string, traits: Traits = {}): Attribute {
  return attribute(name, "binary", description, { caseExact: true, ...traits });
}

export function complex(
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  traits: Traits = {},
): Attribute {
  return { ...attribute(name, "complex", description, traits), subAttributes };
}

/** A multi-valued attribute with the customary sub-attributes. @see RFC 7643 section 2.4 */
export function plural(
  name: string,
  description: string,
  value: Attribute,
  types: readonly string[] = [],
  traits: Traits = {},
): Attribute {
  const subAttributes = [
    value,
    text("display", "A name for display."),
    text("type", "A label for the value's function.", types.length > 0 ? { canonicalValues: types } : {}),
    flag("primary", "Whether this is the preferred value; true for one at most."),
  ];
  return complex(name, description, subAttributes, { multiValued: true, ...traits });
}
