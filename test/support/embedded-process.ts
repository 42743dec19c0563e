import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Said } from "./embedded-driver.ts";

export interface DriverProcess {
  readonly child: ChildProcess;
  /** The next thing it says. */
  next(): Promise<Said>;
  /** Asks it to leave the database, and waits for its end. */
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
}

/** Starts a process that starts or adopts the database of this folder, as this user or, from root, as another. */
export function startDriver(
  dataDir: string,
  { uid, gid, ...options }: { uid?: number; gid?: number; runAs?: string; disposable?: boolean } = {},
): DriverProcess {
  const root = join(import.meta.dirname, "..", "..");
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(root, "test", "support", "embedded-driver.ts"), dataDir, JSON.stringify(options)],
    {
      cwd: root,
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env["PATH"] ?? "" },
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    },
  );
  const ended = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<Said> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`the driver ended without a word, status ${child.exitCode}`);
    return JSON.parse(line.value) as Said;
  };
  return {
    child,
    next,
    async stop() {
      child.stdin.on("error", () => undefined); // it has ended already
      child.stdin.end("stop\n");
      await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
