import type { Call, Reply } from "../../faults/index.ts";
import type { PagingOptions } from "./paging.ts";
import type { Region } from "./region.ts";

/** A call of the control plane, with what its handler needs. */
export interface Asked {
  readonly call: Call;
  readonly region: Region;
  /** What stands in the braces of the route, decoded. */
  readonly params: readonly string[];
  readonly paging: PagingOptions;
  /** Whole epoch seconds. */
  readonly now: number;
  readonly make: Make;
}

/** Makes up what the service makes up. */
export interface Make {
  readonly id: () => string;
  readonly value: () => string;
}

export function json(status: number, body: object): Reply {
  return { status, content: { json: body } };
}
