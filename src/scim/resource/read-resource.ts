import { refuseUnheardActive } from "../active.ts";
import { ScimError } from "../error.ts";
import type { Json } from "../json.ts";
import { isArray, isObject } from "../json.ts";
import type { Notes } from "../notes.ts";
import { note } from "../notes.ts";
import type { ResourceType } from "../schema/registry.ts";
import { foldName } from "../schema/registry.ts";
import { assignmentsOf } from "./assign.ts";
import type { Resource } from "./resource.ts";
import { finishResource } from "./resource.ts";

export interface ReadResource {
  readonly resource: Resource;
  readonly notes: Notes;
}

/**
 * Reads the body of POST or PUT. `active` is in the resource only when the client gave it.
 * @throws {ScimError} `invalidSyntax` when it is not an object of this type; `invalidValue` for a wrong or missing value.
 * @see RFC 7644 sections 3.3 and 3.5.1
 */
export function readResource(body: Json, type: ResourceType): ReadResource {
  if (!isObject(body)) throw new ScimError("invalidSyntax", "The request body must be a JSON object");
  const notes: Notes = [];
  requireSchema(body.get("schemas"), type.schema.id, notes);
  const assignments = assignmentsOf(body, type, notes);
  const resource = new Map<string, Json>();
  for (const { target, value } of assignments) {
    const bag = target.extension === null ? resource : child(resource, target.extension);
    if (target.sub === null) bag.set(target.attribute.name, value);
    else child(bag, target.attribute.name).set(target.sub.name, value);
  }
  if (resource.has("active") && typeof resource.get("active") !== "boolean") {
    throw new ScimError("invalidValue", '"active" must be true or false');
  }
  refuseUnheardActive(body, resource.has("active") ? 1 : 0);
  return { resource: finishResource(resource, type), notes };
}

/** The object under a key, made when missing, always our own copy. */
function child(bag: Map<string, Json>, key: string): Map<string, Json> {
  const present = bag.get(key);
  const own = new Map<string, Json>(isObject(present) ? present : []);
  bag.set(key, own);
  return own;
}

/** Several clients leave `schemas` out; a body that names other schemas only is another kind of resource. */
export function requireSchema(schemas: Json | undefined, urn: string, notes: Notes): void {
  if (schemas === undefined) {
    note(notes, "schemas-missing", urn);
    return;
  }
  const isNamed =
    isArray(schemas) && schemas.some((schema) => typeof schema === "string" && foldName(schema) === foldName(urn));
  if (!isNamed) throw new ScimError("invalidSyntax", `"schemas" must name ${urn}`);
}
