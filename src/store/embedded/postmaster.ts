import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunning } from "./claim.ts";
import { readIfPresent, type Folder } from "./folder.ts";
import { run } from "./run.ts";

/** What a running server writes about itself into `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number | null;
}

/**
 * The server that the data directory's lock file names, running or not; null when there is none.
 * @see PostgreSQL 18, src/include/utils/pidfile.h: line 1 is the process id, line 4 the port
 */
export async function readPostmaster(folder: Folder): Promise<Postmaster | null> {
  const text = await readIfPresent(postmasterFile(folder));
  if (text === null) return null;
  const [pid, , , port] = text.split("\n");
  if (pid === undefined || !/^\d+$/.test(pid)) return null;
  return { pid: Number(pid), port: port !== undefined && /^\d+$/.test(port) ? Number(port) : null };
}

export function postmasterFile(folder: Folder): string {
  return join(folder.cluster, "postmaster.pid");
}

/**
 * Whether this process can be a server. A killed one that nobody has reaped cannot, nor can a stranger that was given
 * its id; PostgreSQL itself takes both for a living server and then refuses to start, in a container for ever.
 */
export async function canBePostmaster(pid: number): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const { state, command } = process.platform === "linux" ? await fromProc(pid) : await fromPs(pid);
  return state !== "Z" && command.includes("postgres");
}

interface ProcessFacts {
  readonly state: string;
  readonly command: string;
}

/** @see proc_pid_stat(5): `pid (comm) state ...`; comm may itself hold blanks and brackets. */
async function fromProc(pid: number): Promise<ProcessFacts> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const end = stat.lastIndexOf(")");
  return { command: stat.slice(stat.indexOf("(") + 1, end), state: stat.slice(end + 2, end + 3) };
}

async function fromPs(pid: number): Promise<ProcessFacts> {
  const { stdout } = await run("ps", ["-o", "state=,comm=", "-p", String(pid)]);
  return { state: stdout.trim().slice(0, 1), command: stdout };
}
