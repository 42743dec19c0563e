import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import canonicalize from "canonicalize";
import { CodedError } from "../../src/domain/error.ts";
import type { SealingKeys } from "./sealing-key.ts";
import { keyIdOf } from "./sealing-key.ts";
import { Secret } from "./secret.ts";

/** Names one sealed value. The three are bound into it: a row moved, renamed or rolled back does not open (T14). */
export interface SealedName {
  target: string;
  /** What it is, unique within the target: `probe/<case>/<kind>/<ref>`. */
  field: string;
  /** Counted up when the value changes. */
  version: number;
}

export interface SealedRow extends SealedName {
  ciphertext: Uint8Array;
}

/** Where sealed rows lie: one per target and field. Each method must be durable when it resolves. */
export interface SealedStorage {
  /** Adds the row, or replaces the one of the same target and field. */
  put(row: SealedRow): Promise<void>;
  get(name: Pick<SealedName, "target" | "field">): Promise<SealedRow | null>;
  /** Removing what is not there is no error. */
  delete(name: Pick<SealedName, "target" | "field">): Promise<void>;
}

export interface SealedStore {
  seal(name: SealedName, secret: Secret): Promise<void>;
  /**
   * Null when there is no such value, or another version of it.
   * @throws {SealedStoreError}
   */
  open(name: SealedName): Promise<Secret | null>;
  /** After the verdict. */
  erase(name: Pick<SealedName, "target" | "field">): Promise<void>;
}

export type SealedStoreErrorCode = "sealed-tampered" | "sealed-unknown-key" | "sealed-unknown-format";

export class SealedStoreError extends CodedError<SealedStoreErrorCode> {
  override readonly name = "SealedStoreError";
}

const format = 1;
const keyIdLength = 8;
const nonceLength = 12;
const tagLength = 16;
const headerLength = 1 + keyIdLength + nonceLength + tagLength;

/**
 * Secrets at rest: AES-256-GCM with a fresh random nonce, the name as additional data (trust rule 13). A stored value
 * is format (1 byte), key id (8), nonce (12), tag (16), ciphertext.
 *
 * Random nonces are safe here: the bound for one key is 2^32 values, and these live from discovery to verdict.
 * @see NIST SP 800-38D sections 5.2.1 and 8.3
 */
export function createSealedStore({ keys, storage }: { keys: SealingKeys; storage: SealedStorage }): SealedStore {
  return {
    async seal(name, secret) {
      await storage.put({ ...nameOnly(name), ciphertext: sealWith(keys.current, name, secret) });
    },
    async open(name) {
      const row = await storage.get({ target: name.target, field: name.field });
      return row === null || row.version !== name.version ? null : openWith(keys, name, Buffer.from(row.ciphertext));
    },
    async erase({ target, field }) {
      await storage.delete({ target, field });
    },
  };
}

function sealWith(key: Buffer, name: SealedName, secret: Secret): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
  cipher.setAAD(boundTo(name));
  const body = Buffer.concat([cipher.update(secret.reveal(), "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.from([format]), keyIdOf(key), nonce, cipher.getAuthTag(), body]);
}

function openWith(keys: SealingKeys, name: SealedName, sealed: Buffer): Secret {
  if (sealed.length < headerLength || sealed[0] !== format) {
    throw new SealedStoreError("sealed-unknown-format", `${display(name)} is not a sealed value of this version`);
  }
  const [keyId, nonce, tag, body] = cut(sealed.subarray(1), [keyIdLength, nonceLength, tagLength]);
  const key = [keys.current, ...keys.previous].find((candidate) => keyIdOf(candidate).equals(keyId));
  if (key === undefined) {
    throw new SealedStoreError("sealed-unknown-key", `${display(name)} was sealed with a key that is not at hand`);
  }
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
    decipher.setAAD(boundTo(name));
    decipher.setAuthTag(tag);
    return new Secret(Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8"));
  } catch (cause) {
    throw new SealedStoreError("sealed-tampered", `${display(name)} is not what was sealed under this name`, { cause });
  }
}

/** Canonical JSON, so that no two names share their bytes. */
function boundTo({ target, field, version }: SealedName): Buffer {
  return Buffer.from(canonicalize(["lastday/sealed", format, target, field, version]) ?? "", "utf8");
}

function cut(bytes: Buffer, lengths: readonly [number, number, number]): [Buffer, Buffer, Buffer, Buffer] {
  const [first, second, third] = lengths;
  const ends = [first, first + second, first + second + third] as const;
  return [
    bytes.subarray(0, ends[0]),
    bytes.subarray(ends[0], ends[1]),
    bytes.subarray(ends[1], ends[2]),
    bytes.subarray(ends[2]),
  ];
}

function nameOnly({ target, field, version }: SealedName): SealedName {
  return { target, field, version };
}

function display({ target, field, version }: SealedName): string {
  return `${target}/${field}@${version}`;
}
