import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isNativeError } from "node:util/types";
import { CodedError } from "../../src/domain/error.ts";
import { Secret } from "./secret.ts";

/** Keys of the sealed store: the one that seals, and earlier ones that still open. 32 bytes each. */
export interface SealingKeys {
  current: Buffer;
  previous: readonly Buffer[];
}

export type SealingKeyErrorCode = "sealing-key-malformed" | "sealing-key-exposed";

export class SealingKeyError extends CodedError<SealingKeyErrorCode> {
  override readonly name = "SealingKeyError";
}

const keyLength = 32;

/** Names a key without telling anything of it. */
export function keyIdOf(key: Buffer): Buffer {
  return createHash("sha256").update("lastday/sealing-key-id").update(key).digest().subarray(0, 8);
}

/**
 * Reads keys from a text: base64 of 32 bytes each, separated by commas or white space, the current one first.
 * @throws {SealingKeyError} `sealing-key-malformed`.
 */
export function parseSealingKeys(text: Secret): SealingKeys {
  const [current, ...previous] = text
    .reveal()
    .split(/[\s,]+/)
    .filter((part) => part !== "")
    .map(parseKey);
  if (current === undefined) throw new SealingKeyError("sealing-key-malformed", "expected a key: base64 of 32 bytes");
  return { current, previous };
}

/**
 * Keys from a file; the first start makes it, readable by its owner alone. Two processes that start at once agree:
 * the file appears whole or not at all, and the first one wins.
 *
 * @throws {SealingKeyError} `sealing-key-exposed` when others may read it; `sealing-key-malformed`.
 */
export async function loadSealingKeys(file: string): Promise<SealingKeys> {
  const { mode } = await stat(file).catch(async (error: unknown) => {
    if (!isCode(error, "ENOENT")) throw error;
    await create(file);
    return stat(file);
  });
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new SealingKeyError("sealing-key-exposed", `${file} may be read by others; expected mode 0600`);
  }
  return parseSealingKeys(new Secret(await readFile(file, "utf8")));
}

async function create(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(keyLength).toString("base64")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file); // unlike a rename, never replaces what another process made meanwhile
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function parseKey(text: string): Buffer {
  const key = Buffer.from(text, "base64");
  if (key.length === keyLength && /^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return key;
  throw new SealingKeyError(
    "sealing-key-malformed",
    "expected base64 of 32 bytes; `openssl rand -base64 32` makes one",
  );
}

function isCode(error: unknown, code: string): boolean {
  return isNativeError(error) && "code" in error && error.code === code;
}
