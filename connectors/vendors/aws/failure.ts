import { classify, retryAtOf } from "../../contract/answer.ts";
import type { ConnectorErrorCode } from "../../contract/error.ts";
import type { SdkFailure } from "../../contract/http.ts";

export interface FailureContext {
  /** Prefix of the service's permissions: `iam`. */
  service: string;
  operation: string;
  /**
   * Errors that are answers, without the suffix `Exception`. An expected `AccessDenied` may come as `explicitDeny` or
   * `implicitDeny`, an expected `NoSuchEntity` as `noSuchUser`.
   */
  expect: readonly string[];
  /** A server that is not AWS may not know this operation: then it is `unsupported`, and nothing else is lost. */
  mayBeUnknown: boolean;
  now: Date;
}

/**
 * What an SDK's failure means. The error's own words are never passed on: of a refusal they tell the permission that is
 * missing, read by a strict pattern.
 *
 * @returns null where the status says all there is.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function readAwsFailure(
  thrown: unknown,
  { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
  { service, operation, expect, mayBeUnknown, now }: FailureContext,
): SdkFailure | null {
  const error = codeOf(thrown);
  if (error === null) {
    // An emulator says 500 with a page of HTML to an operation that it does not know; the SDK then has no error code.
    const isPage = status === 500 && /html/i.test(headers["content-type"] ?? "");
    return mayBeUnknown && isPage ? unknownOperation : null;
  }
  const code = aliases[error] ?? error;
  if (expect.includes(code)) return { kind: "expected", name: refined(code, thrown) };
  if (status === 429 || throttles.has(code)) {
    const retryAt = retryAtOf(headers, now);
    return { kind: "failed", code: "rate-limited", meaning: `asked to slow down (${code})`, retryAt };
  }
  if (code === "AccessDenied") return refusalOf(thrown, service, operation);
  if (code === "InvalidAction" || code === "UnknownOperation") return mayBeUnknown ? unknownOperation : null;
  const known = meanings[code];
  if (known === undefined) return null;
  const { meaning } = classify(statusOf[known], {}, now);
  return { kind: "failed", code: known, meaning: `${meaning} (${code})` };
}

/** An expected refusal that comes from a Deny, and one for want of anything that allows. Not every server says which. */
export const explicitDeny = "ExplicitDeny";
export const implicitDeny = "ImplicitDeny";

/** An expected NoSuchEntity that speaks of the user, and not of what was asked about it. */
export const noSuchUser = "NoSuchUser";

function refined(code: string, thrown: unknown): string {
  const { message } = thrown instanceof Error ? thrown : { message: "" };
  if (code === "NoSuchEntity" && message.startsWith("The user with name ")) return noSuchUser;
  if (code !== "AccessDenied") return code;
  if (saysExplicitDeny(thrown)) return explicitDeny;
  return /because no \S+ policy allows/.test(message) ? implicitDeny : code;
}

function saysExplicitDeny(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.includes("with an explicit deny");
}

const unknownOperation: SdkFailure = {
  kind: "failed",
  code: "unsupported",
  meaning: "does not know this operation",
};

/** Names of the same error in different services and SDKs. */
const aliases: Readonly<Record<string, string>> = {
  UnauthorizedOperation: "AccessDenied",
  NotAuthorized: "AccessDenied",
};

const throttles: ReadonlySet<string> = new Set([
  "Throttling",
  "Throttled",
  "ThrottledRequest",
  "RequestLimitExceeded",
  "RequestThrottled",
  "TooManyRequests",
  "SlowDown",
  "BandwidthLimitExceeded",
]);

const meanings: Readonly<Record<string, keyof typeof statusOf>> = {
  InvalidClientTokenId: "unauthorized",
  SignatureDoesNotMatch: "unauthorized",
  InvalidSignature: "unauthorized",
  IncompleteSignature: "unauthorized",
  ExpiredToken: "unauthorized",
  RequestExpired: "unauthorized",
  UnrecognizedClient: "unauthorized",
  MissingAuthenticationToken: "unauthorized",
  OptInRequired: "unauthorized",
  DeleteConflict: "conflict",
  ConcurrentModification: "conflict",
  EntityTemporarilyUnmodifiable: "conflict",
  EntityAlreadyExists: "conflict",
  Conflict: "conflict",
  LimitExceeded: "conflict",
  ServiceFailure: "unavailable",
  InternalFailure: "unavailable",
  InternalServerError: "unavailable",
  ServiceUnavailable: "unavailable",
  RequestTimeout: "timed-out",
  NoSuchEntity: "not-visible",
  NotFound: "not-visible",
  ValidationError: "bad-request",
  Validation: "bad-request",
  InvalidInput: "bad-request",
  BadRequest: "bad-request",
  MalformedPolicyDocument: "bad-request",
  RegionDisabled: "bad-request",
};

/** A status with the same meaning, for the words of it. */
const statusOf = {
  unauthorized: 401,
  conflict: 409,
  unavailable: 503,
  "timed-out": 408,
  "not-visible": 404,
  "bad-request": 400,
} as const satisfies Partial<Record<ConnectorErrorCode, number>>;

/** The error's code, without the suffix that the SDK's classes carry; null where AWS sent none. */
function codeOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !("$fault" in thrown)) return null;
  const name = thrown.name.replace(/Exception$/, "");
  // What the SDK makes up where the answer has no code that it can read.
  if (name === "Unknown" || name === "UnknownError") return null;
  return /^\w{1,64}$/.test(name) ? name : null;
}

function refusalOf(thrown: unknown, service: string, operation: string): SdkFailure {
  const message = thrown instanceof Error ? thrown.message : "";
  const named = /not authorized to perform: ([a-z][a-z0-9-]{1,40}:[A-Za-z]{1,64})(?![\w:-])/.exec(message)?.[1];
  const permission = named ?? `${service}:${operation}`;
  const why = saysExplicitDeny(thrown) ? `a policy denies ${permission}` : `it lacks ${permission}`;
  // A role that cannot be assumed leaves nothing that could be done here.
  const code = permission === "sts:AssumeRole" ? "unauthorized" : "forbidden";
  return { kind: "failed", code, meaning: `does not permit this to our credential: ${why}` };
}
