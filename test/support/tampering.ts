import { sign, type KeyObject } from "node:crypto";
import canonicalize from "canonicalize";
import {
  type CertificateErrorCode,
  type CertificateFile,
  parseCertificateFile,
  payloadType,
  preAuthenticationEncoding,
  thumbprint,
} from "../../src/certificate/index.ts";
import { jwkOf, testKey } from "./certificates.ts";

/**
 * Hands that tamper with a certificate. What a forger can do is edit the file; what a careless or lying issuer can do
 * is sign something wrong: those mutators sign again with the pinned key, so that only the rule under test refuses.
 */

/** A deep copy without readonly, for a mutator to edit. */
export type Draft<T> = T extends object ? { -readonly [K in keyof T]: Draft<T[K]> } : T;

/** The file of a certificate with an edit, in canonical form. */
export function editFile(good: Uint8Array, edit: (file: Draft<CertificateFile>) => void): Uint8Array {
  const file = structuredClone(parseCertificateFile(good)) as Draft<CertificateFile>;
  edit(file);
  return fileBytes(file);
}

/** The same, on values that the schema would not allow. */
export function editAnything(good: Uint8Array, edit: (file: Json) => void): Uint8Array {
  const file = JSON.parse(Buffer.from(good).toString("utf8")) as Json;
  edit(file);
  return fileBytes(file);
}

export interface Json {
  [name: string]: Json;
}

export function fileBytes(file: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalize(file));
}

/** Replaces the signed payload by these bytes and signs them with a real key. */
export function resign(
  good: Uint8Array,
  payload: Uint8Array,
  options: { readonly type?: string; readonly key?: KeyObject; readonly keyid?: string } = {},
): Uint8Array {
  const { type = payloadType, key = testKey(1) } = options;
  return editFile(good, (file) => {
    const signature = sign(null, preAuthenticationEncoding(type, payload), key);
    file.envelope = {
      payload: Buffer.from(payload).toString("base64"),
      payloadType: type,
      signatures: [{ keyid: options.keyid ?? thumbprint(jwkOf(key)), sig: signature.toString("base64") }],
    };
  });
}

/** Edits the statement and signs the result: what a lying issuer can do. */
export function restate(good: Uint8Array, edit: (statement: Json) => void): Uint8Array {
  const statement = JSON.parse(payloadText(good)) as Json;
  edit(statement);
  return resign(good, fileBytes(statement));
}

/** Edits the text of the statement and signs the result. */
export function respell(good: Uint8Array, edit: (text: string) => string): Uint8Array {
  return resign(good, new TextEncoder().encode(edit(payloadText(good))));
}

export function payloadText(certificate: Uint8Array): string {
  return Buffer.from(parseCertificateFile(certificate).envelope.payload, "base64").toString("utf8");
}

/** One tampered certificate of the attack list, and the code it earns. */
export interface Tampering {
  /** Number in the attack list. */
  readonly attack: number;
  readonly name: string;
  readonly code: CertificateErrorCode;
  make(good: Uint8Array): Uint8Array;
}
