import type { Call, Fault, Reply } from "./fault.ts";

/** Answers 2xx as if all had gone well, and keeps everything as it was. */
export const withoutEffect = (): Fault => ({ name: "without-effect", withoutEffect: true });

/** Answers by itself; the call never reaches the fake. Good for 401, 403, a 404 that means "you may not look", 409, 5xx. */
export function answers(status: number, json?: unknown, headers: Readonly<Record<string, string>> = {}): Fault {
  const content = json === undefined ? {} : { content: { json } };
  return { name: `answers-${status}`, instead: () => ({ status, headers, ...content }) };
}

/**
 * 429 without an effect.
 *
 * @param retryAfter seconds, a date, or any text for an absurd value; left out, the header is missing.
 */
export function throttles(retryAfter?: number | Date | string): Fault {
  const value = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter?.toString();
  const headers: Record<string, string> = value === undefined ? {} : { "retry-after": value };
  return {
    name: value === undefined ? "throttles" : "throttles-with-retry-after",
    instead: () => ({ status: 429, headers, content: { json: { message: "API rate limit exceeded" } } }),
  };
}

/** The connection is reset before the call has an effect. */
export const resetsBefore = (): Fault => ({ name: "resets-before", severBefore: "reset" });

/** The effect happens, its answer is lost: the connection is reset. */
export const resetsAfter = (): Fault => ({ name: "resets-after", deliver: { kind: "reset" } });

/** No answer and no effect, until the caller gives up. */
export const hangsBefore = (): Fault => ({ name: "hangs-before", severBefore: "hang" });

/** The effect happens, and no answer ever comes. */
export const hangsAfter = (): Fault => ({ name: "hangs-after", deliver: { kind: "hang" } });

/** The effect, and the answer, come later: the effect even to a caller that gave up meanwhile. */
export const delaysBefore = (ms: number): Fault => ({ name: "delays-before", waitBeforeMs: ms });

/** The effect comes at once, the answer later. */
export const delaysAfter = (ms: number): Fault => ({ name: "delays-after", waitAfterMs: ms });

/** The honest answer, byte by byte (slow-loris). */
export const trickles = (bytes: number, everyMs: number): Fault => ({
  name: "trickles",
  deliver: { kind: "trickle", bytes, everyMs },
});

/** The honest answer, cut off: the connection is reset after `bytes` of a body announced as longer. */
export const cutsAfter = (bytes: number): Fault => ({
  name: "cuts",
  deliver: { kind: "reset", afterBytes: bytes },
});

/** The honest status with a page of HTML, as a proxy in between would send. */
export const htmlBody = (): Fault => ({
  name: "html-body",
  rewrite: (reply) => ({
    ...reply,
    status: reply.status === 204 ? 200 : reply.status,
    content: { raw: "<!doctype html><title>Sign in</title><h1>Sign in</h1>", type: "text/html; charset=utf-8" },
  }),
});

/** The honest status and type, and no body. */
export const emptyBody = (): Fault => ({
  name: "empty-body",
  rewrite: (reply) => ({ ...reply, content: { raw: "", type: "application/json; charset=utf-8" } }),
});

/** The honest JSON, ended in the middle under its true length. */
export const truncatedJson = (): Fault => ({
  name: "truncated-json",
  rewrite: (reply) => {
    const text = reply.content !== undefined && "json" in reply.content ? JSON.stringify(reply.content.json) : "{";
    const raw = text.slice(0, Math.max(1, Math.floor(text.length / 2)));
    return { ...reply, content: { raw, type: "application/json; charset=utf-8" } };
  },
});

/** The honest answer with every string a number, every list an object, and so on. */
export const wrongTypes = (): Fault => ({
  name: "wrong-types",
  rewrite: (reply) =>
    reply.content !== undefined && "json" in reply.content
      ? { ...reply, content: { json: mistyped(reply.content.json) } }
      : reply,
});

/** A body of `bytes`, produced while it is sent; a reader that has no cap pays for it. */
export const hugeBody = (bytes: number): Fault => ({
  name: "huge-body",
  rewrite: (reply) => ({ ...reply, status: 200, content: { fillerBytes: bytes } }),
});

/** Sends the caller elsewhere, without an effect. */
export const redirects = (to: string | ((call: Call) => string), status = 302): Fault => ({
  name: "redirects",
  instead: (call) => ({ status, headers: { location: typeof to === "string" ? to : to(call) } }),
});

/** Any change of the honest answer. */
export const rewrites = (name: string, rewrite: (reply: Reply, call: Call) => Reply): Fault => ({ name, rewrite });

/** Something that happens elsewhere once the call had its effect. */
export const andThen = (name: string, afterwards: (call: Call, reply: Reply) => void): Fault => ({ name, afterwards });

function mistyped(value: unknown): unknown {
  if (Array.isArray(value)) return Object.fromEntries(value.map((one, at) => [`item${at}`, mistyped(one)]));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mistyped(one)]));
  }
  if (typeof value === "string") return value.length;
  if (typeof value === "number") return String(value);
  return [value];
}
