import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { classify } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Deadline } from "./deadline.ts";
import { registerSecrets, requireClosedSchema } from "./evidence.ts";
import type { TargetHttp, TargetReply, TargetRequest } from "./http.ts";
import { parseJson } from "./json.ts";
import type { Parsed } from "./json.ts";
import { pauseBeforeResend } from "./patience.ts";
import { sendBySdk } from "./sdk-call.ts";
import { failureOf } from "./transport-failure.ts";
import { createTransport, isSuccess } from "./transport.ts";
import type { AnswerHead, Transport, TransportOptions } from "./transport.ts";

export { defaultLimits } from "./transport.ts";
export type { TransportOptions as TargetHttpOptions } from "./transport.ts";

/** A transport that holds sockets: close it when its target's turn ends. */
export interface OwnedTargetHttp extends TargetHttp {
  close(): Promise<void>;
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** A reply as it came: status and headers were read; the body may still have failed. */
interface Answer extends AnswerHead {
  /** What the body says, where somebody wants to know; else null. */
  body: Parsed<unknown> | null;
}

/**
 * The host's side of `TargetHttp`. It sends a throttled call again for a while (patience.ts) and retries nothing else:
 * the engine decides from the error's code when to try again.
 */
export function createTargetHttp(options: TransportOptions): OwnedTargetHttp {
  const transport = createTransport(options);
  return {
    send: (request) => patiently(transport, () => send(transport, request)),
    sendBySdk: (request) => patiently(transport, () => sendBySdk(transport, request)),
    close: () => transport.close(),
  };
}

async function patiently<T>({ limits, clock, signal }: Transport, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      const leftMs = limits.throttlePatienceMs - (performance.now() - startedAt);
      const pauseMs = pauseBeforeResend(thrown, { attempt, leftMs, now: clock(), random: Math.random() });
      if (pauseMs === null) throw thrown;
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw thrown; // the turn ends: what the target said last is what is known
      });
    }
  }
}

async function send<Body, Problem>(
  transport: Transport,
  request: TargetRequest<Body, Problem>,
): Promise<TargetReply<Body, Problem>> {
  for (const schema of [request.schema, request.problemSchema]) if (schema !== undefined) requireClosedSchema(schema);
  const url = transport.checkedUrl(request.operation, request.url);
  const isRead = request.method === "GET" || request.method === "HEAD";
  const answer = await transport.guarded(request, (deadline) =>
    isRead ? followed(transport, request, url, deadline) : exchange(transport, request, url, deadline),
  );
  return conclude(transport, request, answer);
}

/** A read and its redirects. A write is never redirected: nobody could say which of the two calls had the effect. */
async function followed(
  transport: Transport,
  request: TargetRequest<unknown>,
  start: URL,
  deadline: Deadline,
): Promise<Answer> {
  const { operation, expect } = request;
  let url = start;
  for (let hops = 0; hops <= transport.limits.maxRedirects; hops += 1) {
    const answer = await exchange(transport, request, url, deadline);
    const location = answer.headers["location"];
    const redirected = redirectStatuses.has(answer.status) && !expect.includes(answer.status);
    if (!redirected || location === undefined) return answer;
    url = transport.checkedUrl(operation, location, url.href);
    if (url.origin !== start.origin)
      throw transport.failure("egress-refused", operation, "is redirected to another origin");
    await transport.slot(operation, deadline.signal);
  }
  throw transport.failure("invalid-response", operation, "is redirected in a circle");
}

async function exchange(
  transport: Transport,
  request: TargetRequest<unknown>,
  url: URL,
  deadline: Deadline,
): Promise<Answer> {
  const { operation, method, json } = request;
  const headers = {
    accept: "application/json",
    "accept-encoding": "gzip, identity",
    "user-agent": "lastday",
    ...(json === undefined ? {} : { "content-type": "application/json" }),
    ...request.headers,
  };
  const body = json === undefined ? null : JSON.stringify(json);
  const answer = await transport.callTarget(operation, url, { method, headers, body }, deadline);
  return { ...answer, body: await bodyOf(transport, request, answer, deadline) };
}

/** Reads the body only when something is to be learned from it; a broken one that nobody needs changes nothing. */
async function bodyOf(
  { limits, redactor }: Transport,
  request: TargetRequest<unknown>,
  { status, headers, body }: Awaited<ReturnType<Transport["callTarget"]>>,
  deadline: Deadline,
): Promise<Parsed<unknown> | null> {
  const schema = schemaFor(request, status);
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
  transport: Transport,
  request: TargetRequest<Body, Problem>,
  answer: Answer,
): TargetReply<Body, Problem> {
  const { operation, expect, schema, secretFields = [] } = request;
  const { status, headers, requestId, body } = answer;
  transport.record(request, answer, body?.ok === true ? body.value : null, secretFields);
  if (!expect.includes(status)) {
    const { code, meaning, retryAt } = classify(status, headers, answer.at);
    throw transport.failure(code, operation, `answered ${status}: the target ${meaning}`, { status, retryAt });
  }
  if (!isSuccess(status)) {
    return { status, headers, requestId, body: null, problem: body?.ok === true ? (body.value as Problem) : null };
  }
  if (body !== null && !body.ok)
    throw transport.failure(body.code, operation, `answered ${status}: ${body.what}`, { status });
  // The value came out of this very schema, which is what makes it a Body.
  return { status, headers, requestId, body: schema === undefined ? null : (body?.value as Body), problem: null };
}

function schemaFor(request: TargetRequest<unknown>, status: number): z.ZodType | undefined {
  if (request.method === "HEAD" || !request.expect.includes(status)) return undefined;
  return isSuccess(status) ? request.schema : request.problemSchema;
}
