import { randomBytes } from "node:crypto";
import { open, readFile, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, isMissing } from "./folder.ts";

/**
 * A file that says "this process is at it", worth as much as the process is alive.
 *
 * A claim is dead when its process is gone, or when it was not touched for a while: a process id is soon used again,
 * in a container always. Claims order starts and stops; they are courtesy, not safety. What keeps two servers off one
 * data directory is PostgreSQL's own interlock, and a cluster appears by one rename.
 */
export interface Claim {
  release(): Promise<void>;
}

const touchEveryMs = 1_000;
const deadAfterMs = 15_000;
const us = `${process.pid} ${randomBytes(8).toString("hex")}`;

/** Takes the claim, or answers null while a living process holds it. */
export async function claim(path: string): Promise<Claim | null> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(us);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    if (await isAlive(path)) return null;
    const dead = `${path}.${randomBytes(6).toString("hex")}.dead`;
    await rename(path, dead).catch(ignoreMissing); // of two that see it dead, one moves it
    await rm(dead, { force: true });
    return claim(path);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // the folder may be gone: then nobody asks
  }, touchEveryMs).unref();
  return {
    async release() {
      clearInterval(touch);
      const holder = await readFile(path, "utf8").catch(() => ""); // held up for too long, we may have lost it
      if (holder === us) await rm(path, { force: true });
    },
  };
}

/** A claim of this process beside those of others. */
export async function addClaim(folder: string): Promise<Claim> {
  const taken = await claim(join(folder, `${process.pid}-${randomBytes(6).toString("hex")}`));
  if (taken === null) throw new Error("a fresh name was taken");
  return taken;
}

/** Whether any living process has a claim in this folder; sweeps out the dead ones. */
export async function anyAlive(folder: string): Promise<boolean> {
  let alive = false;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (await isAlive(path)) alive = true;
    else await rm(path, { force: true });
  }
  return alive;
}

async function isAlive(path: string): Promise<boolean> {
  try {
    const holder = await readFile(path, "utf8");
    const { mtimeMs } = await stat(path);
    if (Math.abs(Date.now() - mtimeMs) > deadAfterMs) return false;
    const pid = Number(holder.split(" ")[0]);
    if (holder === "") return true; // created this instant, not yet written
    if (pid === process.pid) return holder === us;
    return isRunning(pid);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether a process with this id exists, ours or not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
