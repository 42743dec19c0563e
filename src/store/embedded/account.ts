import { chown, lchown, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./error.ts";
import { exists, type Folder } from "./folder.ts";
import { run, type Account } from "./run.ts";

/**
 * Who PostgreSQL runs as: null for ourselves; it refuses root, so under root somebody else: the user that was named,
 * else the owner of the cluster that is there, else `nobody`.
 *
 * @throws {EmbeddedPostgresError} `unknown-user`; `wrong-user` when somebody else is asked for without being root.
 */
export async function chooseAccount(folder: Folder, runAs: string | undefined): Promise<Account | null> {
  if (process.getuid?.() !== 0) {
    if (runAs === undefined) return null;
    const named = await accountOf(runAs);
    if (named.uid === process.getuid?.()) return null;
    throw new EmbeddedPostgresError("wrong-user", `Only root can run PostgreSQL as "${runAs}"; leave the setting out`);
  }
  if (runAs !== undefined) {
    const named = await accountOf(runAs);
    if (named.uid !== 0) return named;
    throw new EmbeddedPostgresError(
      "wrong-user",
      `PostgreSQL refuses to run as "${runAs}": name a user without root's rights`,
    );
  }
  if (await exists(folder.cluster)) {
    const owner = await lstat(folder.cluster);
    if (owner.uid !== 0) return { ...(await accountOf(String(owner.uid))), gid: owner.gid };
  }
  return accountOf("nobody");
}

/** By name or number. A uid without a passwd entry will not do: PostgreSQL looks its own name up. */
async function accountOf(user: string): Promise<Account> {
  const [name, uid, gid] = await Promise.all(["-un", "-u", "-g"].map((flag) => run("id", [flag, "--", user])));
  if (name?.status !== 0 || uid?.status !== 0 || gid?.status !== 0) {
    throw new EmbeddedPostgresError(
      "unknown-user",
      `This machine has no user "${user}" to run PostgreSQL as (${uid?.output ?? ""}). Name another one, or use a database of your own`,
    );
  }
  return { name: name.stdout.trim(), uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Gives a stopped cluster to the account that will run it: a restored backup often belongs to root. */
export async function giveTo(account: Account, path: string): Promise<void> {
  const info = await lstat(path);
  if (info.isDirectory()) for (const name of await readdir(path)) await giveTo(account, join(path, name));
  if (info.uid === account.uid && info.gid === account.gid) return;
  if (info.isSymbolicLink()) await lchown(path, account.uid, account.gid);
  else await chown(path, account.uid, account.gid);
}
