import type { Call } from "../../faults/index.ts";
import { paramsOf } from "./params.ts";

/** Which calls a script is about, by action: every call of this target is a POST to the same path. */
export function onAction(...actions: readonly string[]): { readonly when: (call: Call) => boolean } {
  return { when: (call) => actions.includes(paramsOf(call).get("Action") ?? "") };
}
