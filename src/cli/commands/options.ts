import type { Command } from "commander";
import { connect } from "../api/connect.ts";
import type { ConnectOptions } from "../api/connect.ts";
import type { ApiClient } from "../api/client.ts";
import type { CliDeps } from "../context.ts";

export interface ClientOptions extends ConnectOptions {
  json?: boolean;
}

/** The options of every command that asks the API. */
export function withClientOptions(command: Command): Command {
  return command
    .option("--url <url>", "where the API answers (LASTDAY_URL); else where the configuration listens")
    .option("--token-file <file>", "file with an API token (LASTDAY_TOKEN); else this machine's operator token")
    .option("--insecure", "allow plain http beyond this machine")
    .option("--json", "print the answer as JSON");
}

export function clientOf(command: Command, deps: CliDeps): { api: ApiClient; json: boolean } {
  const options = command.optsWithGlobals<ClientOptions>();
  return { api: connect(options, deps.io), json: options.json === true };
}

export function printJson(deps: CliDeps, value: unknown): void {
  deps.io.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** A hint that `--help` shows below the options. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExample:\n${lines.map((line) => `  $ ${line}`).join("\n")}`);
}
