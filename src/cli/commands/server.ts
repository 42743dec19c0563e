import { type Command } from "commander";
import { loadConfig } from "../../config/index.ts";
import type { LoadedConfig } from "../../config/index.ts";
import { CodedError, messageOf } from "../../domain/error.ts";
import type { Log } from "../../domain/ports.ts";
import type { CliDeps, ServerHandle } from "../context.ts";
import { CliError, exitCode } from "../exit.ts";
import { withExample } from "./options.ts";

type Parts = { api: boolean; workers: boolean };

/** How long work in progress may take to reach a safe point (design section 7). */
const drainMs = 25_000;

const servers = [
  { name: "start", parts: { api: true, workers: true }, summary: "run everything: API, web page, workers, database" },
  { name: "api", parts: { api: true, workers: false }, summary: "run the API and the web page alone" },
  { name: "worker", parts: { api: false, workers: true }, summary: "run the workers alone" },
] as const;

/** `lastday start`, `api`, `worker`: the same parts in one process or in several. */
export function registerServers(program: Command, deps: CliDeps): void {
  for (const { name, parts, summary } of servers) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}. SIGTERM or Ctrl-C drains within 25 s.`)
      .option("--json", "print where it listens as one JSON line");
    withExample(command, `lastday ${name} --config /etc/lastday/lastday.yaml`);
    command.addHelpText("after", "\nExit codes: 0 stopped when asked; 1 could not start, or failed; 2 wrong usage.");
    command.action(async (options: { json?: boolean }) => {
      const { config: file } = command.optsWithGlobals<{ config?: string }>();
      const { connectors, wrapSecret, io } = deps;
      const config = loadConfig({ file, env: io.env, cwd: io.cwd, connectors, wrapSecret, parts });
      deps.finish(await serve(config, parts, { json: options.json === true }, deps));
    });
  }
}

async function serve(config: LoadedConfig, parts: Parts, { json }: { json: boolean }, deps: CliDeps): Promise<number> {
  const interrupted = deps.io.interrupted; // from here on a signal stops what has been started, even half-way
  const log = deps.openLog(config);
  for (const warning of config.warnings) log.warn("configuration warning", { ...warning });
  const server = await deps.startServer(config, parts, log).catch((error: unknown) => {
    throw startFailure(error, config);
  });
  announce(server, config, parts, { json, deps });

  const end = await Promise.race([
    interrupted.then((signal) => ({ signal })),
    server.failed.then((error) => ({ error })),
    deps.io.crashed.then((error) => ({ error })),
  ]);
  if ("error" in end) log.error("server failed", { error: end.error });
  else log.info("stopping", { signal: end.signal });
  const stopped = await stopWithin(server, log);
  return "error" in end || !stopped ? exitCode.failed : exitCode.ok;
}

/** False when work in progress had to be abandoned; the next start resumes it from the database. */
async function stopWithin(server: ServerHandle, log: Log): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), drainMs);
  });
  try {
    if ((await Promise.race([server.stop(), late])) !== "late") {
      log.info("stopped");
      return true;
    }
    log.error("could not stop in time", { drainMs });
  } catch (error) {
    log.error("could not stop cleanly", { error });
  } finally {
    clearTimeout(timer);
  }
  return false;
}

function announce(
  server: ServerHandle,
  config: LoadedConfig,
  parts: Parts,
  { json, deps }: { json: boolean; deps: CliDeps },
): void {
  const { urls, operatorTokenFile } = server;
  if (json) {
    deps.io.out(`${JSON.stringify({ ready: true, urls, operatorTokenFile, pid: process.pid })}\n`);
    return;
  }
  const lines = [
    `Lastday is ready.`,
    ...(parts.api ? [`  web and API   ${urls.api}`, `  SCIM          ${urls.api}/scim/v2`] : []),
    `  health        ${urls.admin}/healthz, /readyz, /metrics`,
    ...(parts.api ? [`  token         ${operatorTokenFile}`] : []),
    ...(config.targets.length === 0 ? ["  No targets are configured: nothing can be found or ended yet."] : []),
  ];
  deps.io.out(`${lines.join("\n")}\n`);
}

/** A start that failed, with what was found and what to do; unexpected things keep their own words. */
function startFailure(error: unknown, config: LoadedConfig): Error {
  if (error instanceof CliError) return error;
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const place = `${address ?? config.listen.host}:${port ?? config.listen.port}`;
  if (code === "EADDRINUSE") {
    return new CliError("not-done", `${place} is in use by another program`, {
      fix: "Stop it, or choose other addresses with listen and adminListen (LASTDAY_LISTEN, LASTDAY_ADMIN_LISTEN).",
      cause: error,
    });
  }
  if (code === "EACCES" && port !== undefined) {
    return new CliError("not-done", `This user may not listen on ${place}`, {
      fix: "Choose a port of 1024 or above, behind a proxy.",
      cause: error,
    });
  }
  if (code === "EADDRNOTAVAIL") {
    return new CliError("not-done", `${place} is not an address of this machine`, {
      fix: "Correct listen or adminListen.",
      cause: error,
    });
  }
  if (error instanceof CodedError) return error;
  return new CliError("not-done", `Lastday could not start: ${messageOf(error)}`, { cause: error });
}
