import { ScimError } from "../error.ts";
import type { Filter } from "../filter/ast.ts";
import { elementMatches } from "../filter/matches.ts";
import type { Json, JsonObject } from "../json.ts";
import { equalJson, isArray, isObject } from "../json.ts";
import { isPrimary, withoutDuplicates } from "../resource/coerce.ts";
import type { Resource } from "../resource/resource.ts";
import { finishResource } from "../resource/resource.ts";
import type { Attribute } from "../schema/attribute.ts";
import type { ResourceType } from "../schema/registry.ts";
import type { PatchOperation } from "./operation.ts";

/**
 * The resource after all operations, in order; the one given is left as it was. All or nothing: an operation that fails
 * throws, and nothing was changed.
 *
 * @throws {ScimError} `noTarget` when a filter finds nothing to replace; `invalidValue` when the result is not a valid
 *   resource.
 * @see RFC 7644 sections 3.5.2.1 to 3.5.2.3
 */
export function applyPatch(resource: Resource, operations: readonly PatchOperation[], type: ResourceType): Resource {
  const changed = operations.reduce(applyOperation, resource);
  return finishResource(changed, type);
}

function applyOperation(resource: Resource, operation: PatchOperation): Resource {
  const { extension, attribute } = operation.target;
  const bag = extension === null ? resource : objectAt(resource, extension);
  const before = bag.get(attribute.name) ?? null;
  const after = attribute.multiValued
    ? changeElements(isArray(before) ? before : [], operation)
    : changeSingle(before, operation);
  const changed = withEntry(bag, attribute.name, after);
  return extension === null ? changed : withEntry(resource, extension, changed);
}

function changeSingle(before: Json, operation: PatchOperation): Json {
  const { attribute, sub } = operation.target;
  const value = operation.op === "remove" ? null : operation.value;
  if (sub !== null) return withEntry(isObject(before) ? before : new Map(), sub.name, value);
  // The given sub-attributes replace their likes; those left out stay. RFC 7644 section 3.5.2.3
  if (attribute.type === "complex" && isObject(before) && isObject(value)) return new Map([...before, ...value]);
  return value;
}

function changeElements(before: readonly Json[], operation: PatchOperation): Json {
  const { target, filter } = operation;
  if (operation.op === "remove" && operation.only !== null) {
    const { only } = operation;
    return before.filter((element) => !only.some((selector) => isLike(element, selector)));
  }
  if (filter === null && target.sub === null) return changeWholeList(before, operation);

  const isMeant = (element: Json): boolean => filter === null || elementMatches(filter, element);
  if (!before.some(isMeant)) return changeMissingElement(before, operation);
  if (operation.op === "remove" && target.sub === null) return before.filter((element) => !isMeant(element));
  return settlePrimary(
    before,
    before.map((element) => (isMeant(element) ? changeElement(element, operation) : element)),
  );
}

function changeWholeList(before: readonly Json[], operation: PatchOperation): Json {
  if (operation.op === "remove") return null;
  const given = isArray(operation.value) ? operation.value : [];
  if (operation.op === "replace") return given;
  return settlePrimary(before, withoutDuplicates([...before, ...given]));
}

function changeMissingElement(before: readonly Json[], operation: PatchOperation): Json {
  // Removing what is not there has had its effect already; a directory repeats itself.
  if (operation.op === "remove") return before;
  if (operation.op === "replace" && !operation.createsElement) {
    throw new ScimError("noTarget", `No value of "${operation.target.attribute.name}" matches the filter of the path`);
  }
  const blank = new Map(operation.filter === null ? [] : valuesAskedFor(operation.filter, operation.target.attribute));
  return settlePrimary(before, [...before, changeElement(blank, { ...operation, op: "add" })]);
}

function changeElement(element: Json, operation: PatchOperation): Json {
  const present = isObject(element) ? element : new Map<string, Json>();
  const { sub } = operation.target;
  if (sub !== null) return withEntry(present, sub.name, operation.op === "remove" ? null : operation.value);
  if (operation.op === "remove") return null;
  // RFC 7644 section 3.5.2.3: the matching values are replaced whole; `add` completes them.
  return operation.op === "add" && isObject(operation.value)
    ? new Map([...present, ...operation.value])
    : operation.value;
}

/** What an element must hold to match: `type eq "work" and primary eq true`. */
function valuesAskedFor(filter: Filter, attribute: Attribute): readonly (readonly [string, Json])[] {
  if (filter.kind === "and") return filter.of.flatMap((operand) => valuesAskedFor(operand, attribute));
  if (filter.kind === "compare" && filter.operator === "eq" && filter.target.sub !== null) {
    return [[filter.target.sub.name, filter.value]];
  }
  throw new ScimError("noTarget", `The filter of the path does not say what value of "${attribute.name}" to create`);
}

/**
 * A value that becomes primary takes it from the others. @see RFC 7644 section 3.5.2
 * @throws {ScimError} `invalidValue` when the operation makes two values primary.
 */
function settlePrimary(before: readonly Json[], after: readonly Json[]): readonly Json[] {
  if (after.filter(isPrimary).length < 2) return after;
  const fresh = after.filter((element, index) => isPrimary(element) && element !== before[index]);
  if (fresh.length !== 1) throw new ScimError("invalidValue", "Only one value may be primary");
  return after.map((element) =>
    isPrimary(element) && element !== fresh[0] ? withEntry(element, "primary", false) : element,
  );
}

/** Whether an element is the one a client names: by its `value` where it gives one, else by all it gives. */
function isLike(element: Json, selector: Json): boolean {
  if (!isObject(element) || !isObject(selector)) return equalJson(element, selector);
  const named = selector.get("value") ?? null;
  if (named !== null) return equalJson(element.get("value") ?? null, named);
  const given = [...selector].filter(([, value]) => value !== null);
  return given.length > 0 && given.every(([name, value]) => equalJson(element.get(name) ?? null, value));
}

function objectAt(resource: Resource, key: string): JsonObject {
  const present = resource.get(key);
  return isObject(present) ? present : new Map();
}

function withEntry(bag: JsonObject, key: string, value: Json): JsonObject {
  return new Map(bag).set(key, value);
}
