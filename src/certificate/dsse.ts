import { encodeUtf8 } from "./json.ts";
import { array, type Of, line, object, pattern } from "./shape.ts";

/** What the signed bytes are: an in-toto Statement. Matched exactly, never by its generic JSON form. */
export const payloadType = "application/vnd.in-toto+json";

/** AWS KMS signs at most this many raw bytes with pure Ed25519; we stay below it with every key. */
export const maxSignedBytes = 4096;

/**
 * Pre-authentication encoding: what is signed. Lengths count bytes, not characters, and the type is under the
 * signature as well as the payload.
 *
 * @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md
 */
export function preAuthenticationEncoding(type: string, payload: Uint8Array): Uint8Array {
  const typeBytes = encodeUtf8(type);
  const head = encodeUtf8(`DSSEv1 ${typeBytes.length} ${type} ${payload.length} `);
  const encoded = new Uint8Array(head.length + payload.length);
  encoded.set(head);
  encoded.set(payload, head.length);
  return encoded;
}

const base64Text = pattern(/^[A-Za-z0-9+/]+={0,2}$/, "base64 text");

/**
 * The envelope as it stands in a certificate. Several signatures mean "all of them", never "any of them"; the array
 * may be empty only so that the verifier can say `signature-missing` instead of something vague.
 */
export const envelopeShape = object({
  payload: base64Text,
  payloadType: line(128),
  signatures: array(object({ keyid: line(128), sig: base64Text }), 8),
});
export type Envelope = Of<typeof envelopeShape>;
