import type { AuthDeps } from "../authenticate.ts";
import type { HttpDeps } from "../deps.ts";
import type { EventHub } from "../event-hub.ts";
import type { Endpoint } from "../operation.ts";
import { caseEndpoints } from "./cases.ts";
import { peopleEndpoints } from "./people.ts";
import { questionEndpoints } from "./questions.ts";
import { recordEndpoints } from "./records.ts";
import { streamEndpoints } from "./stream.ts";
import { tokenEndpoints } from "./tokens.ts";

/** Every endpoint below `/api/v1`. */
export function apiEndpoints(deps: HttpDeps, auth: AuthDeps, hub: EventHub): Endpoint[] {
  return [
    ...caseEndpoints(deps),
    ...recordEndpoints(deps),
    ...peopleEndpoints(deps),
    ...questionEndpoints(deps),
    ...tokenEndpoints(deps),
    ...streamEndpoints(deps, auth, hub),
  ];
}
