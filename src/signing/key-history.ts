import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalBytes, type PublicJwk, parseTrustFile, thumbprint, type TrustKey } from "../certificate/index.ts";
import { SigningError } from "./error.ts";
import { createOnce, replaceFile } from "./private-file.ts";

/**
 * The public halves of every key this deployment ever signed with, one file each: `<kid>.json`. They are never
 * removed, so that certificates verify after rotation (trust I22).
 */

/** All keys, oldest first. */
export async function readKeys(folder: string): Promise<readonly TrustKey[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const keys = await Promise.all(names.map((name) => readKey(folder, name.slice(0, -".json".length))));
  return keys.sort((one, other) => compare(`${one.notBefore} ${one.kid}`, `${other.notBefore} ${other.kid}`));
}

/** Lists a key from `now` on, unless it is listed. Safe to repeat and to race. */
export async function listKey(folder: string, jwk: PublicJwk, now: Date): Promise<void> {
  const kid = thumbprint(jwk);
  const entry = { kid, jwk, notBefore: now.toISOString(), notAfter: null, status: "active", compromisedAt: null };
  await createOnce(join(folder, `${kid}.json`), textOf(entry), 0o644);
}

export async function updateKey(folder: string, key: TrustKey): Promise<void> {
  await replaceFile(join(folder, `${key.kid}.json`), textOf(key), 0o644);
}

/** The public record of one key. */
export async function readKey(folder: string, kid: string): Promise<TrustKey> {
  const path = join(folder, `${kid}.json`);
  try {
    // Read as a trust file of one key: the same gate and the same rules that an auditor's copy will meet.
    const text = await readFile(path, "utf8");
    const trust = parseTrustFile(Buffer.from(`{"keys":[${text}],"organization":"-","version":1}`));
    const [key] = trust.keys;
    if (key === undefined || key.kid !== kid) throw new Error("it describes another key");
    return key;
  } catch (cause) {
    throw new SigningError("key-history-corrupt", `${path} is not the public record of a key; restore it`, { cause });
  }
}

const textOf = (entry: unknown) => Buffer.from(canonicalBytes(entry)).toString("utf8");
const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
