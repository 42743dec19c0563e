import { randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SigningError } from "./error.ts";

/**
 * Files that appear whole or not at all, readable by their owner alone. The temporary name is taken with O_EXCL and
 * synced first; the final name is a second directory entry for the same bytes.
 */

const leftoverAgeMs = 60_000;

/**
 * Creates a file unless one of that name exists. Of any number of callers at once, exactly one creates it.
 * @returns whether this call did.
 */
export async function createOnce(path: string, content: string, mode: number): Promise<boolean> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await link(temporary, path);
    await syncFolder(dirname(path));
    return true;
  } catch (cause) {
    if (isErrno(cause, "EEXIST")) return false;
    throw cause;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Replaces a file, or creates it. */
export async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Reads a file that must be its owner's secret.
 * @returns null when there is none.
 * @throws {SigningError} `key-file-permissions` when others may read or write it; `key-file-unreadable`.
 */
export async function readPrivate(path: string, maxBytes: number): Promise<string | null> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, "r");
    const { mode, size } = await handle.stat();
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      const found = (mode & 0o777).toString(8).padStart(4, "0");
      throw new SigningError("key-file-permissions", `${path} has mode ${found}; set it to 0600: chmod 600 ${path}`);
    }
    if (size > maxBytes) throw new SigningError("key-file-corrupt", `${path} is too large for a key: ${size} bytes`);
    return await handle.readFile("utf8");
  } catch (cause) {
    if (isErrno(cause, "ENOENT")) return null;
    if (cause instanceof SigningError) throw cause;
    throw new SigningError("key-file-unreadable", `${path} cannot be read`, { cause });
  } finally {
    await handle?.close();
  }
}

/** Removes temporary files of a process that died over them; younger ones may still be in use. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\.[0-9a-f-]{36}\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > leftoverAgeMs) await rm(path, { force: true });
  }
}

export async function ensureFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

export function isErrno(thrown: unknown, code: string): boolean {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && thrown.code === code;
}

async function writeTemporary(path: string, content: string, mode: number): Promise<string> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  const handle = await open(temporary, "wx", mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return temporary;
}

/** Makes the new directory entry survive a power cut. Windows cannot open folders; there the rename has to do. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
