import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, open, readFile, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { messageOf } from "../../domain/error.ts";
import { EmbeddedPostgresError } from "./error.ts";
import type { Account } from "./run.ts";

/**
 * The database folder. Only `cluster` belongs to the user that PostgreSQL runs as; the password and the rest stay
 * ours, so that a server that was taken over cannot change how it is started.
 */
export interface Folder {
  readonly root: string;
  /** PostgreSQL's own data directory, 0700. Appears by one rename, whole or not at all. */
  readonly cluster: string;
  /** 0600: the superuser's password. Written before `cluster` appears. */
  readonly password: string;
  /** The port that was chosen when the server first started. */
  readonly port: string;
  /** 0600: what the server prints; the previous one ends in `.1`. */
  readonly log: string;
  /** Held by the process that is starting or stopping the server. */
  readonly startLock: string;
  /** One claim for each process that uses the server. */
  readonly users: string;
}

export async function openFolder(dataDir: string): Promise<Folder> {
  await ensureDirectory(dataDir);
  const ourUid = process.getuid?.();
  const root = await realpath(dataDir);
  const info = await stat(root);
  if (ourUid === 0) {
    if (info.uid === 0) await chmod(root, (info.mode & 0o777) | 0o011); // the server's user passes through, and sees nothing
  } else if (info.uid !== ourUid) {
    throw new EmbeddedPostgresError(
      "wrong-user",
      `The database folder ${root} belongs to uid ${info.uid} and this process runs as uid ${ourUid}. ` +
        `Start as the user who started it first, or give the folder to this one: chown -R ${ourUid} ${root}`,
    );
  }
  const users = join(root, "users");
  await mkdir(users, { recursive: true, mode: 0o700 });
  return {
    root,
    cluster: join(root, "cluster"),
    password: join(root, "password"),
    port: join(root, "port"),
    log: join(root, "server.log"),
    startLock: join(root, "start.lock"),
    users,
  };
}

async function ensureDirectory(path: string): Promise<void> {
  try {
    if ((await stat(path).catch(() => null))?.isDirectory() === true) return;
    await mkdir(dirname(path), { recursive: true });
    await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (!hasCode(error, "EEXIST")) throw error; // another start made it
    });
    await readdir(path);
  } catch (cause) {
    const message = `The database folder ${path} cannot be used: ${messageOf(cause)}`;
    throw new EmbeddedPostgresError("unreachable-folder", message, { cause });
  }
}

/** The text of a file, trimmed; null when there is none. */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Puts a 0600 file in place by a rename, on disk before this returns: a crash leaves the old text or the new one. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const staged = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(staged, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(staged, path).catch(async (error: unknown) => {
    await rm(staged, { force: true });
    throw error;
  });
  await syncDirectory(dirname(path));
}

/** Makes a rename in this directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The nearest folder above that the account may not pass through; null when the way is free. Looks at modes, not ACLs. */
export async function closedParent(path: string, account: Account): Promise<string | null> {
  const { root } = parse(path);
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    const info = await stat(parent);
    const bit = info.uid === account.uid ? 0o100 : info.gid === account.gid ? 0o010 : 0o001;
    if ((info.mode & bit) === 0) return parent;
    if (parent === root) return null;
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, "ENOENT");
}

export function hasCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}
