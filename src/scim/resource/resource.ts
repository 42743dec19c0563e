import { ScimError } from "../error.ts";
import type { Json, JsonObject } from "../json.ts";
import { isArray, isObject } from "../json.ts";
import type { Attribute } from "../schema/attribute.ts";
import type { ResourceType } from "../schema/registry.ts";

/**
 * What a client may set of a resource, under canonical names; extensions lie under their URN. `id`, `meta` and
 * `schemas` are ours and not in it. It holds no null, no empty list and no empty object.
 */
export type Resource = JsonObject;

/** Leaves out whatever means "not assigned". @see RFC 7643 section 2.5 */
export function withoutUnassigned(value: Json): Json {
  if (isArray(value)) {
    const elements = value.map(withoutUnassigned).filter((element) => element !== null);
    return elements.length === 0 ? null : elements;
  }
  if (!isObject(value)) return value;
  const entries = [...value].map(([key, inner]) => [key, withoutUnassigned(inner)] as const);
  const kept = entries.filter(([, inner]) => inner !== null);
  return kept.length === 0 ? null : new Map(kept);
}

/**
 * The resource as it may be stored.
 * @throws {ScimError} `invalidValue` when a required attribute is missing or blank.
 */
export function finishResource(draft: JsonObject, type: ResourceType): Resource {
  const finished = withoutUnassigned(draft);
  const resource = isObject(finished) ? finished : new Map<string, Json>();
  for (const attribute of type.schema.attributes) {
    if (attribute.required && isBlank(resource.get(attribute.name))) {
      throw new ScimError("invalidValue", `"${attribute.name}" is required`);
    }
  }
  return resource;
}

function isBlank(value: Json | undefined): boolean {
  return value === undefined || (typeof value === "string" && value.trim() === "");
}

/** Whether a client may write the attribute and have it kept. A password is accepted and thrown away. */
export function isKept(attribute: Attribute): boolean {
  return attribute.mutability === "readWrite" || attribute.mutability === "immutable";
}
