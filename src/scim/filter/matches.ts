import type { Json, JsonObject, JsonScalar } from "../json.ts";
import { isArray, isObject } from "../json.ts";
import type { AttributeTarget } from "../schema/registry.ts";
import type { Comparison, Filter } from "./ast.ts";
import { leafOf } from "./ast.ts";

/**
 * Whether a resource satisfies a filter. The reference for what the SQL of `sql.ts` must select.
 *
 * An attribute that is not assigned satisfies no comparison, except `ne`, which is the negation of `eq`; one value of a
 * multi-valued attribute that satisfies a comparison is enough. @see RFC 7644 section 3.4.2.2
 */
export function matches(filter: Filter, resource: JsonObject): boolean {
  return holds(filter, (target) => valuesAt(target, resource), resource);
}

/** Whether one element of a multi-valued attribute satisfies the filter in the brackets of its value path. */
export function elementMatches(filter: Filter, element: Json): boolean {
  const read = ({ sub }: AttributeTarget): readonly Json[] => {
    if (!isObject(element) || sub === null) return [];
    return assigned(element.get(sub.name));
  };
  return holds(filter, read, new Map());
}

type Read = (target: AttributeTarget) => readonly Json[];

function holds(filter: Filter, read: Read, resource: JsonObject): boolean {
  switch (filter.kind) {
    case "and":
      return filter.of.every((operand) => holds(operand, read, resource));
    case "or":
      return filter.of.some((operand) => holds(operand, read, resource));
    case "not":
      return !holds(filter.filter, read, resource);
    case "present":
      return read(filter.target).length > 0;
    case "element":
      return valuesAt(filter.target, resource).some((element) => elementMatches(filter.filter, element));
    default:
      return compares(filter, read(filter.target));
  }
}

function valuesAt({ extension, attribute, sub }: AttributeTarget, resource: JsonObject): readonly Json[] {
  const bag = extension === null ? resource : resource.get(extension);
  if (!isObject(bag)) return [];
  const values = assigned(bag.get(attribute.name));
  if (sub === null) return values;
  return values.flatMap((value) => (isObject(value) ? assigned(value.get(sub.name)) : []));
}

/** Null and the empty list mean "not assigned". @see RFC 7643 section 2.5 */
function assigned(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isArray(value) ? value : [value];
}

function compares({ target, operator, value }: Comparison, found: readonly Json[]): boolean {
  if (operator === "ne") return !found.some((candidate) => satisfies(candidate, "eq", value, target));
  return found.some((candidate) => satisfies(candidate, operator, value, target));
}

function satisfies(
  candidate: Json,
  operator: Exclude<Comparison["operator"], "ne">,
  value: JsonScalar,
  target: AttributeTarget,
): boolean {
  const leaf = leafOf(target);
  if (leaf.type === "boolean") return candidate === value;
  if (typeof candidate !== "string" || typeof value !== "string") return false;
  if (leaf.type === "dateTime") return ordered(Date.parse(candidate) - Date.parse(value), operator);
  const [left, right] = leaf.caseExact ? [candidate, value] : [candidate.toLowerCase(), value.toLowerCase()];
  switch (operator) {
    case "co":
      return left.includes(right);
    case "sw":
      return left.startsWith(right);
    case "ew":
      return left.endsWith(right);
    default:
      return ordered(Buffer.compare(Buffer.from(left), Buffer.from(right)), operator);
  }
}

function ordered(difference: number, operator: Comparison["operator"]): boolean {
  switch (operator) {
    case "eq":
      return difference === 0;
    case "gt":
      return difference > 0;
    case "ge":
      return difference >= 0;
    case "lt":
      return difference < 0;
    case "le":
      return difference <= 0;
    default:
      return false;
  }
}
