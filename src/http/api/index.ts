import type { AuthDeps } from "../authenticate.ts";
import type { HttpDeps } from "../deps.ts";
import type { EventHub } from "../event-hub.ts";
import type { Endpoint, Operation } from "../operation.ts";
import { caseEndpoints } from "./cases.ts";
import { peopleEndpoints } from "./people.ts";
import { questionEndpoints } from "./questions.ts";
import { recordEndpoints } from "./records.ts";
import { streamEndpoints } from "./stream.ts";
import { taskEndpoints } from "./tasks.ts";
import { tokenEndpoints } from "./tokens.ts";

/** Every endpoint below `/api/v1`. */
export function apiEndpoints(deps: HttpDeps, auth: AuthDeps, hub: EventHub): Endpoint[] {
  return [
    ...caseEndpoints(deps),
    ...recordEndpoints(deps),
    ...peopleEndpoints(deps),
    ...questionEndpoints(deps),
    ...taskEndpoints(deps),
    ...tokenEndpoints(deps),
    ...streamEndpoints(deps, auth, hub),
  ];
}

/** The endpoints as data. Handlers use what they are given only when called, so here they need nothing. */
export function describedOperations(): Operation[] {
  const nothing = {} as never;
  return apiEndpoints(nothing, nothing, nothing).map((entry) => entry.operation);
}
