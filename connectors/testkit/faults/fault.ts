import type { IncomingHttpHeaders } from "node:http";

/** A request as a fake reads it, before it has had any effect. */
export interface Call {
  /** Which listener of the fake it came through, as the fake names it. */
  readonly door: string;
  readonly method: string;
  /** The path as sent, percent-encoding kept, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What an answer carries: a JSON value, bytes of any type, or `bytes` of filler that is produced while it is sent. */
export type Content =
  { readonly json: unknown } | { readonly raw: string; readonly type: string } | { readonly fillerBytes: number };

/** An answer before it is put on the wire. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Content;
}

/** How the bytes of an answer travel. Left out: at once, and whole. */
export type Delivery =
  /** The connection is reset; with `afterBytes`, after that much of the body was sent under a longer announced length. */
  | { readonly kind: "reset"; readonly afterBytes?: number }
  /** Nothing is sent until the caller gives up or the fake closes. */
  | { readonly kind: "hang" }
  /** The head arrives at once, the body in pieces of `bytes` every `everyMs`. */
  | { readonly kind: "trickle"; readonly bytes: number; readonly everyMs: number };

/**
 * One way to misbehave, as the hooks it uses on the way of a call through a fake. A fake may bring its own.
 *
 * Order: `waitBeforeMs`, `prepare`, then either `instead`, `severBefore` or the fake itself (undone when `withoutEffect`),
 * `afterwards`, `rewrite`, `waitAfterMs`, `deliver`.
 */
export interface Fault {
  /** Shown in the report and in the call log. */
  readonly name: string;
  readonly waitBeforeMs?: number;
  /** The call as the fake shall read it. */
  prepare?(this: void, call: Call): Call;
  /** An answer given without the fake having seen the call. */
  instead?(this: void, call: Call): Reply;
  /** The call is lost before it has an effect. */
  readonly severBefore?: "reset" | "hang";
  /** The fake works out its honest answer, and forgets what it did. */
  readonly withoutEffect?: boolean;
  /** Something else that happens once the call had its effect. */
  afterwards?(this: void, call: Call, reply: Reply): void;
  rewrite?(this: void, reply: Reply, call: Call): Reply;
  readonly waitAfterMs?: number;
  readonly deliver?: Delivery;
}

/** Whether nothing after this fault can matter to the call any more. */
export function isLastWord(fault: Fault): boolean {
  return fault.instead !== undefined || fault.severBefore !== undefined;
}
