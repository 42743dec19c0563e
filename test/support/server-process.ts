import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The product as its users run it: the command line's own `start`, `api` or `worker`, in a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  /** `api` is empty for a worker. */
  readonly urls: { readonly api: string; readonly admin: string };
  readonly operatorTokenFile: string;
  /** Everything it has printed so far, both streams. */
  output(): string;
  /** How it ended; waits for its end. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  isAlive(): boolean;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
  /** SIGSTOP: it loses time, and does not know. */
  suspend(): void;
  resume(): void;
}

export interface ServerOptions {
  readonly command: "start" | "api" | "worker";
  readonly configFile: string;
  readonly env: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "..", "..");
/** Started by this test process and not ended yet: nothing may be left behind, whatever becomes of the tests. */
const living = new Set<number>();
process.once("exit", () => {
  for (const pid of living) kill(pid, "SIGKILL");
});

/** Starts one process and waits until it says that it is ready. */
export async function startServer({ command, configFile, env }: ServerOptions): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(root, "src", "cli", "main.ts"), command, "--json", "--config", configFile],
    {
      cwd: root,
      detached: true, // a process group of its own
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "test", ...env },
    },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error("the server process could not be started");
  living.add(pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const ended = once(child, "close").then(([code, signal]) => {
    living.delete(pid);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const isAlive = (): boolean => living.has(pid);
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    if (isAlive()) kill(pid, signal);
    await ended;
  };

  while (isAlive()) {
    const line = output.split("\n").find((one) => one.startsWith(`{"ready":true`) && one.endsWith("}"));
    if (line !== undefined) {
      const { urls, operatorTokenFile } = JSON.parse(line) as Pick<ServerProcess, "urls" | "operatorTokenFile">;
      return {
        pid,
        urls,
        operatorTokenFile,
        output: () => output,
        ended,
        isAlive,
        stop: () => endBy("SIGTERM"),
        kill: () => endBy("SIGKILL"),
        suspend: () => kill(pid, "SIGSTOP"),
        resume: () => kill(pid, "SIGCONT"),
      };
    }
    await sleep(20);
  }
  const { code, signal } = await ended;
  throw new Error(`lastday ${command} ended before it was ready (${signal ?? code}):\n${output.slice(-4_000)}`);
}

/** Runs one command of the command line to its end. */
export async function runLastday(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "src", "cli", "main.ts"), ...words], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "test", ...env },
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
