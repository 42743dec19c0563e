import { type KeyObject, sign } from "node:crypto";
import canonicalize from "canonicalize";
import { type Leaf, payloadType, preAuthenticationEncoding, thumbprint } from "../../src/certificate/index.ts";
import { commitmentOf } from "../../src/certificate/leaves.ts";
import { jwkOf, testKey } from "./certificates.ts";

/**
 * Hands that tamper with a certificate. What a forger can do is edit the file; what a careless or lying issuer can do
 * is sign something wrong: those mutators sign again with the pinned key, so that only the rule under test refuses.
 */

/** Parses a certificate file and lets the hand edit it, whatever the schema says; the result is canonical JSON. */
export function editFile(good: Uint8Array, edit: (file: unknown) => void): Uint8Array {
  const file: unknown = JSON.parse(textOf(good));
  edit(file);
  return jsonBytes(file);
}

/** The member at a dotted path, "records.0.salt". */
export function peek(value: unknown, path: string): unknown {
  return path === "" ? value : path.split(".").reduce((inner, name) => Object(inner)[name] as unknown, value);
}

/** Sets the member at a dotted path. */
export function put(value: unknown, path: string, next: unknown): void {
  const at = path.lastIndexOf(".");
  Object.defineProperty(peek(value, path.slice(0, Math.max(at, 0))), path.slice(at + 1), {
    value: next,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

export function drop(value: unknown, path: string): void {
  const at = path.lastIndexOf(".");
  Reflect.deleteProperty(Object(peek(value, path.slice(0, Math.max(at, 0)))), path.slice(at + 1));
}

export function listAt(value: unknown, path: string): unknown[] {
  return peek(value, path) as unknown[];
}

/** Canonical bytes of anything, without the gate. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalize(value));
}

/** Replaces the signed payload by these bytes and signs them with a real key. */
export function resign(
  good: Uint8Array,
  payload: Uint8Array,
  options: {
    readonly type?: string;
    readonly key?: KeyObject;
    readonly keyid?: string;
    readonly pae?: Uint8Array;
  } = {},
): Uint8Array {
  const { type = payloadType, key = testKey(1), pae = preAuthenticationEncoding(type, payload) } = options;
  const keyid = options.keyid ?? thumbprint(jwkOf(key));
  const sig = sign(null, pae, key).toString("base64");
  const envelope = {
    payload: Buffer.from(payload).toString("base64"),
    payloadType: type,
    signatures: [{ keyid, sig }],
  };
  return editFile(good, (file) => put(file, "envelope", envelope));
}

/** Edits the statement and signs the result: what a lying issuer can do. */
export function restate(good: Uint8Array, edit: (statement: unknown) => void): Uint8Array {
  const statement: unknown = JSON.parse(payloadText(good));
  edit(statement);
  return resign(good, jsonBytes(statement));
}

/** Edits the records, and signs a statement that fits them in root, size and digest, but not in what it claims. */
export function rerecord(good: Uint8Array, edit: (records: unknown[], predicate: unknown) => void): Uint8Array {
  const records = listAt(JSON.parse(textOf(good)), "records");
  const withRecords = editFile(good, (file) => put(file, "records", records));
  const signed = restate(withRecords, (statement) => {
    edit(records, peek(statement, "predicate"));
    const { size, root, fileSha256 } = commitmentOf(records as Leaf[]);
    put(statement, "predicate.records.size", size);
    put(statement, "predicate.records.root", root);
    put(statement, "subject.0.digest.sha256", fileSha256);
  });
  return editFile(signed, (file) => put(file, "records", records));
}

/** Edits the text of the statement and signs the result. */
export function respell(good: Uint8Array, edit: (text: string) => string): Uint8Array {
  return resign(good, new TextEncoder().encode(edit(payloadText(good))));
}

export function payloadText(certificate: Uint8Array): string {
  const payload = peek(JSON.parse(textOf(certificate)), "envelope.payload");
  return Buffer.from(String(payload), "base64").toString("utf8");
}

export const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
