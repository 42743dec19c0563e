import { classify } from "./answer.ts";
import { readBody } from "./body.ts";
import { registerSecrets, requireClosedSchema } from "./evidence.ts";
import type { SdkFailure, SdkRequest, TargetReply, Wire, WireAnswer } from "./http.ts";
import { failureOf } from "./transport-failure.ts";
import { isSuccess } from "./transport.ts";
import type { AnswerHead, Operation, Transport } from "./transport.ts";

/** What one run of an SDK came to, seen from the wire. */
interface Run {
  method: string;
  answer: (AnswerHead & WireAnswer) | null;
  /** What the host itself refused or could not do: it stands, however the SDK words it. */
  refusal: { thrown: unknown } | null;
}

/** Lets a vendor's SDK do one operation, and reads what it gives through the connector's schema. */
export async function sendBySdk<Output>(
  transport: Transport,
  request: SdkRequest<Output>,
): Promise<TargetReply<Output, string>> {
  const { operation, template, schema, secretFields = [] } = request;
  requireClosedSchema(schema);
  const run: Run = { method: "", answer: null, refusal: null };
  const wire = wireOf(transport, { operation, template }, run);
  let given: { value: unknown } | { thrown: unknown };
  try {
    given = { value: await request.run(wire) };
  } catch (thrown) {
    given = { thrown };
  }
  if (run.refusal !== null) throw run.refusal.thrown;
  const { answer } = run;
  // Without an exchange nothing is known about the target, and nothing may be claimed: this is a bug, ours or the SDK's.
  if (answer === null) throw "thrown" in given ? given.thrown : new TypeError(`${operation} made no exchange`);

  const what: Operation = { operation, method: run.method, template };
  const { status, headers, requestId } = answer;
  if ("value" in given && isSuccess(status)) {
    const parsed = schema.safeParse(given.value);
    if (parsed.success) registerSecrets(parsed.data, secretFields, transport.redactor);
    transport.record(what, answer, parsed.success ? parsed.data : null, secretFields);
    if (parsed.success) return { status, headers, requestId, body: parsed.data, problem: null };
    const places = parsed.error.issues.slice(0, 3).map(({ path, code }) => `${["$", ...path].join(".")} (${code})`);
    throw transport.failure(
      "invalid-response",
      operation,
      `answered ${status}: the answer has another shape than documented at ${places.join(", ")}`,
      { status },
    );
  }
  transport.record(what, answer, null, []);
  const failure = ("thrown" in given ? request.readFailure(given.thrown, answer) : null) ?? byStatus(answer);
  if (failure.kind === "expected") return { status, headers, requestId, body: null, problem: failure.name };
  const { code, meaning, retryAt = null } = failure;
  throw transport.failure(code, operation, `answered ${status}: the target ${meaning}`, { status, retryAt });
}

function byStatus({ status, headers, at }: AnswerHead): SdkFailure {
  if (isSuccess(status))
    return { kind: "failed", code: "invalid-response", meaning: "sent what its own SDK cannot read" };
  return { kind: "failed", ...classify(status, headers, at) };
}

/** The SDK's way out, for one exchange. A second one would be a retry or a redirect, which are not its business. */
function wireOf(transport: Transport, named: Omit<Operation, "method">, run: Run): Wire {
  const { operation } = named;
  let isUsed = false;
  return async ({ method, url, headers, body }) => {
    try {
      if (isUsed) throw new TypeError(`${operation} made a second exchange: switch the SDK's own retries off`);
      isUsed = true;
      run.method = method;
      const checked = transport.checkedUrl(operation, url);
      const answer = await transport.guarded({ ...named, method }, async (deadline) => {
        const { body: stream, ...head } = await transport.callTarget(
          operation,
          checked,
          { method, headers: { ...headers, "accept-encoding": "gzip, identity" }, body },
          deadline,
        );
        try {
          const bytes = await readBody(stream, {
            encoding: head.headers["content-encoding"],
            length: head.headers["content-length"],
            maxBytes: transport.limits.maxBytes,
          });
          return { ...head, headers: asRead(head.headers, bytes.length), body: bytes };
        } catch (thrown) {
          const { code, what } = failureOf(thrown, deadline);
          throw transport.failure(code, operation, `answered ${head.status}: ${what}`, { status: head.status });
        }
      });
      run.answer = answer;
      return { status: answer.status, headers: answer.headers, body: answer.body };
    } catch (thrown) {
      run.refusal ??= { thrown };
      throw thrown;
    }
  };
}

/** The body is handed over decompressed, so its headers have to say so. */
function asRead(headers: Readonly<Record<string, string>>, length: number): Readonly<Record<string, string>> {
  const { "content-encoding": _encoding, "transfer-encoding": _transfer, ...rest } = headers;
  return { ...rest, "content-length": String(length) };
}
