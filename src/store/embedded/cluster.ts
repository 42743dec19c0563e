import { randomBytes } from "node:crypto";
import { chown, mkdir, open, readdir, rename, rm, rmdir, type FileHandle } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./error.ts";
import { closedParent, exists, readIfPresent, syncDirectory, writeDurably, type Folder } from "./folder.ts";
import { run, type Account } from "./run.ts";

/** The role that owns everything, and the database that the product lives in. */
export const superuser = "lastday";
export const productDatabase = "lastday";

/** Byte order and Unicode classes everywhere; macOS has no such locale in its C library, PostgreSQL brings its own. */
const locale =
  process.platform === "linux"
    ? ["--locale=C.UTF-8"]
    : ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
const clusterOptions = ["-A", "scram-sha-256", "-E", "UTF8", ...locale, "--data-checksums", "--no-instructions"];

/** What PostgreSQL is told about where its data directory is. */
export interface Whereabouts {
  readonly cwd: string;
  readonly dataDirectory: string;
}

/**
 * How the account reaches a data directory. Below a folder that it may not pass (root's home), Linux still lets it
 * work in a directory that it was put into: we enter it as root, before the change of user, and name it
 * `/proc/self/cwd`. So the data stays where the operator wanted it, and backups find it.
 *
 * @throws {EmbeddedPostgresError} `unreachable-folder`, with the folder that is closed, where there is no `/proc`.
 */
export async function whereabouts(path: string, account: Account | null): Promise<Whereabouts> {
  const closed = account === null ? null : await closedParent(path, account);
  if (closed === null || account === null) return { cwd: path, dataDirectory: path };
  if (process.platform === "linux" && (await exists("/proc/self/cwd")))
    return { cwd: path, dataDirectory: "/proc/self/cwd" };
  throw new EmbeddedPostgresError(
    "unreachable-folder",
    `PostgreSQL runs as ${account.name}, who may not enter ${closed}. Put the data folder somewhere else, or allow it: chmod o+x ${closed}`,
  );
}

/**
 * Makes the cluster when there is none. It is built under another name and renamed when whole: what an initdb that
 * was killed leaves behind never passes for a cluster, and is swept out by the next start.
 *
 * @throws {EmbeddedPostgresError} `initdb-failed`; `not-a-cluster` when something else lies in its place;
 * `password-missing` when there is a cluster but its password is gone.
 */
export async function ensureCluster(
  folder: Folder,
  binaries: Binaries,
  account: Account | null,
  durable: boolean,
): Promise<void> {
  await sweepStaged(folder);
  if (await exists(folder.cluster)) {
    if (await exists(join(folder.cluster, "PG_VERSION"))) return void (await readPassword(folder));
    await rmdir(folder.cluster).catch((cause: unknown) => {
      const message = `${folder.cluster} holds something that is not a PostgreSQL cluster. Move it away, or choose another data folder`;
      throw new EmbeddedPostgresError("not-a-cluster", message, { cause });
    });
  }
  const password = randomBytes(32).toString("base64url");
  const staged = `${folder.cluster}.new-${randomBytes(6).toString("hex")}`;
  try {
    await initialise(staged, password, binaries, account, durable);
    await writeDurably(folder.password, password);
    await rename(staged, folder.cluster);
    await syncDirectory(folder.root);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

async function initialise(
  staged: string,
  password: string,
  binaries: Binaries,
  account: Account | null,
  durable: boolean,
): Promise<void> {
  await mkdir(staged, { mode: 0o700 });
  if (account !== null) await chown(staged, account.uid, account.gid);
  const { cwd, dataDirectory } = await whereabouts(staged, account);
  const passwordFile = await openUnnamed(`${staged}.password`, password, account);
  try {
    const { status, output } = await run(
      binaries.initdb,
      [
        "-D",
        dataDirectory,
        "-U",
        superuser,
        "--pwfile=/dev/fd/3",
        ...clusterOptions,
        ...(durable ? [] : ["--no-sync"]),
      ],
      { account, cwd, fd3: passwordFile.fd, timeoutMs: 120_000 },
    );
    if (status !== 0) {
      throw new EmbeddedPostgresError("initdb-failed", `PostgreSQL could not create its data directory:\n${output}`);
    }
  } finally {
    await passwordFile.close();
  }
}

/**
 * A 0600 file of the account that has lost its name by the time anybody could look for it; the child opens it again
 * through its descriptor. It must be a file: an unprivileged child may not open a pipe of root's.
 */
async function openUnnamed(path: string, text: string, account: Account | null): Promise<FileHandle> {
  const file = await open(path, "wx+", 0o600);
  try {
    await rm(path);
    if (account !== null) await file.chown(account.uid, account.gid);
    await file.write(text, 0); // at a position: the child may share the offset, and must find it at the start
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

export async function readPassword(folder: Folder): Promise<string> {
  const password = await readIfPresent(folder.password);
  if (password !== null && password !== "") return password;
  throw new EmbeddedPostgresError(
    "password-missing",
    `The database in ${folder.cluster} has lost its password file. Restore ${folder.password} from the same backup as the cluster`,
  );
}

/** An initdb whose parent was killed may still be writing: what cannot be removed now goes next time. */
async function sweepStaged(folder: Folder): Promise<void> {
  const prefix = `${basename(folder.cluster)}.new-`;
  for (const name of await readdir(folder.root)) {
    if (!name.startsWith(prefix)) continue;
    await rm(join(folder.root, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
  }
}
