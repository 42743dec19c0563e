import type { Attribute } from "./attribute.ts";

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A kind of resource with the closed set of names that its requests may use. */
export interface ResourceType {
  readonly name: string;
  readonly endpoint: string;
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
  /** What a name means, whatever its case and with or without its schema's URN; null when it is not of this type. */
  readonly resolve: (name: string) => Target | null;
}

/** What a name or path means. `extension` is the URN under which the value lies, or null for the resource itself. */
export type Target =
  { readonly kind: "resource" } | { readonly kind: "extension"; readonly extension: string } | AttributeTarget;

export interface AttributeTarget {
  readonly kind: "attribute";
  readonly extension: string | null;
  readonly attribute: Attribute;
  readonly sub: Attribute | null;
}

interface Definition extends Omit<ResourceType, "resolve"> {
  readonly commonAttributes: readonly Attribute[];
}

/** Attribute names are compared without regard to case. @see RFC 7643 section 2.1 */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** The sub-attribute of that name, or null. */
export function subAttributeOf(attribute: Attribute, name: string): Attribute | null {
  const folded = foldName(name);
  return attribute.subAttributes?.find((sub) => foldName(sub.name) === folded) ?? null;
}

export function defineResourceType({ commonAttributes, ...type }: Definition): ResourceType {
  const core = { urn: foldName(type.schema.id), extension: null, names: index(type.schema, commonAttributes) };
  const extensions = type.extensions.map((schema) => ({
    urn: foldName(schema.id),
    extension: schema.id,
    names: index(schema, []),
  }));
  const resolve = (name: string): Target | null => {
    const folded = foldName(name);
    for (const { urn, extension, names } of [core, ...extensions]) {
      if (folded === urn) return extension === null ? { kind: "resource" } : { kind: "extension", extension };
      // A URN holds dots and colons of its own ("2.0:User"), so it is cut off whole, never split.
      if (folded.startsWith(`${urn}:`)) return attributeTarget(names, extension, name.slice(urn.length + 1));
    }
    return attributeTarget(core.names, null, name);
  };
  return { ...type, resolve };
}

function index(schema: Schema, common: readonly Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map([...common, ...schema.attributes].map((attribute) => [foldName(attribute.name), attribute]));
}

function attributeTarget(
  names: ReadonlyMap<string, Attribute>,
  extension: string | null,
  path: string,
): AttributeTarget | null {
  const [name = "", subName, ...rest] = path.split(".");
  const attribute = names.get(foldName(name));
  if (attribute === undefined || rest.length > 0) return null;
  if (subName === undefined) return { kind: "attribute", extension, attribute, sub: null };
  const sub = subAttributeOf(attribute, subName);
  return sub && { kind: "attribute", extension, attribute, sub };
}
