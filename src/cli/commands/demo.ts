import { resolve } from "node:path";
import type { Command } from "commander";
import type { CliDeps } from "../context.ts";
import { withExample } from "./options.ts";

/** `lastday demo`: the whole way on one machine, with nothing to set up. */
export function registerDemo(program: Command, deps: CliDeps): void {
  const command = program
    .command("demo")
    .summary("watch a leaver's access end, on this machine alone")
    .description(
      "Starts a fake API gateway on loopback and a real server, sends a real SCIM deactivation, and follows it to a " +
        "certificate that it then checks offline. One credential lies about its death.",
    )
    .option("--keep", "leave the web page and the gateway up until Ctrl-C")
    .option("--output <folder>", "where certificate, trust file and configuration go", "demo-output")
    .option("--json", "print what happened as JSON");
  withExample(command, "lastday demo", "lastday demo --keep");
  command.addHelpText("after", "\nExit codes: 0 all went as it must; 1 something did not; 2 wrong usage.");
  command.action(async ({ keep, output, json }: { keep?: boolean; output: string; json?: boolean }) => {
    deps.finish(await deps.runDemo({ keep: keep === true, json: json === true, output: resolve(deps.io.cwd, output) }));
  });
}
