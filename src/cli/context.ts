import type { ConnectorShape, Environment, LoadedConfig, TargetConfig } from "../config/index.ts";
import type { Log } from "../domain/ports.ts";

/** What a command may touch of the process it runs in. A test passes plain objects. */
export interface CliIo {
  env: Environment;
  cwd: string;
  /** Standard output: results. */
  out(text: string): void;
  /** Standard error: progress, logs, what went wrong. */
  err(text: string): void;
  /** Whether a person reads standard output, and standard error. */
  isTerminal: { out: boolean; err: boolean };
  /** Resolves at the first request to stop (SIGINT, SIGTERM); the second ends the process. */
  interrupted: Promise<NodeJS.Signals>;
  /** Resolves with what nobody caught; from the moment somebody waits for it, that no longer ends the process at once. */
  crashed: Promise<unknown>;
}

/** A running server, as `src/runtime.ts` hands it out. */
export interface ServerHandle {
  urls: { api: string; admin: string };
  operatorTokenFile: string;
  stop(): Promise<void>;
  /** Resolves when a part that cannot be healed has failed; the process must end. */
  failed: Promise<Error>;
}

/** Everything the command line needs and may not import: wired in `main.ts`. */
export interface CliDeps {
  io: CliIo;
  version: string;
  connectors: readonly ConnectorShape[];
  wrapSecret: (text: string) => unknown;
  startServer: (config: LoadedConfig, parts: { api: boolean; workers: boolean }, log: Log) => Promise<ServerHandle>;
  /** The log of a server process: JSON lines, readable ones on a terminal, without the secrets of this configuration. */
  openLog: (config: LoadedConfig) => Log;
  /** Notes what the process will end with, once everything is written. */
  finish: (exitCode: number) => void;
  /** Asks a target, by reads alone, whether it can be reached and allows what the connector needs. */
  checkTarget: (target: TargetConfig) => Promise<TargetCheck>;
  runDemo: (options: DemoOptions) => Promise<number>;
}

export interface TargetCheck {
  ok: boolean;
  findings: readonly { level: "ok" | "warning" | "error"; what: string; fix: string | null }[];
}

export interface DemoOptions {
  keep: boolean;
  json: boolean;
  /** Where the certificate, the trust file and the configuration go. */
  output: string;
}
