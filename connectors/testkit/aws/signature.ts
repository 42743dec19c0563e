import { createHmac, timingSafeEqual } from "node:crypto";
import { type Authorization, dateOf, parseAuthorization } from "./authorization.ts";
import { canonicalRequest, sha256, type SignedRequest } from "./canonical-request.ts";

/** Who signed, or why the signature does not count, by the codes of AWS's common errors. */
export type SignatureCheck =
  | { readonly ok: true; readonly accessKeyId: string; readonly sessionToken: string | null }
  | { readonly ok: false; readonly code: SignatureFault };

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
export type SignatureFault =
  | "MissingAuthenticationToken"
  | "IncompleteSignature"
  | "InvalidClientTokenId"
  | "SignatureDoesNotMatch"
  | "RequestExpired";

export interface SignatureOptions {
  /** As in the credential scope: `iam`, `sts`, `apigateway`. */
  readonly service: string;
  /** Left out: any, as long as the signing key was derived for the one that is named. */
  readonly region?: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const maxSkewMs = 15 * 60_000;

/**
 * Checks Signature Version 4 in the `Authorization` header, as every AWS service but S3 does.
 *
 * @param secretOf the secret that belongs to an access key id and session token; null when there is none such.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignature(
  request: SignedRequest,
  secretOf: (accessKeyId: string, sessionToken: string | null) => string | null,
  { service, region, now }: SignatureOptions,
): SignatureCheck {
  const header = request.headers.authorization;
  if (header === undefined) return { ok: false, code: "MissingAuthenticationToken" };
  const authorization = parseAuthorization(header);
  const date = dateOf(request.headers);
  if (authorization === null || date === null) return { ok: false, code: "IncompleteSignature" };

  const token = request.headers["x-amz-security-token"];
  const sessionToken = typeof token === "string" ? token : null;
  const secret = secretOf(authorization.accessKeyId, sessionToken);
  if (secret === null) return { ok: false, code: "InvalidClientTokenId" };
  if (Math.abs(now - date.ms) > maxSkewMs) return { ok: false, code: "RequestExpired" };

  const { scope, signature } = authorization;
  const isScoped =
    scope.service === service &&
    scope.date === date.basic.slice(0, 8) &&
    (region === undefined || scope.region === region);
  if (!isScoped || !coversAll(request, authorization) || !bodyIsAsAnnounced(request)) {
    return { ok: false, code: "SignatureDoesNotMatch" };
  }
  const expected = signatureOf(request, authorization, date.basic, secret);
  if (!isSame(expected, signature)) return { ok: false, code: "SignatureDoesNotMatch" };
  return { ok: true, accessKeyId: authorization.accessKeyId, sessionToken };
}

/** Hex of the string to sign under the key derived for day, region and service. */
function signatureOf(request: SignedRequest, { scope, signedHeaders }: Authorization, date: string, secret: string) {
  const named = [scope.date, scope.region, scope.service, "aws4_request"];
  const key = named.reduce<Buffer | string>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    `AWS4${secret}`,
  );
  const text = ["AWS4-HMAC-SHA256", date, named.join("/"), sha256(canonicalRequest(request, signedHeaders))].join("\n");
  return createHmac("sha256", key).update(text).digest("hex");
}

/** `host` and every `x-amz-` header that was sent must be among the signed ones, which are sorted and present. */
function coversAll({ headers }: SignedRequest, { signedHeaders }: Authorization): boolean {
  const owed = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  const isSorted = signedHeaders.every((name, at) => at === 0 || (signedHeaders[at - 1] ?? "") < name);
  return (
    isSorted &&
    owed.every((name) => signedHeaders.includes(name)) &&
    signedHeaders.every((name) => headers[name] !== undefined)
  );
}

/** A hash that is sent beside the body must be its hash; only S3 knows unsigned payloads. */
function bodyIsAsAnnounced({ headers, body }: SignedRequest): boolean {
  const announced = headers["x-amz-content-sha256"];
  return announced === undefined || announced === sha256(body);
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
