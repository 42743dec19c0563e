import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../domain/error.ts";
import type { Log } from "../../domain/ports.ts";
import { bringUp, ensureDatabase, type Running } from "./bring-up.ts";
import { addClaim, anyAlive, claim, type Claim } from "./claim.ts";
import { productDatabase } from "./cluster.ts";
import { EmbeddedPostgresError } from "./error.ts";
import { openFolder, type Folder } from "./folder.ts";
import { canBePostmaster, readPostmaster } from "./postmaster.ts";
import { urlOf } from "./probe.ts";
import { shutDown } from "./server.ts";

export interface EmbeddedPostgresOptions {
  /** Where the database lives; created 0700 when missing. */
  readonly dataDir: string;
  readonly log: Log;
  /** The user to run PostgreSQL as when we are root; left out: the owner of an existing cluster, else `nobody`. */
  readonly runAs?: string;
  /** For tests and demos: nothing is forced to disk, so a crash of the machine may lose or break everything. */
  readonly disposable?: boolean;
  /** How long the server may take to answer, recovery after a crash included. */
  readonly startTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  /** The product's database. Holds the password: not for logs. */
  readonly url: string;
  /** The maintenance database of the same server, for creating and dropping databases. */
  readonly adminUrl: string;
  readonly port: number;
  /** Whether the server was running already. */
  readonly adopted: boolean;
  /** Called each time the server was found dead, before it is started again on the same port. */
  onExit(listener: (error: EmbeddedPostgresError) => void): void;
  /**
   * Leaves the server; the last process that uses it shuts it down and waits until it is gone. So an adopted orphan
   * of a killed process ends with its adopter, and a worker does not lose its database because the API stops.
   */
  stop(): Promise<void>;
}

const startTimeoutMs = 120_000;

/**
 * Starts the embedded PostgreSQL of this data folder, or adopts the one that is running.
 *
 * Two starts at once: one starts the server, the other waits and adopts it. While this process uses the server, it is
 * looked at every second and started again, on the same port, should it die.
 *
 * @throws {EmbeddedPostgresError} with what was found, where, and what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === "win32") {
    const message = "The embedded PostgreSQL does not run on Windows. Use WSL, or a database of your own";
    throw new EmbeddedPostgresError("unsupported-platform", message);
  }
  const folder = await openFolder(options.dataDir);
  return underStartLock(folder, async () => {
    const ours = await addClaim(folder.users);
    try {
      const deadline = AbortSignal.timeout(options.startTimeoutMs ?? startTimeoutMs);
      const running = await bringUp(folder, { ...options, deadline }, null);
      await ensureDatabase(running);
      return supervise(folder, options, running, ours);
    } catch (error) {
      await leave(folder, ours).catch((failed: unknown) => {
        options.log.warn("database server cannot be stopped", { reason: messageOf(failed) });
      });
      throw error;
    }
  });
}

function supervise(
  folder: Folder,
  options: EmbeddedPostgresOptions,
  { port, password, adopted }: Running,
  ours: Claim,
): EmbeddedPostgres {
  const { log } = options;
  const listeners: ((error: EmbeddedPostgresError) => void)[] = [];
  const stopped = new AbortController();
  let stop: Promise<void> | null = null;
  let look: Promise<void> | null = null;

  async function lookAfter(): Promise<void> {
    const server = await readPostmaster(folder);
    if ((server !== null && (await canBePostmaster(server.pid))) || stopped.signal.aborted) return;
    log.error("database server died", { port });
    const died = new EmbeddedPostgresError("server-died", `The embedded PostgreSQL ended by itself; see ${folder.log}`);
    for (const listener of listeners) listener(died);
    for (let pauseMs = 500; !stopped.signal.aborted; pauseMs = Math.min(pauseMs * 2, 30_000)) {
      try {
        const deadline = AbortSignal.any([
          stopped.signal,
          AbortSignal.timeout(options.startTimeoutMs ?? startTimeoutMs),
        ]);
        await underStartLock(folder, () => bringUp(folder, { ...options, deadline }, port));
        return log.info("database server is back", { port });
      } catch (error) {
        log.error("database server does not start", { reason: messageOf(error), retryInMs: pauseMs });
        await sleep(pauseMs, undefined, { ref: false, signal: stopped.signal }).catch(() => undefined);
      }
    }
  }

  const timer = setInterval(() => {
    look ??= lookAfter()
      .catch((error: unknown) => log.error("database server cannot be watched", { reason: messageOf(error) }))
      .finally(() => (look = null));
  }, 1_000).unref();

  return {
    url: urlOf(port, password, productDatabase),
    adminUrl: urlOf(port, password, "postgres"),
    port,
    adopted,
    onExit: (listener) => void listeners.push(listener),
    stop() {
      clearInterval(timer);
      stopped.abort();
      stop ??= Promise.resolve(look).then(() => underStartLock(folder, () => leave(folder, ours)));
      return stop;
    },
  };
}

/** Gives our claim back; without any other living user, the server is shut down. */
async function leave(folder: Folder, ours: Claim): Promise<void> {
  await ours.release();
  if (!(await anyAlive(folder.users))) await shutDown(folder);
}

/** One process at a time starts or stops the server of a folder. */
async function underStartLock<T>(folder: Folder, act: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const lock = await claim(folder.startLock);
    if (lock === null) {
      if (Date.now() > deadline) {
        const message = `Another process has been starting or stopping the database in ${folder.root} for minutes`;
        throw new EmbeddedPostgresError("start-in-progress", message);
      }
      await sleep(50);
      continue;
    }
    try {
      return await act();
    } finally {
      await lock.release();
    }
  }
}
