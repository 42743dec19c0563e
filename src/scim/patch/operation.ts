import type { Filter } from "../filter/ast.ts";
import type { Json } from "../json.ts";
import type { AttributeTarget } from "../schema/registry.ts";

/** One operation of a PATCH after normalisation: names resolved, values of their attributes' types. */
export type PatchOperation =
  | {
      readonly op: "add" | "replace";
      readonly target: AttributeTarget;
      /** Which elements of a multi-valued attribute; null for all of it. */
      readonly filter: Filter | null;
      /** Null unassigns. */
      readonly value: Json;
      /** Whether `replace` makes the element that its filter did not find. */
      readonly createsElement: boolean;
    }
  | {
      readonly op: "remove";
      readonly target: AttributeTarget;
      readonly filter: Filter | null;
      /** Entra's form without a filter: only the elements like these. Null removes whatever the path names. */
      readonly only: readonly Json[] | null;
    };
