import {
  CertificateError,
  decodeBase64,
  type Envelope,
  isSignedBy,
  maxSignedBytes,
  payloadType,
  preAuthenticationEncoding,
  type TrustFile,
  type TrustKey,
} from "../certificate/index.ts";

interface Opened {
  readonly payload: Uint8Array;
  readonly pae: Uint8Array;
  /** The pinned key of each signature; empty without trust. */
  readonly keys: readonly TrustKey[];
}

/**
 * Checks a DSSE envelope against pinned keys. Every signature in it must verify: one that does not is not a spare.
 *
 * The key id is not under the signature. It only selects among the pinned keys; a false one selects a key that does not
 * fit. The algorithm comes with the pinned key, and the envelope has no word for another.
 *
 * @throws {CertificateError} `payload-type`, `base64-malformed`, `too-large`, `signature-missing`,
 *   `signature-duplicate`, `signature-malformed`, `key-unknown`, `signature-invalid`
 */
export function openEnvelope(envelope: Envelope, trust: TrustFile | null): Opened {
  if (envelope.payloadType !== payloadType) {
    throw new CertificateError("payload-type", `payloadType is not ${payloadType}`, "envelope.payloadType");
  }
  const payload = decodeBase64(envelope.payload, "envelope.payload");
  const pae = preAuthenticationEncoding(envelope.payloadType, payload);
  if (pae.length > maxSignedBytes) {
    throw new CertificateError("too-large", `${pae.length} signed bytes; the limit is ${maxSignedBytes}`, "envelope");
  }
  if (envelope.signatures.length === 0) {
    throw new CertificateError("signature-missing", "it is not signed", "envelope.signatures");
  }
  const keyids = new Set(envelope.signatures.map(({ keyid }) => keyid));
  if (keyids.size !== envelope.signatures.length) {
    throw new CertificateError("signature-duplicate", "two signatures name one key", "envelope.signatures");
  }
  const keys = envelope.signatures.flatMap(({ keyid, sig }, index) => {
    const where = `envelope.signatures[${index}]`;
    const signature = decodeBase64(sig, where);
    if (signature.length !== 64) {
      throw new CertificateError("signature-malformed", "an Ed25519 signature has 64 bytes", where);
    }
    if (trust === null) return [];
    const key = trust.keys.find(({ kid }) => kid === keyid);
    if (key === undefined) throw new CertificateError("key-unknown", "signed by a key that is not trusted", where);
    if (!isSignedBy(key.jwk, pae, signature)) {
      throw new CertificateError("signature-invalid", "the signature does not fit the content and the key", where);
    }
    return [key];
  });
  return { payload, pae, keys };
}
