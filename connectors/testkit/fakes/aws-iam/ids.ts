import { createHash, randomBytes } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Prefixes by kind: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
const shapes = {
  AKIA: 20,
  ASIA: 20,
  AIDA: 21,
  AGPA: 21,
  AROA: 21,
  ANPA: 21,
  APKA: 20,
  ACCA: 21,
} as const;

/** A unique id that starts with its kind's prefix. */
export function newId(prefix: keyof typeof shapes): string {
  return prefix + letters(shapes[prefix] - prefix.length);
}

/** Id of a signing certificate: letters and digits without a prefix. */
export const newCertificateId = (): string => letters(32);

/** A secret access key: 40 characters. */
export const newSecret = (): string => randomBytes(30).toString("base64");

/** A session token, or the secret part of an API key. */
export const newToken = (bytes = 120): string => randomBytes(bytes).toString("base64");

/** Fingerprint of a public key as IAM shows it: MD5, in pairs. */
export function fingerprintOf(body: string): string {
  return createHash("md5").update(body).digest("hex").match(/../g)?.join(":") ?? "";
}

function letters(count: number): string {
  return [...randomBytes(count)].map((byte) => alphabet[byte % alphabet.length]).join("");
}
