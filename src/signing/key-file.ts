import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import type { TrustKey } from "../certificate/index.ts";
import type { Clock } from "../domain/ports.ts";
import { SigningError } from "./error.ts";
import { listKey, readKey, readKeys, updateKey } from "./key-history.ts";
import { publicJwkOf, signerOf } from "./key-signer.ts";
import { withFolderLock } from "./folder-lock.ts";
import { createOnce, ensureFolder, readPrivate, removeLeftovers, replaceFile } from "./private-file.ts";
import type { Signer } from "./signer.ts";

/** The private key in use. */
const currentFile = "issuer.pem";
const maxKeyFileBytes = 16 * 1024;
const minPassphraseLength = 12;

/** How long a retired key may still sign, for processes that hold it in memory when it is rotated. */
export const defaultOverlapMs = 24 * 60 * 60 * 1000;

export interface KeyFileOptions {
  /** `<dataDir>/keys`; created with mode 0700. */
  readonly folder: string;
  /**
   * Encrypts the file (PKCS#8, PBES2, AES-256-CBC). OpenSSL derives the file's key with 2,048 rounds only, so use a
   * generated passphrase, of 12 characters at least. Left out: the file's mode 0600 is the only guard.
   */
  readonly passphrase?: string | undefined;
  readonly clock: Clock;
}

/**
 * A signer with the public history of its folder. `sign` rejects with `key-retired` once its key was rotated away and
 * the overlap is over, or was marked compromised: another process may have done so.
 */
export interface KeyFileSigner extends Signer {
  /** Every key of this deployment, past and present, oldest first; read anew at each call. */
  keys(): Promise<readonly TrustKey[]>;
}

/**
 * Opens the issuer's key, making it at the first start. Any number of starts at once end with one key.
 *
 * @throws {SigningError} `key-passphrase-missing` for an encrypted file without passphrase, `key-passphrase-wrong`,
 *   `key-passphrase-too-short`, `key-file-permissions`, `key-file-corrupt`, `key-file-unreadable`,
 *   `key-history-corrupt`, `key-folder-busy`.
 */
export async function openKeyFileSigner(options: KeyFileOptions): Promise<KeyFileSigner> {
  assertPassphrase(options);
  await ensureFolder(options.folder);
  return withFolderLock(options.folder, async () => {
    await removeLeftovers(options.folder);
    const path = join(options.folder, currentFile);
    if ((await readPrivate(path, maxKeyFileBytes)) === null) await createOnce(path, freshKeyPem(options), 0o600);
    return signerIn(options, defaultOverlapMs);
  });
}

/**
 * Puts a new key in place of the present one. The old private key is gone with that; the old public key stays listed
 * and may have signed until `overlapMs` from now. A rotation that was interrupted is as if it had never begun, or is
 * finished by the next start.
 *
 * @throws {SigningError} as {@link openKeyFileSigner}.
 */
export async function rotateKey(options: KeyFileOptions, overlapMs = defaultOverlapMs): Promise<KeyFileSigner> {
  await openKeyFileSigner(options); // the present key is listed before its private half goes
  return withFolderLock(options.folder, async () => {
    await replaceFile(join(options.folder, currentFile), freshKeyPem(options), 0o600);
    return signerIn(options, overlapMs);
  });
}

/**
 * Marks a key as in other hands from an instant on. Certificates by it count only if they are known to be older.
 * Rotate first when it is the key in use.
 *
 * @throws {SigningError} `key-unknown`
 */
export async function markCompromised(folder: string, kid: string, since: Date): Promise<void> {
  await withFolderLock(folder, async () => {
    const key = (await readKeys(folder)).find((candidate) => candidate.kid === kid);
    if (key === undefined) throw new SigningError("key-unknown", `No key ${kid} in ${folder}`);
    await updateKey(folder, { ...key, status: "compromised", compromisedAt: since.toISOString() });
  });
}

/** The key in the folder. Only under the lock: nobody may exchange it while its history is brought up to date. */
async function signerIn(options: KeyFileOptions, overlapMs: number): Promise<KeyFileSigner> {
  const { folder, clock } = options;
  const privateKey = await loadKey(join(folder, currentFile), options);
  const signer = signerOf(privateKey);
  await listKey(folder, signer.publicJwk, clock());
  // Also what a crash in the middle of a rotation left undone.
  for (const key of await readKeys(folder)) {
    if (key.kid === signer.keyid || key.status !== "active") continue;
    const notAfter = new Date(Math.max(clock().getTime() + overlapMs, Date.parse(key.notBefore))).toISOString();
    await updateKey(folder, { ...key, status: "retired", notAfter });
  }
  const sign = async (bytes: Uint8Array) => {
    await assertInUse(signer.keyid, options);
    return signer.sign(bytes);
  };
  return { ...signer, sign, keys: () => readKeys(folder) };
}

/** A process that outlives a rotation must not go on signing what no verifier will accept. */
async function assertInUse(keyid: string, { folder, clock }: KeyFileOptions): Promise<void> {
  const key = await readKey(folder, keyid);
  const isOver = key.status === "compromised" || (key.notAfter !== null && clock().toISOString() > key.notAfter);
  if (isOver)
    throw new SigningError("key-retired", `Key ${keyid} is ${key.status}; restart to sign with the present one`);
}

async function loadKey(path: string, options: KeyFileOptions): Promise<KeyObject> {
  const pem = await readPrivate(path, maxKeyFileBytes);
  if (pem === null) throw new SigningError("key-file-unreadable", `${path} is not there any more`);
  const isEncrypted = pem.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
  const isClear = pem.startsWith("-----BEGIN PRIVATE KEY-----");
  if (!isEncrypted && !isClear) throw new SigningError("key-file-corrupt", `${path} is not a PKCS#8 private key (PEM)`);
  if (isEncrypted && options.passphrase === undefined) {
    throw new SigningError("key-passphrase-missing", `${path} is encrypted and no passphrase was given`);
  }
  const privateKey = decodeKey(path, pem, isEncrypted ? options.passphrase : undefined);
  publicJwkOf(privateKey); // refuses other kinds of key
  // A passphrase that was set later takes effect at once, instead of guarding nothing.
  if (isClear && options.passphrase !== undefined) await replaceFile(path, pemOf(privateKey, options), 0o600);
  return privateKey;
}

function decodeKey(path: string, pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    // A wrong passphrase yields noise, which only usually fails as bad padding: go by the file's outer form instead.
    if (passphrase !== undefined && isWholeDer(pem)) {
      throw new SigningError("key-passphrase-wrong", `The passphrase does not open ${path}`, { cause });
    }
    throw new SigningError("key-file-corrupt", `${path} is damaged; restore it from a backup`, { cause });
  }
}

/** Whether the PEM body is base64 of one ASN.1 sequence with nothing missing and nothing after it. */
function isWholeDer(pem: string): boolean {
  const body = pem.replaceAll(/-----[^-]+-----|\s/g, "");
  const der = Buffer.from(body, "base64");
  if (der.toString("base64") !== body || der[0] !== 0x30) return false;
  const lengthBytes = (der[1] ?? 0) & 0x80 ? (der[1] ?? 0) & 0x7f : 0;
  const length = lengthBytes === 0 ? der[1] : der.subarray(2).readUIntBE(0, Math.min(lengthBytes, 6));
  return der.length === 2 + lengthBytes + (length ?? 0);
}

function freshKeyPem(options: KeyFileOptions): string {
  return pemOf(generateKeyPairSync("ed25519").privateKey, options);
}

function pemOf(privateKey: KeyObject, { passphrase }: KeyFileOptions): string {
  const form = { type: "pkcs8", format: "pem" } as const;
  const pem = privateKey.export(passphrase === undefined ? form : { ...form, cipher: "aes-256-cbc", passphrase });
  return pem.toString();
}

function assertPassphrase({ passphrase }: KeyFileOptions): void {
  if (passphrase !== undefined && passphrase.length < minPassphraseLength) {
    throw new SigningError("key-passphrase-too-short", `The key's passphrase needs ${minPassphraseLength} characters`);
  }
}
