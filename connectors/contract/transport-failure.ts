import { isNativeError } from "node:util/types";
import { BodyRefusal } from "./body.ts";
import type { Deadline } from "./deadline.ts";
import { EgressRefusal } from "./egress.ts";
import type { ConnectorErrorCode } from "./error.ts";

/** What went wrong between us and a target, in words that carry nothing the target sent. */
export interface TransportFailure {
  code: ConnectorErrorCode;
  what: string;
}

/**
 * Names a failure below HTTP. Whatever is not known counts as `unavailable`, which is tried again.
 * @see https://undici.nodejs.org/#/docs/api/Errors
 */
export function failureOf(thrown: unknown, deadline: Deadline | null): TransportFailure {
  for (const error of causesOf(thrown)) {
    if (error instanceof EgressRefusal) return { code: "egress-refused", what: error.message };
    if (error instanceof BodyRefusal) return { code: "invalid-response", what: `the answer ${error.message}` };
  }
  const end = deadline?.ended() ?? null;
  if (end === "timed-out") return { code: "timed-out", what: "took longer than one call may take" };
  if (end === "cancelled") return { code: "cancelled", what: "was cancelled" };
  const names = namesOf(thrown);
  const known = names.map((name) => failures.find(({ when }) => when.test(name))).find((match) => match !== undefined);
  if (known !== undefined) return { code: known.code, what: known.what };
  return { code: "unavailable", what: `cannot be reached (${names.at(-1) ?? "no reason given"})` };
}

const failures: readonly { when: RegExp; code: ConnectorErrorCode; what: string }[] = [
  { when: /^(UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/, code: "timed-out", what: "gave no answer in time" },
  {
    when: /^(HPE_|HTTPParserError|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES)/,
    code: "invalid-response",
    what: "answered with broken HTTP",
  },
  { when: /^(Z_|ERR__?ZLIB|ERR_BROTLI)/, code: "invalid-response", what: "the answer cannot be decompressed" },
  { when: /^(UND_ERR_INVALID_ARG|ERR_INVALID_)/, code: "bad-request", what: "cannot be put into an HTTP request" },
  {
    when: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/,
    code: "unavailable",
    what: "shows a TLS certificate that is not trusted",
  },
  { when: /^(ENOTFOUND|EAI_AGAIN)$/, code: "unavailable", what: "has a host name that does not resolve" },
  { when: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, code: "unavailable", what: "broke the connection" },
];

/** The error, its causes and the errors it gathers, at most ten deep. */
function causesOf(thrown: unknown, depth = 0): readonly unknown[] {
  if (!isNativeError(thrown) || depth === 10) return [thrown];
  const gathered: readonly unknown[] = "errors" in thrown && Array.isArray(thrown.errors) ? thrown.errors : [];
  const inner = [...gathered, thrown.cause].filter((error) => error !== undefined);
  return [thrown, ...inner.flatMap((error) => causesOf(error, depth + 1))];
}

/** Codes, or names where there is none: constants of the library, never a piece of an answer. */
function namesOf(thrown: unknown): readonly string[] {
  return causesOf(thrown)
    .filter(isNativeError)
    .map((error) => ("code" in error && typeof error.code === "string" ? error.code : error.name))
    .filter((name) => /^\w{1,60}$/.test(name));
}

/** What may be kept of a library's error: some carry bytes of the answer, which may be a secret. */
export function causeOf(thrown: unknown): Error {
  return new Error(namesOf(thrown).join(", caused by ") || "no reason given");
}
