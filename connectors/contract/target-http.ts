import { request as callOut } from "undici";
import type { Dispatcher } from "undici";
import type { z } from "zod";
import type { Clock } from "../../src/domain/ports.ts";
import { classify } from "./answer.ts";
import { readBody } from "./body.ts";
import { parseJson } from "./json.ts";
import type { Parsed } from "./json.ts";
import { startDeadline } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import { createDispatcher } from "./dispatcher.ts";
import { allowedUrl } from "./egress.ts";
import type { Resolve } from "./egress.ts";
import { ConnectorError } from "./error.ts";
import type { ConnectorErrorCode } from "./error.ts";
import { evidenceOf, registerSecrets, requireClosedSchema } from "./evidence.ts";
import type { HostPorts } from "./host.ts";
import type { TargetHttp, TargetReply, TargetRequest } from "./http.ts";
import type { Redactor } from "./redactor.ts";
import { causeOf, failureOf } from "./transport-failure.ts";

export interface TargetHttpOptions {
  /** The target's name, for errors and logs. */
  target: string;
  /** From `Connector.origins`; the first one is the base of relative URLs. */
  origins: readonly string[];
  /** The operator allows plain http beyond loopback. */
  insecure: boolean;
  /** From `Connector.reads`. */
  reads: readonly string[];
  ports: HostPorts;
  redactor: Redactor;
  /** Certificates of a private CA, PEM; they take the place of the public ones. */
  ca?: string;
  /** URL of an HTTP proxy on the way out. It resolves names itself, so only names and literal addresses are checked. */
  outboundProxy?: string;
  clock: Clock;
  limits?: Partial<TransportLimits>;
  /** Takes the place of the system's resolver. */
  resolve?: Resolve;
  /** Sockets that outlive one turn, from `createDispatcher` with the same options; closing them is then the caller's. */
  dispatcher?: Dispatcher;
}

export interface TransportLimits {
  connectMs: number;
  /** The whole call: intent, connection, headers, body, redirects. */
  callMs: number;
  /** Of an answer's body, compressed and decompressed alike. */
  maxBytes: number;
  maxRedirects: number;
}

/** A transport that holds sockets: close it when its target's turn ends. */
export interface OwnedTargetHttp extends TargetHttp {
  close(): Promise<void>;
}

/** Connect 5 s, whole call 20 s (trust rule 6). */
export const defaultLimits: TransportLimits = {
  connectMs: 5_000,
  callMs: 20_000,
  maxBytes: 8 * 1024 * 1024,
  maxRedirects: 3,
};
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Where vendors put their own id of an exchange, the most telling first. */
const requestIdHeaders = [
  "x-kong-admin-request-id",
  "x-kong-request-id",
  "x-github-request-id",
  "x-amzn-requestid",
  "x-okta-request-id",
  "x-request-id",
  "request-id",
] as const;

/** A reply as it came: status and headers were read; the body may still have failed. */
interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  requestId: string | null;
  at: Date;
  /** What the body says, where somebody wants to know; else null. */
  body: Parsed<unknown> | null;
}

/**
 * The host's side of `TargetHttp`. It does not retry: the engine decides from the error's code when to try again.
 * What `rateSlot` and `beforeWrite` reject with passes through unchanged: those are the engine's own words.
 */
export function createTargetHttp(options: TargetHttpOptions): OwnedTargetHttp {
  const { target, ports, redactor, clock } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const policy = { origins: options.origins, insecure: options.insecure };
  const reads = new Set(options.reads);
  const dispatcher = options.dispatcher ?? createDispatcher({ ...options, ...limits });

  async function send<Body, Problem>(request: TargetRequest<Body, Problem>): Promise<TargetReply<Body, Problem>> {
    const { operation, method, template } = request;
    const write = method !== "GET" && method !== "HEAD" && !reads.has(operation);
    if (write && ports.access !== "write") {
      throw failure("write-refused", operation, "is a write, and this target is only observed");
    }
    for (const schema of [request.schema, request.problemSchema]) if (schema !== undefined) requireClosedSchema(schema);
    const url = checkedUrl(operation, request.url, options.origins[0]);
    await slot(operation, ports.signal);

    // The deadline starts before the intent is written, so that no call outlives the age at which others step over it.
    const deadline = startDeadline(ports.signal, limits.callMs);
    try {
      if (!write) return conclude(request, await followed(request, url, deadline), false);
      const intent = await ports.beforeWrite({ operation, method, template });
      const answer = await exchange(request, url, deadline).catch(async (thrown: unknown) => {
        await intent.settled(null);
        record(request, null, true);
        throw thrown;
      });
      await intent.settled(answer.status);
      return conclude(request, answer, true);
    } finally {
      deadline.stop();
    }
  }

  /** A read and its redirects. A write is never redirected: nobody could say which of the two calls had the effect. */
  async function followed(request: TargetRequest<unknown>, start: URL, deadline: Deadline): Promise<Answer> {
    const { operation, method, expect } = request;
    let url = start;
    for (let hops = 0; hops <= limits.maxRedirects; hops += 1) {
      const answer = await exchange(request, url, deadline);
      const location = answer.headers["location"];
      const redirected = redirectStatuses.has(answer.status) && !expect.includes(answer.status);
      if (!redirected || location === undefined || (method !== "GET" && method !== "HEAD")) return answer;
      url = checkedUrl(operation, location, url.href);
      if (url.origin !== start.origin) throw failure("egress-refused", operation, "is redirected to another origin");
      await slot(operation, deadline.signal);
    }
    throw failure("invalid-response", operation, "is redirected in a circle");
  }

  async function exchange(request: TargetRequest<unknown>, url: URL, deadline: Deadline): Promise<Answer> {
    const { operation, method } = request;
    let response: Dispatcher.ResponseData;
    try {
      response = await callOut(url, {
        dispatcher,
        method,
        signal: deadline.signal,
        headers: {
          accept: "application/json",
          "accept-encoding": "gzip, identity",
          "user-agent": "lastday",
          ...(request.json === undefined ? {} : { "content-type": "application/json" }),
          ...request.headers,
        },
        body: request.json === undefined ? null : JSON.stringify(request.json),
      });
    } catch (thrown) {
      const { code, what } = failureOf(thrown, deadline);
      throw failure(code, operation, what, { cause: causeOf(thrown) });
    }
    const headers = flatHeaders(response.headers);
    const status = response.statusCode;
    const body = await bodyOf(request, response, headers, deadline);
    ports.log.debug("target answered", { target, operation, status });
    return { status, headers, requestId: requestIdOf(headers), at: clock(), body };
  }

  /** Reads the body only when something is to be learned from it; a broken one that nobody needs changes nothing. */
  async function bodyOf(
    request: TargetRequest<unknown>,
    { statusCode, body }: Dispatcher.ResponseData,
    headers: Readonly<Record<string, string>>,
    deadline: Deadline,
  ): Promise<Parsed<unknown> | null> {
    const schema = schemaFor(request, statusCode);
    if (schema === undefined) {
      await body.dump({ limit: 64 * 1024, signal: deadline.signal }).catch(() => undefined);
      return null;
    }
    try {
      const bytes = await readBody(body, {
        encoding: headers["content-encoding"],
        length: headers["content-length"],
        maxBytes: limits.maxBytes,
      });
      const parsed = parseJson(bytes, headers["content-type"], schema);
      if (parsed.ok) registerSecrets(parsed.value, request.secretFields ?? [], redactor);
      return parsed;
    } catch (thrown) {
      return { ok: false, ...failureOf(thrown, deadline) };
    }
  }

  /** Records the exchange, then gives the reply or says what is wrong with it. */
  function conclude<Body, Problem>(
    request: TargetRequest<Body, Problem>,
    answer: Answer,
    write: boolean,
  ): TargetReply<Body, Problem> {
    const { operation, expect, schema } = request;
    const { status, headers, requestId, body } = answer;
    record(request, answer, write);
    if (!expect.includes(status)) {
      const { code, meaning, retryAt } = classify(status, headers, answer.at);
      throw failure(code, operation, `answered ${status}: the target ${meaning}`, { status, retryAt });
    }
    if (!isSuccess(status)) {
      return { status, headers, requestId, body: null, problem: body?.ok === true ? (body.value as Problem) : null };
    }
    if (body !== null && !body.ok) throw failure(body.code, operation, `answered ${status}: ${body.what}`, { status });
    // The value came out of this very schema, which is what makes it a Body.
    return { status, headers, requestId, body: schema === undefined ? null : (body?.value as Body), problem: null };
  }

  function record(request: TargetRequest<unknown>, answer: Answer | null, write: boolean): void {
    const { operation, method, template, secretFields = [] } = request;
    const { status, requestId, at } = answer ?? { status: null, requestId: null, at: clock() };
    const body = answer?.body?.ok === true ? answer.body.value : null;
    const exchange = { operation, method, template, status, requestId, at, write, body, secretFields };
    ports.recordExchange(evidenceOf(exchange, redactor));
  }

  async function slot(operation: string, signal: AbortSignal): Promise<void> {
    try {
      await ports.rateSlot(signal);
    } catch (thrown) {
      if (ports.signal.aborted)
        throw failure("cancelled", operation, "was cancelled before it left", { cause: thrown });
      throw thrown;
    }
  }

  function checkedUrl(operation: string, url: string, base: string | undefined): URL {
    try {
      return allowedUrl(url, base, policy);
    } catch (thrown) {
      throw failure("egress-refused", operation, `may not be called: ${failureOf(thrown, null).what}`, {
        cause: thrown,
      });
    }
  }

  function requestIdOf(headers: Readonly<Record<string, string>>): string | null {
    const id = requestIdHeaders.map((name) => headers[name]).find((value) => value !== undefined);
    return id !== undefined && /^[\x21-\x7e]{1,200}$/.test(id) ? redactor.redact(id) : null;
  }

  function failure(
    code: ConnectorErrorCode,
    operation: string,
    what: string,
    more: { status?: number; retryAt?: Date | null; cause?: unknown } = {},
  ): ConnectorError {
    return new ConnectorError(code, redactor.redact(`${target}: ${operation} ${what}`), { target, operation, ...more });
  }

  const close = async (): Promise<void> => {
    if (options.dispatcher === undefined) await dispatcher.destroy();
  };
  return { send, close };
}

function schemaFor(request: TargetRequest<unknown>, status: number): z.ZodType | undefined {
  if (request.method === "HEAD" || !request.expect.includes(status)) return undefined;
  return isSuccess(status) ? request.schema : request.problemSchema;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function flatHeaders(headers: Dispatcher.ResponseData["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
