import { CertificateError } from "./error.ts";

/**
 * Decodes standard base64 with exact padding and zero trailing bits: one spelling for each byte string. Node's own
 * decoder skips what it does not know, which would leave a certificate open to edits that nobody sees.
 *
 * @throws {CertificateError} `base64-malformed`
 * @see RFC 4648 sections 3.3 and 3.5
 */
export function decodeBase64(text: string, where: string): Uint8Array {
  return decode(text, "base64", where);
}

/** The same for base64url without padding, the alphabet of JSON Web Keys. */
export function decodeBase64url(text: string, where: string): Uint8Array {
  return decode(text, "base64url", where);
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function decode(text: string, encoding: "base64" | "base64url", where: string): Uint8Array {
  const bytes = Buffer.from(text, encoding);
  if (bytes.toString(encoding) !== text) {
    throw new CertificateError("base64-malformed", `${where}: not ${encoding} in its one canonical spelling`, where);
  }
  return new Uint8Array(bytes);
}
