import type { JsonScalar } from "../json.ts";
import type { AttributeTarget } from "../schema/registry.ts";

/**
 * A filter whose names are resolved against a resource type and whose values fit their attributes' types.
 * @see RFC 7644 section 3.4.2.2
 */
export type Filter =
  | { readonly kind: "and" | "or"; readonly of: readonly Filter[] }
  | { readonly kind: "not"; readonly filter: Filter }
  | { readonly kind: "present"; readonly target: AttributeTarget }
  | Comparison
  | { readonly kind: "element"; readonly target: AttributeTarget; readonly filter: Filter };

/** Inside an `element`, `target.sub` names the sub-attribute of the element under test. */
export interface Comparison {
  readonly kind: "compare";
  readonly target: AttributeTarget;
  readonly operator: ComparisonOperator;
  /** Null is compared with `eq` and `ne` alone, and means "not assigned". */
  readonly value: JsonScalar;
}

export const comparisonOperators = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** The attribute whose value is compared: the sub-attribute where one is named. */
export function leafOf({ attribute, sub }: AttributeTarget): AttributeTarget["attribute"] {
  return sub ?? attribute;
}
