import type { HttpDeps } from "../deps.ts";
import type { Endpoint } from "../operation.ts";
import { caseEndpoints } from "./cases.ts";

/** Every endpoint below `/api/v1`. */
export function apiEndpoints(deps: HttpDeps): Endpoint[] {
  return [...caseEndpoints(deps)];
}
