import { open, rename, rm, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SigningError } from "./error.ts";
import { isErrno } from "./private-file.ts";

/** Work under the lock takes milliseconds: a lock this old belongs to a process that died. */
const staleAfterMs = 10_000;
const giveUpAfterMs = 30_000;

/**
 * Runs one change of the key folder at a time, across processes of one host.
 * @throws {SigningError} `key-folder-busy` when others hold the lock for half a minute.
 */
export async function withFolderLock<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const path = join(folder, ".lock");
  const started = performance.now();
  while (!(await take(path))) {
    if (performance.now() - started > giveUpAfterMs) {
      throw new SigningError("key-folder-busy", `${path} is held by another process; remove it if none runs`);
    }
    await removeStale(path);
    await sleep(5 + Math.random() * 20);
  }
  try {
    return await act();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx", 0o600)).close();
    return true;
  } catch (cause) {
    if (isErrno(cause, "EEXIST")) return false;
    throw cause;
  }
}

/** Renames before it removes, so that of several who find a stale lock only one removes it. */
async function removeStale(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || Date.now() - found.mtimeMs < staleAfterMs) return;
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
