import type { z } from "zod";

/**
 * The only way from a connector to its target. The host behind it enforces egress, time-outs, byte caps, redirects,
 * the rate bucket, dry run and intents, and turns each exchange into evidence.
 */
export interface TargetHttp {
  /**
   * One exchange. Resolves for every status the connector declares in `expect`; everything else is a ConnectorError.
   * @throws {ConnectorError} classified: see `ConnectorErrorCode`.
   */
  send<Body, Problem = unknown>(request: TargetRequest<Body, Problem>): Promise<TargetReply<Body, Problem>>;
}

export interface TargetRequest<Body, Problem = unknown> {
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute, or relative to the first origin. Must stay on an allowed origin. */
  url: string;
  /** What is done, constant per operation: `deleteKeyAuth`. Named in evidence, intents and `reads`. */
  operation: string;
  /** The URL with its variables named: `/consumers/{consumer}/key-auth/{id}`; goes into evidence instead of the URL. */
  template: string;
  headers?: Readonly<Record<string, string>>;
  json?: unknown;
  /** Statuses that are answers rather than errors: `[204, 404]`. */
  expect: readonly number[];
  /** Shape of a JSON answer; an answer of another shape is `invalid-response`. Evidence keeps only fields it names. */
  schema?: z.ZodType<Body>;
  /** Shape of a JSON answer to an expected status that is not 2xx; one of another shape leaves `problem` null. */
  problemSchema?: z.ZodType<Problem>;
  /** Fields of the answer that are secrets: replaced before hashing and never kept. Dotted paths, `*` for array elements. */
  secretFields?: readonly string[];
}

export interface TargetReply<Body, Problem = unknown> {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Parsed and validated when a schema was given and the status is 2xx; else null. */
  body: Body | null;
  /** What the target says about an expected status that is not 2xx, where a problem schema was given. */
  problem: Problem | null;
  /** The target's own id of the exchange, where it sends one. */
  requestId: string | null;
}
