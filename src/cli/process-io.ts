import { isatty } from "node:tty";
import type { Environment } from "../config/index.ts";
import type { CliIo } from "./context.ts";

export interface ProcessIo extends CliIo {
  /** Resolves when everything written has left the process. */
  flush(): Promise<void>;
}

/** The command line's view of this process. */
export function createProcessIo(env: Environment): ProcessIo {
  for (const stream of [process.stdout, process.stderr]) {
    // `lastday cases | head`: the reader has gone, and that is its right.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  let interrupted: Promise<NodeJS.Signals> | null = null;
  let crashed: Promise<unknown> | null = null;
  return {
    env,
    cwd: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: { out: isatty(1), err: isatty(2) },
    get interrupted() {
      interrupted ??= firstSignal();
      return interrupted;
    },
    get crashed() {
      crashed ??= firstCrash();
      return crashed;
    },
    flush: async () => {
      await Promise.all([process.stdout, process.stderr].map(drained));
    },
  };
}

/** Signals are caught from the moment somebody waits for them; until then they end the process as usual. */
async function firstSignal(): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    let isFirst = true;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (!isFirst) process.exit(130); // asked twice: now
        isFirst = false;
        resolve(signal);
      });
    }
  });
}

async function firstCrash(): Promise<unknown> {
  return await new Promise((resolve) => {
    // An unhandled rejection arrives here too: Node's default turns it into an uncaught exception.
    process.on("uncaughtException", (error) => resolve(error));
  });
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    stream.write("", () => resolve());
    setTimeout(resolve, 1_000).unref();
  });
}
