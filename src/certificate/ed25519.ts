import { createPublicKey, verify } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "./base64.ts";
import { sha256 } from "./digest.ts";
import { CertificateError } from "./error.ts";
import { canonicalBytes } from "./json.ts";
import { type Of, object, oneOf, pattern } from "./shape.ts";

/** An Ed25519 public key. No other algorithm has a spelling here, so none can be confused with it. RFC 8037. */
export const publicJwkShape = object({
  kty: oneOf("OKP"),
  crv: oneOf("Ed25519"),
  x: pattern(/^[A-Za-z0-9_-]{43}$/, "32 bytes as base64url"),
});
export type PublicJwk = Of<typeof publicJwkShape>;

/** RFC 7638 thumbprint, base64url of SHA-256: the id of a key. */
export function thumbprint({ crv, kty, x }: PublicJwk): string {
  return encodeBase64url(sha256(canonicalBytes({ crv, kty, x })));
}

/** Pure Ed25519 (RFC 8032), never Ed25519ph. False for anything that is not a valid signature of 64 bytes. */
export function isSignedBy(jwk: PublicJwk, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const { crv, kty, x } = jwk;
  return verify(null, message, createPublicKey({ key: { crv, kty, x }, format: "jwk" }), signature);
}

const fieldPrime = 2n ** 255n - 19n;

/** y of the points whose order divides 8. Under such a key, signatures exist that nobody made. */
const lowOrderY = new Set([
  0n,
  1n,
  fieldPrime - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/**
 * Refuses public keys that OpenSSL would accept although they are worthless: points of low order, and second spellings
 * of a point.
 * @throws {CertificateError} `base64-malformed`, `key-weak`
 */
export function assertStrongKey(jwk: PublicJwk, where: string): void {
  const bytes = decodeBase64url(jwk.x, where);
  // Little-endian; the highest bit is the sign of x.
  let y = 0n;
  for (const [index, byte] of bytes.entries()) y += BigInt(index === 31 ? byte & 0x7f : byte) << BigInt(8 * index);
  if (y >= fieldPrime) throw new CertificateError("key-weak", `${where}: not a canonical Ed25519 public key`, where);
  if (lowOrderY.has(y)) throw new CertificateError("key-weak", `${where}: Ed25519 public key of low order`, where);
}
