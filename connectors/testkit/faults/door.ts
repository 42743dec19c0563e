import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Call, Delivery, Fault, Reply } from "./fault.ts";
import type { FaultSchedule } from "./schedule.ts";

/** One line of a fake's call log. */
export interface LoggedCall {
  /** Counts over all doors of a fake, from 1, in the order of arrival. */
  readonly seq: number;
  readonly at: Date;
  readonly door: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** What was answered; 0 when the caller never got an answer, or has none yet. */
  readonly status: number;
  /** A method that asks for a change: everything but GET, HEAD and OPTIONS. */
  readonly isWrite: boolean;
  /** Names of the faults that fired on it. */
  readonly faults: readonly string[];
}

/** The numbered calls of a fake, shared by its doors. */
export class CallLog {
  readonly #calls: LoggedCall[] = [];

  open(call: Omit<LoggedCall, "seq" | "status" | "faults">): (end: Pick<LoggedCall, "status" | "faults">) => void {
    const at = this.#calls.push({ ...call, seq: this.#calls.length + 1, status: 0, faults: [] }) - 1;
    return (end) => {
      const line = this.#calls[at];
      if (line !== undefined) this.#calls[at] = { ...line, ...end };
    };
  }

  all(): readonly LoggedCall[] {
    return [...this.#calls];
  }

  clear(): void {
    this.#calls.length = 0;
  }
}

export interface DoorOptions {
  readonly name: string;
  readonly schedule: FaultSchedule;
  readonly log: CallLog;
  readonly clock: () => number;
  /** The honest fake: synchronous, so that calls have an order and an effect is whole or absent. */
  readonly handle: (call: Call) => Reply;
  /** Runs the work and takes back its effects, keeping its result. */
  readonly rehearse: <T>(work: () => T) => T;
  /** Ids of the things a call is about, for matchers with a `subject`. */
  readonly subjectsOf: (call: Call) => readonly string[];
  /** Told of each call before anything happens to it. */
  readonly noticed?: (call: Call) => void;
  /** Most bytes of a request body that are read; the fake answers 413 beyond. Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

/** A listener of a fake on a loopback port given by the system. */
export interface Door {
  readonly url: string;
  /** Stops listening, drops every open connection and wakes whatever still waits. */
  close(): Promise<void>;
}

const reads = new Set(["GET", "HEAD", "OPTIONS"]);

/** Opens a door: real HTTP outside, a synchronous function inside, the scheduled faults in between. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const open = new Set<AbortController>();
  const server = createServer((request, response) => {
    const gone = new AbortController();
    const closing = new AbortController();
    response.once("close", () => gone.abort());
    open.add(closing);
    serve(request, response, options, { gone: gone.signal, closing: closing.signal })
      .catch(() => response.destroy())
      .finally(() => open.delete(closing));
  });
  server.keepAliveTimeout = 1_000;
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const closing of open) closing.abort();
      const closed = new Promise<void>((done) => {
        server.close(() => done());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", done);
  });
}

/** What may end a wait. An answer has nobody to go to once the caller went away; an effect on its way happens even so. */
interface Ends {
  readonly gone: AbortSignal;
  readonly closing: AbortSignal;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: DoorOptions,
  { gone, closing }: Ends,
): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const cut = url.indexOf("?");
  const path = cut < 0 ? url : url.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? "" : url.slice(cut + 1));
  const settle = options.log.open({
    at: new Date(options.clock()),
    door: options.name,
    method,
    path: url,
    isWrite: !reads.has(method),
  });
  const body = await bodyOf(request, options.maxBodyBytes ?? 1_048_576);
  if (body === null) {
    settle({ status: 413, faults: [] });
    return send(response, { status: 413, content: { json: { message: "Payload too large" } } }, undefined, gone);
  }

  const call: Call = { door: options.name, method, path, query, headers: request.headers, body };
  options.noticed?.(call);
  const faults = options.schedule.take(call, options.subjectsOf(call));
  const names = faults.map((fault) => fault.name);
  settle({ status: 0, faults: names });

  await pause(sum(faults, "waitBeforeMs"), closing);
  if (closing.aborted) return;
  const reply = act(call, faults, options);
  if (reply === null) {
    const severed = faults.some((fault) => fault.severBefore === "hang") ? "hang" : "reset";
    return send(response, { status: 0 }, { kind: severed }, gone);
  }
  await pause(sum(faults, "waitAfterMs"), gone);
  const delivery = faults.findLast((fault) => fault.deliver !== undefined)?.deliver;
  const isAnswered = delivery === undefined || delivery.kind === "trickle";
  settle({ status: isAnswered ? reply.status : 0, faults: names });
  await send(response, method === "HEAD" ? withoutBody(reply) : reply, delivery, gone);
}

/** The effect of a call and its answer under the faults; null when the call is lost before any effect. */
function act(sent: Call, faults: readonly Fault[], options: DoorOptions): Reply | null {
  const call = faults.reduce((read, fault) => fault.prepare?.(read) ?? read, sent);
  if (faults.some((fault) => fault.severBefore !== undefined)) return null;
  const instead = faults.find((fault) => fault.instead !== undefined)?.instead;
  const isUndone = faults.some((fault) => fault.withoutEffect === true);
  const honest = instead?.(call) ?? (isUndone ? options.rehearse(() => options.handle(call)) : options.handle(call));
  for (const fault of faults) fault.afterwards?.(call, honest);
  return faults.reduce((reply, fault) => fault.rewrite?.(reply, call) ?? reply, honest);
}

async function send(
  response: ServerResponse,
  reply: Reply,
  delivery: Delivery | undefined,
  gone: AbortSignal,
): Promise<void> {
  if (delivery?.kind === "hang") return pause(Number.POSITIVE_INFINITY, gone);
  if (delivery?.kind === "reset" && delivery.afterBytes === undefined) {
    response.socket?.resetAndDestroy();
    return;
  }
  const { type, body } = encode(reply);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (type !== undefined) response.setHeader("content-type", type);
  response.statusCode = reply.status;
  if (typeof body === "number") return pour(response, body, gone);
  if (reply.status !== 204) response.setHeader("content-length", body.length);
  if (delivery?.kind === "reset") {
    response.write(body.subarray(0, Math.min(delivery.afterBytes ?? 0, Math.max(0, body.length - 1))));
    await pause(20, gone); // lets the head and the piece leave before the reset overtakes them
    response.socket?.resetAndDestroy();
    return;
  }
  if (delivery?.kind === "trickle") {
    response.flushHeaders();
    for (let at = 0; at < body.length && !gone.aborted; at += delivery.bytes) {
      response.write(body.subarray(at, at + delivery.bytes));
      await pause(delivery.everyMs, gone);
    }
    response.end();
    return;
  }
  response.end(body);
}

/** Streams `bytes` of JSON whitespace between two brackets, no faster than they are read. */
async function pour(response: ServerResponse, bytes: number, gone: AbortSignal): Promise<void> {
  const piece = Buffer.alloc(65_536, " ");
  response.write("[");
  for (let sent = 2; sent < bytes && !gone.aborted; sent += piece.length) {
    if (!response.write(piece.subarray(0, Math.min(piece.length, bytes - sent)))) {
      await once(response, "drain", { signal: gone }).catch(() => undefined);
    }
  }
  response.end("]");
}

function encode({ content }: Reply): { type: string | undefined; body: Buffer | number } {
  if (content === undefined) return { type: undefined, body: Buffer.alloc(0) };
  if ("fillerBytes" in content) return { type: "application/json; charset=utf-8", body: content.fillerBytes };
  if ("raw" in content) return { type: content.type, body: Buffer.from(content.raw) };
  return { type: "application/json; charset=utf-8", body: Buffer.from(JSON.stringify(content.json)) };
}

function withoutBody({ status, headers }: Reply): Reply {
  return headers === undefined ? { status } : { status, headers };
}

/** The request's body, or null when it is larger than the fake reads. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= maxBytes) pieces.push(piece); // the rest is read and dropped, so that the answer arrives
  }
  return bytes > maxBytes ? null : Buffer.concat(pieces);
}

async function pause(ms: number, gone: AbortSignal): Promise<void> {
  if (ms <= 0 || gone.aborted) return;
  if (Number.isFinite(ms)) return sleep(ms, undefined, { signal: gone }).catch(() => undefined);
  await new Promise<void>((resume) => {
    gone.addEventListener("abort", () => resume(), { once: true });
  });
}

function sum(faults: readonly Fault[], key: "waitBeforeMs" | "waitAfterMs"): number {
  return faults.reduce((total, fault) => total + (fault[key] ?? 0), 0);
}
