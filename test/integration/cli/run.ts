import { runCli } from "../../../src/cli/program.ts";
import type { CliDeps } from "../../../src/cli/context.ts";
import type { Environment } from "../../../src/config/index.ts";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs one command in this process, with everything around it replaced by what a test gives. */
export async function run(
  words: readonly string[],
  given: {
    env?: Environment;
    cwd?: string;
    deps?: Partial<CliDeps>;
    interrupt?: Promise<NodeJS.Signals>;
    crash?: Promise<unknown>;
  } = {},
): Promise<Ran> {
  let out = "";
  let err = "";
  const unexpected = (what: string) => async (): Promise<never> => {
    throw new Error(`the test did not expect ${what}`);
  };
  const code = await runCli(words, {
    io: {
      env: given.env ?? {},
      cwd: given.cwd ?? "/nonexistent",
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      isTerminal: { out: false, err: false },
      interrupted: given.interrupt ?? new Promise(() => undefined),
      crashed: given.crash ?? new Promise(() => undefined),
    },
    version: "1.2.3",
    connectors: [],
    wrapSecret: (text) => text,
    startServer: unexpected("a server to start"),
    openLog: () => quiet,
    checkTarget: unexpected("a target to be checked"),
    runDemo: unexpected("the demo"),
    ...given.deps,
  });
  return { code, out, err };
}

const ignore = (): void => undefined;
export const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore, with: () => quiet };
