import type { z } from "zod";
import type { ConnectorErrorCode } from "./error.ts";

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

  /**
   * One operation, done by a vendor's own SDK over the same transport and under the same rules. `problem` of the reply is
   * the vendor's name of an expected failure.
   * @throws {ConnectorError} classified: see `ConnectorErrorCode`.
   */
  sendBySdk<Output>(request: SdkRequest<Output>): Promise<TargetReply<Output, string>>;
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

/** One operation of a vendor's SDK. Its own retries must be off: a second exchange within one operation is refused. */
export interface SdkRequest<Output> {
  /** What is done, constant per operation; for AWS the `Action`. Named in evidence, intents and `reads`. */
  operation: string;
  /** As in `TargetRequest`. */
  template: string;
  /** Runs the SDK once; every exchange of it goes through `wire`. */
  run(wire: Wire): Promise<unknown>;
  /** Shape of what the SDK gives; another shape is `invalid-response`. Evidence keeps only the fields it names. */
  schema: z.ZodType<Output>;
  /** As in `TargetRequest`, within what the SDK gives. */
  secretFields?: readonly string[];
  /** What the SDK's failure means, once the target has answered; null leaves it to the status. */
  readFailure(thrown: unknown, answer: Pick<WireAnswer, "status" | "headers">): SdkFailure | null;
}

/** An expected failure is an answer (`NoSuchEntity`); the others become a `ConnectorError`. */
export type SdkFailure =
  | { kind: "expected"; name: string }
  | { kind: "failed"; code: ConnectorErrorCode; meaning: string; retryAt?: Date | null };

/** One exchange under the host's rules. Redirects are given back as they are, and never followed. */
export type Wire = (request: WireRequest) => Promise<WireAnswer>;

export interface WireRequest {
  method: string;
  /** Absolute. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | null;
}

export interface WireAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Whole, decompressed, and no larger than the host takes in. */
  body: Buffer;
}
