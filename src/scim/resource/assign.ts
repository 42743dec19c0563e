import { namesActive } from "../active.ts";
import { ScimError } from "../error.ts";
import type { Json, JsonObject } from "../json.ts";
import { isObject } from "../json.ts";
import type { Notes } from "../notes.ts";
import { note } from "../notes.ts";
import type { AttributeTarget, ResourceType, Target } from "../schema/registry.ts";
import { coerce } from "./coerce.ts";
import { isKept } from "./resource.ts";

/** One attribute and the value a client wants for it; null unassigns. */
export interface Assignment {
  readonly target: AttributeTarget;
  readonly value: Json;
}

/**
 * Takes an object apart into assignments: names in any case, `name.givenName` and URN-qualified keys as Entra sends
 * them in a path-less replace, extensions as objects under their URN.
 *
 * Unknown and read-only attributes are left out and noted; a client PUTs back what it was given, and more.
 * @see RFC 7644 section 3.5.1
 * @throws {ScimError} `invalidValue`, and `invalidSyntax` when two spellings of one attribute meet.
 */
export function assignmentsOf(body: JsonObject, type: ResourceType, notes: Notes): readonly Assignment[] {
  const assignments = collect(body, type, notes, (key) => type.resolve(key), 0);
  const seen = new Set<string>();
  for (const { target } of assignments) {
    const key = `${target.extension ?? ""}:${target.attribute.name}.${target.sub?.name ?? ""}`;
    if (seen.has(key)) throw new ScimError("invalidSyntax", `"${target.attribute.name}" is given twice`);
    seen.add(key);
  }
  return assignments;
}

function collect(
  body: JsonObject,
  type: ResourceType,
  notes: Notes,
  resolve: (key: string) => Target | null,
  depth: number,
): readonly Assignment[] {
  return [...body].flatMap(([key, value]): readonly Assignment[] => {
    const target = resolve(key);
    if (target?.kind === "attribute") return assignmentOf(target, value, notes);
    if (target !== null && isObject(value) && depth === 0) {
      const urn = target.kind === "extension" ? target.extension : type.schema.id;
      if (target.kind === "resource") note(notes, "schema-key-flattened", key);
      // Inside an extension's object, names belong to that extension alone.
      return collect(value, type, notes, (name) => type.resolve(`${urn}:${name}`), 1);
    }
    if (target !== null && value === null && target.kind === "extension") return unassignAll(type, target.extension);
    if (target !== null) throw new ScimError("invalidValue", `"${key}" must be an object`);
    if (namesActive(key)) throw new ScimError("invalidValue", '"active" belongs at the top of the resource');
    note(notes, "unknown-ignored", key);
    return [];
  });
}

function assignmentOf(target: AttributeTarget, value: Json, notes: Notes): readonly Assignment[] {
  const isWritable = isKept(target.attribute) && (target.sub === null || isKept(target.sub));
  if (target.attribute.mutability === "readOnly" || target.sub?.mutability === "readOnly") {
    // Every client sends `schemas`; that it is ours to say is not worth a note.
    if (target.attribute.name !== "schemas") note(notes, "read-only-ignored", target.attribute.name);
    return [];
  }
  if (target.sub !== null && target.attribute.multiValued) {
    throw new ScimError("invalidValue", `"${target.attribute.name}.${target.sub.name}" does not say which value`);
  }
  const coerced = coerce(target.sub ?? target.attribute, value, notes);
  return isWritable ? [{ target, value: coerced }] : [];
}

function unassignAll(type: ResourceType, extension: string): readonly Assignment[] {
  const schema = type.extensions.find(({ id }) => id === extension);
  return (schema?.attributes ?? []).map((attribute) => ({
    target: { kind: "attribute", extension, attribute, sub: null },
    value: null,
  }));
}
