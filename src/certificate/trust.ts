import { sha256 } from "./digest.ts";
import { assertStrongKey, publicJwkShape, thumbprint } from "./ed25519.ts";
import { CertificateError } from "./error.ts";
import { canonicalBytes, parseStrict } from "./json.ts";
import { array, line, nullable, object, type Of, oneOf, time } from "./shape.ts";

/**
 * One key of an issuer, past or present. Keys stay listed for ever, so that old certificates verify after rotation.
 */
export const trustKeyShape = object({
  /** RFC 7638 thumbprint of `jwk`. */
  kid: line(64),
  jwk: publicJwkShape,
  /** First instant at which it may have signed. */
  notBefore: time,
  /** Last instant at which it may have signed; null while it is in use. */
  notAfter: nullable(time),
  status: oneOf("active", "retired", "compromised"),
  /** From here on the private key may have been in other hands. */
  compromisedAt: nullable(time),
});
export type TrustKey = Of<typeof trustKeyShape>;

export const trustFileShape = object({
  version: oneOf(1),
  organization: line(256),
  keys: array(trustKeyShape, 1000, 1),
});

/**
 * What an auditor pins: whose keys count. It reaches the auditor by a way of its own and its fingerprint is compared
 * by voice; nothing inside a certificate can add to it.
 */
export type TrustFile = Of<typeof trustFileShape>;

/**
 * Reads a trust file through the strict gate; one trailing line end, which editors like to add, is no difference.
 * @throws {CertificateError} `trust-invalid`, with the reason; `key-weak` for a worthless key.
 */
export function parseTrustFile(bytes: Uint8Array): TrustFile {
  const text = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  const trust = readTrust(text);
  assertTrustFile(trust);
  return trust;
}

/** @throws {CertificateError} as {@link parseTrustFile} does. */
export function trustFileBytes(trust: TrustFile): Uint8Array {
  assertTrustFile(trustFileShape(trust, "trust"));
  return canonicalBytes(trust);
}

/** Fingerprint of the file's canonical bytes: what is read out over the telephone. */
export function trustFingerprint(trust: TrustFile): string {
  return fingerprint(canonicalBytes(trust));
}

/**
 * 100 bits of SHA-256 in five groups of four, for people to compare by voice: Crockford's alphabet has no I, L, O, U.
 * Finding a second input for it costs 2^100 tries.
 */
export function fingerprint(bytes: Uint8Array): string {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const bits = [...sha256(bytes)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = Array.from({ length: 5 }, (_, group) =>
    Array.from(
      { length: 4 },
      (_, index) => alphabet[Number.parseInt(bits.slice(group * 20 + index * 5).slice(0, 5), 2)],
    ),
  );
  return groups.map((group) => group.join("")).join("-");
}

function readTrust(bytes: Uint8Array): TrustFile {
  try {
    return trustFileShape(parseStrict(bytes, { maxBytes: 1 << 20, maxDepth: 8 }, "trust"), "trust");
  } catch (cause) {
    if (!(cause instanceof CertificateError)) throw cause;
    throw new CertificateError("trust-invalid", `not a trust file: ${cause.message}`, cause.where, { cause });
  }
}

function assertTrustFile({ keys }: TrustFile): void {
  const refuse = (where: string, reason: string) => new CertificateError("trust-invalid", `${where}: ${reason}`, where);
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    const where = `trust.keys[${index}]`;
    assertStrongKey(key.jwk, where);
    if (key.kid !== thumbprint(key.jwk)) throw refuse(where, "kid is not the thumbprint of the key");
    if (seen.has(key.kid)) throw refuse(where, "key listed twice");
    seen.add(key.kid);
    if (key.notAfter !== null && key.notAfter < key.notBefore) throw refuse(where, "ends before it begins");
    if ((key.status === "compromised") !== (key.compromisedAt !== null)) {
      throw refuse(where, "compromisedAt belongs to compromised keys, and each of them has one");
    }
    if (key.status === "retired" && key.notAfter === null) throw refuse(where, "a retired key has an end");
  }
}
