import { ScimError } from "../error.ts";
import type { Json, JsonObject } from "../json.ts";
import { isArray, isObject } from "../json.ts";
import type { ResourceType } from "../schema/registry.ts";

/** Which attributes an answer shows. @see RFC 7644 section 3.9 */
export type Projection = (resource: JsonObject) => JsonObject;

/** `schemas` says how to read the rest, so no answer goes without it. @see RFC 7643 section 3 */
const alwaysShown: ReadonlySet<string> = new Set(["schemas", "id"]);

type Names = ReadonlyMap<string, ReadonlySet<string> | "whole">;

/**
 * Reads `attributes` and `excludedAttributes`. Names that mean nothing here are passed over.
 * @throws {ScimError} `invalidValue` when both are given: they exclude each other.
 */
export function readProjection(attributes: string | null, excluded: string | null, type: ResourceType): Projection {
  if (attributes !== null && excluded !== null) {
    throw new ScimError("invalidValue", '"attributes" and "excludedAttributes" exclude each other');
  }
  if (attributes !== null) return (resource) => pick(resource, namesIn(attributes, type), true);
  if (excluded !== null) return (resource) => pick(resource, namesIn(excluded, type), false);
  return (resource) => resource;
}

/** Top-level name (or URN) to the names below it that are meant. Extension attributes lie below their URN. */
function namesIn(list: string, type: ResourceType): Names {
  const names = new Map<string, Set<string> | "whole">();
  const add = (top: string, below: string | null): void => {
    const known = names.get(top);
    if (below === null || known === "whole") names.set(top, "whole");
    else names.set(top, new Set(known).add(below));
  };
  for (const name of list.split(",").slice(0, 200)) {
    const target = type.resolve(name.trim());
    if (target?.kind === "extension") add(target.extension, null);
    if (target?.kind !== "attribute") continue;
    if (target.extension === null) add(target.attribute.name, target.sub?.name ?? null);
    else add(target.extension, target.attribute.name);
  }
  return names;
}

function pick(resource: JsonObject, names: Names, isShown: boolean): JsonObject {
  const picked = new Map<string, Json>();
  for (const [name, value] of resource) {
    const below = names.get(name);
    if (alwaysShown.has(name)) picked.set(name, value);
    else if (below === "whole" || below === undefined) {
      if ((below === "whole") === isShown) picked.set(name, value);
    } else {
      const part = pickBelow(value, below, isShown);
      if (part !== null) picked.set(name, part);
    }
  }
  return picked;
}

function pickBelow(value: Json, names: ReadonlySet<string>, isShown: boolean): Json {
  if (isArray(value)) {
    const parts = value.map((element) => pickBelow(element, names, isShown)).filter((element) => element !== null);
    return parts.length === 0 ? null : parts;
  }
  if (!isObject(value)) return isShown ? null : value;
  const part = new Map([...value].filter(([name]) => names.has(name) === isShown));
  return part.size === 0 ? null : part;
}
