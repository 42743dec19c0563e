#!/usr/bin/env node
import { createRedactor } from "../../connectors/contract/redactor.ts";
import { Secret } from "../../connectors/contract/secret.ts";
import { connectors } from "../../connectors/registry.ts";
import { processEnvironment } from "../config/index.ts";
import { startLastday } from "../runtime.ts";
import { createLog } from "../telemetry/index.ts";
import { softwareVersion } from "../version.ts";
import type { CliDeps } from "./context.ts";
import { createProcessIo } from "./process-io.ts";
import { runCli } from "./program.ts";

/** Composition root of the command line: ties commands to the process, the connectors and the server. */
const io = createProcessIo(processEnvironment());
const redactor = createRedactor();

const deps: Omit<CliDeps, "finish"> = {
  io,
  version: softwareVersion,
  connectors,
  wrapSecret: (text) => new Secret(text),
  startServer: (config, parts, log) => startLastday(config, parts, log, redactor),
  openLog: (config) => {
    for (const secret of config.secretTexts) redactor.register(secret.reveal());
    return createLog({
      level: config.logLevel,
      format: io.isTerminal.err ? "pretty" : "json",
      redact: (text) => redactor.redact(text),
    });
  },
  runDemo: async (options) => {
    const { runDemo } = await import("./demo/run-demo.ts");
    return await runDemo(options, { ...deps, redactor });
  },
};

const code = await runCli(process.argv.slice(2), deps);
await io.flush();
// What a command left open, such as a keep-alive connection, must not hold the process.
process.exit(code === 0 ? (process.exitCode ?? 0) : code);
