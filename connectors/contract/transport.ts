import { request as callOut } from "undici";
import type { Dispatcher } from "undici";
import type { Clock } from "../../src/domain/ports.ts";
import { startDeadline } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import { createDispatcher } from "./dispatcher.ts";
import { allowedUrl } from "./egress.ts";
import type { Resolve } from "./egress.ts";
import { ConnectorError } from "./error.ts";
import type { ConnectorErrorCode } from "./error.ts";
import { evidenceOf } from "./evidence.ts";
import type { HostPorts } from "./host.ts";
import type { Redactor } from "./redactor.ts";
import { causeOf, failureOf } from "./transport-failure.ts";

export interface TransportOptions {
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
  /** How long one operation is sent again while the target throttles it, before the engine is told (patience.ts). */
  throttlePatienceMs: number;
}

/** Connect 5 s, whole call 20 s (trust rule 6). */
export const defaultLimits: TransportLimits = {
  connectMs: 5_000,
  callMs: 20_000,
  maxBytes: 8 * 1024 * 1024,
  maxRedirects: 3,
  throttlePatienceMs: 60_000,
};

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

/** What is done, in constant words; evidence and intents name it so. */
export interface Operation {
  operation: string;
  method: string;
  template: string;
}

/** What every answer has; its body is read by whoever asked. */
export interface AnswerHead {
  status: number;
  headers: Readonly<Record<string, string>>;
  requestId: string | null;
  at: Date;
}

export interface OutgoingCall {
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | null;
}

export type Transport = ReturnType<typeof createTransport>;

/**
 * The rules under which anything leaves for a target: egress, dry run, rate slot, deadline, intent, evidence. It knows
 * nothing of what is asked or answered. What `rateSlot` and `beforeWrite` reject with passes through unchanged: those
 * are the engine's own words.
 */
export function createTransport(options: TransportOptions) {
  const { target, ports, redactor, clock } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const policy = { origins: options.origins, insecure: options.insecure };
  const reads = new Set(options.reads);
  const dispatcher = options.dispatcher ?? createDispatcher({ ...options, ...limits });

  function failure(
    code: ConnectorErrorCode,
    operation: string,
    what: string,
    more: { status?: number; retryAt?: Date | null; cause?: unknown } = {},
  ): ConnectorError {
    return new ConnectorError(code, redactor.redact(`${target}: ${operation} ${what}`), { target, operation, ...more });
  }

  /** @throws {ConnectorError} `egress-refused`, saying which rule refuses it. */
  function checkedUrl(operation: string, url: string, base: string | undefined = options.origins[0]): URL {
    try {
      return allowedUrl(url, base, policy);
    } catch (thrown) {
      throw failure("egress-refused", operation, `may not be called: ${failureOf(thrown, null).what}`, {
        cause: thrown,
      });
    }
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

  /** GET and HEAD are reads; anything else is a write, unless the connector lists that very operation. */
  function isWrite({ operation, method }: Operation): boolean {
    return method !== "GET" && method !== "HEAD" && !reads.has(operation);
  }

  /** Lets one call leave: refused where only looking is allowed, in its rate slot, behind its intent, within its time. */
  async function guarded<Answer extends AnswerHead>(
    what: Operation,
    exchange: (deadline: Deadline) => Promise<Answer>,
  ): Promise<Answer> {
    const { operation, method, template } = what;
    const write = isWrite(what);
    if (write && ports.access !== "write") {
      throw failure("write-refused", operation, "is a write, and this target is only observed");
    }
    await slot(operation, ports.signal);
    // The deadline starts before the intent is written, so that no call outlives the age at which others step over it.
    const deadline = startDeadline(ports.signal, limits.callMs);
    try {
      if (!write) return await exchange(deadline);
      // These three alone: what is asked for may carry more, the credential in its headers among it.
      const intent = await ports.beforeWrite({ operation, method, template });
      const answer = await exchange(deadline).catch(async (thrown: unknown) => {
        await intent.settled(null);
        record(what, null, null, []);
        throw thrown;
      });
      await intent.settled(answer.status);
      return answer;
    } finally {
      deadline.stop();
    }
  }

  /** One exchange. The caller must read the body to its end, or give it up. */
  async function callTarget(
    operation: string,
    url: URL,
    { method, headers, body }: OutgoingCall,
    deadline: Deadline,
  ): Promise<AnswerHead & { body: Dispatcher.ResponseData["body"] }> {
    let response: Dispatcher.ResponseData;
    try {
      response = await callOut(url, {
        dispatcher,
        method,
        signal: deadline.signal,
        headers,
        body,
      });
    } catch (thrown) {
      const { code, what } = failureOf(thrown, deadline);
      throw failure(code, operation, what, { cause: causeOf(thrown) });
    }
    const status = response.statusCode;
    const flat = flatHeaders(response.headers);
    ports.log.debug("target answered", { target, operation, status });
    return { status, headers: flat, requestId: requestIdOf(flat), at: clock(), body: response.body };
  }

  /** Hands an exchange to the engine as evidence. @param body what its schema read; null when nothing was. */
  function record(what: Operation, answer: AnswerHead | null, body: unknown, secretFields: readonly string[]): void {
    const { operation, method, template } = what;
    const { status, requestId, at } = answer ?? { status: null, requestId: null, at: clock() };
    const write = isWrite(what);
    const exchange = { operation, method, template, status, requestId, at, write, body, secretFields };
    ports.recordExchange(evidenceOf(exchange, redactor));
  }

  function requestIdOf(headers: Readonly<Record<string, string>>): string | null {
    const id = requestIdHeaders.map((name) => headers[name]).find((value) => value !== undefined);
    return id !== undefined && /^[\x21-\x7e]{1,200}$/.test(id) ? redactor.redact(id) : null;
  }

  return {
    limits,
    redactor,
    clock,
    /** Ends with the turn. */
    signal: ports.signal,
    failure,
    checkedUrl,
    slot,
    guarded,
    callTarget,
    record,
    async close(): Promise<void> {
      if (options.dispatcher === undefined) await dispatcher.destroy();
    },
  };
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function flatHeaders(headers: Dispatcher.ResponseData["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
