import { spawn } from "node:child_process";
import { open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../domain/ports.ts";
import type { Binaries } from "./binaries.ts";
import { whereabouts } from "./cluster.ts";
import { EmbeddedPostgresError } from "./error.ts";
import { isMissing, type Folder } from "./folder.ts";
import { canBePostmaster, postmasterFile, readPostmaster } from "./postmaster.ts";
import { probe } from "./probe.ts";
import { as, plainEnvironment, type Account } from "./run.ts";

/** What it takes to start the server of one folder. */
export interface LaunchDeps {
  readonly folder: Folder;
  readonly binaries: Binaries;
  readonly account: Account | null;
  readonly password: string;
  /** False for throw-away clusters: nothing is forced to disk. */
  readonly durable: boolean;
  readonly log: Log;
}

const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "cluster_name=lastday",
  "timezone=UTC",
  "log_timezone=UTC",
  // The server's log is plain text on disk: rows and statements, which can name people, stay out of it.
  "log_error_verbosity=terse",
  "log_min_error_statement=panic",
];
/** Commits still reach the operating system: kill -9 of the server loses nothing, only a crash of the machine may. */
const carelessSettings = ["fsync=off", "full_page_writes=off"];

export type Attempt =
  | { kind: "ready" }
  /** Another server holds the data directory, or one that was killed is still dying. */
  | { kind: "occupied"; tail: string }
  | { kind: "port-taken"; tail: string }
  | { kind: "failed"; tail: string }
  | { kind: "too-late"; tail: string };

/** Starts the server once and waits until it answers as ours, ends, or the deadline has passed. */
export async function launch(deps: LaunchDeps, port: number, deadline: AbortSignal): Promise<Attempt> {
  const { folder, binaries, account, password, durable } = deps;
  const { cwd, dataDirectory } = await whereabouts(folder.cluster, account);
  const log = await openLog(folder);
  const from = (await log.stat()).size;
  const chosen = [...settings, ...(durable ? [] : carelessSettings)];
  const child = spawn(
    binaries.postgres,
    ["-D", dataDirectory, "-p", String(port), ...chosen.flatMap((setting) => ["-c", setting])],
    {
      ...as(account),
      cwd,
      env: plainEnvironment,
      detached: true, // ^C on the terminal must reach us first, not the server
      stdio: ["ignore", log.fd, log.fd],
    },
  );
  const life: { end?: string } = {};
  child.on("error", (error) => (life.end = error.message));
  child.on("exit", (code, signal) => (life.end ??= `exit status ${code ?? signal ?? "unknown"}`));
  child.unref();
  try {
    while (life.end === undefined && !deadline.aborted) {
      const answer = await probe(folder, port, password, account);
      if (answer.kind === "ours") return { kind: "ready" };
      await sleep(20);
    }
    if (life.end === undefined) child.kill("SIGQUIT"); // never leave one behind that nobody knows of
    const printed = await textFrom(folder, from);
    const tail = `${printed}${life.end ?? "no answer"}`;
    if (life.end === undefined) return { kind: "too-late", tail };
    if (/postmaster\.pid|pre-existing shared memory block/.test(printed)) return { kind: "occupied", tail };
    return { kind: /could not bind|could not create any TCP/.test(printed) ? "port-taken" : "failed", tail };
  } finally {
    await log.close();
  }
}

/** Removes the lock file of a server that cannot be living; PostgreSQL's second interlock, shared memory, stays. */
export async function removeStalePostmaster({ folder, log }: LaunchDeps): Promise<void> {
  const named = await readPostmaster(folder);
  if (named === null || (await canBePostmaster(named.pid))) return;
  log.warn("removing the lock file of a dead database server", { pid: named.pid });
  await rm(postmasterFile(folder), { force: true });
}

/** @see PostgreSQL 18, section 18.5: SIGINT is the fast shutdown, SIGQUIT the immediate one that recovers at next start. */
export async function shutDown(folder: Folder): Promise<void> {
  const server = await readPostmaster(folder);
  if (server === null || !(await canBePostmaster(server.pid))) return;
  for (const [signal, patienceMs] of [
    ["SIGINT", 30_000],
    ["SIGQUIT", 10_000],
  ] as const) {
    process.kill(server.pid, signal);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if ((await readPostmaster(folder))?.pid !== server.pid || !(await canBePostmaster(server.pid))) return;
      await sleep(10);
    }
  }
  throw new EmbeddedPostgresError("stop-timeout", `The database server (process ${server.pid}) does not stop`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

const maxLogBytes = 10_000_000;

async function openLog(folder: Folder): Promise<FileHandle> {
  const size = await stat(folder.log).then(
    (info) => info.size,
    (error: unknown) => {
      if (isMissing(error)) return 0;
      throw error;
    },
  );
  if (size > maxLogBytes) await rename(folder.log, `${folder.log}.1`);
  return open(folder.log, "a", 0o600);
}

/** What was logged since, at most the last 4,000 characters. */
async function textFrom(folder: Folder, position: number): Promise<string> {
  const file = await open(folder.log, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(position, size - 16_000);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.subarray(0, bytesRead).toString("utf8").slice(-4_000);
    return lines === "" ? "" : `${lines.trimEnd()}\n`;
  } finally {
    await file.close();
  }
}
