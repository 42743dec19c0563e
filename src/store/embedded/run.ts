import { spawn, type SpawnOptions } from "node:child_process";

/** An operating system user to run a program as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface Finished {
  /** Exit status; null when the program could not be started, was killed by a signal or ran out of time. */
  readonly status: number | null;
  readonly stdout: string;
  /** Standard output and error as they came, trimmed; for a program that could not be started, the reason. */
  readonly output: string;
}

/**
 * What PostgreSQL's programs get to see of our environment: nothing that could hold a secret, and messages in
 * English, because the launcher reads them.
 */
export const plainEnvironment = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" };

/** Becomes another user in the child, between fork and exec; null stays who we are. */
export function as(account: Account | null): Pick<SpawnOptions, "uid" | "gid"> {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/**
 * Runs a program to its end, without a shell. Never rejects: a failure to start is a result too.
 * An open file given as `fd3` is the program's descriptor 3.
 */
export function run(
  command: string,
  args: readonly string[],
  options: { account?: Account | null; cwd?: string; timeoutMs?: number; fd3?: number } = {},
): Promise<Finished> {
  const { account = null, cwd, timeoutMs = 20_000, fd3 } = options;
  return new Promise((resolve) => {
    let stdout = "";
    let output = "";
    const child = spawn(command, args, {
      ...as(account),
      ...(cwd === undefined ? {} : { cwd }),
      env: plainEnvironment,
      stdio: ["ignore", "pipe", "pipe", ...(fd3 === undefined ? [] : [fd3])],
    });
    // Not spawn's own time-out: its timer survives a program that could not be started, and holds the process up.
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    const finish = (finished: Finished): void => {
      clearTimeout(timer);
      resolve(finished);
    };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => finish({ status: null, stdout, output: error.message }));
    child.on("close", (status) => finish({ status, stdout, output: output.trim() }));
  });
}
