import type { JsonObject } from "../json.ts";
import type { ScimSource } from "./authenticate.ts";
import type { Query } from "./query.ts";

/** A request after authentication, as the handlers see it. */
export interface ScimRequest {
  readonly source: ScimSource;
  /** The identifier in the path; empty where there is none. */
  readonly id: string;
  readonly query: Query;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** The body's bytes; empty where there is none. */
  readonly body: Uint8Array;
  readonly mediaType: string;
}

export interface ScimAnswer {
  readonly status: number;
  readonly body: JsonObject | null;
  readonly etag?: string;
  readonly location?: string;
}

export type Handler = (request: ScimRequest) => Promise<ScimAnswer>;
