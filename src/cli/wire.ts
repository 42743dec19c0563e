import { createRedactor } from "../../connectors/contract/redactor.ts";
import { Secret } from "../../connectors/contract/secret.ts";
import { connectorById, connectors } from "../../connectors/registry.ts";
import { processEnvironment, silenceVersionNotices } from "../config/index.ts";
import type { TargetConfig } from "../config/index.ts";
import { createLog } from "../telemetry/index.ts";
import { softwareVersion } from "../version.ts";
import type { CliDeps, TargetCheck } from "./context.ts";
import { createProcessIo } from "./process-io.ts";
import { runCli } from "./program.ts";

/**
 * Composition root of the command line: ties commands to the process, the connectors and the server. What only a server
 * needs is loaded when a server starts, so that `verify` and its like answer at once.
 */
silenceVersionNotices();
const io = createProcessIo(processEnvironment());
const redactor = createRedactor();
const clock = (): Date => new Date();

const deps: Omit<CliDeps, "finish"> = {
  io,
  version: softwareVersion,
  connectors,
  wrapSecret: (text) => new Secret(text),
  startServer: async (config, parts, log) => {
    const { startLastday } = await import("../runtime.ts");
    return await startLastday(config, parts, log, redactor);
  },
  openLog: (config) => {
    for (const secret of config.secretTexts) redactor.register(secret.reveal());
    return createLog({
      level: config.logLevel,
      format: io.isTerminal.err ? "pretty" : "json",
      redact: (text) => redactor.redact(text),
    });
  },
  checkTarget: async (target) => await checkTarget(target),
  runDemo: async (options) => {
    const { runDemo } = await import("./demo/run-demo.ts");
    return await runDemo(options, { ...deps, redactor });
  },
};

/** Opens a target over a transport that refuses every write, and lets its connector look. */
async function checkTarget({ name, connector: id, settings, secrets, insecure }: TargetConfig): Promise<TargetCheck> {
  const connector = connectorById(id);
  if (connector === null) throw new Error(`there is no connector ${id}`);
  const { createTargetHttp } = await import("../../connectors/contract/target-http.ts");
  const log = createLog({ level: "error", format: "json", redact: () => "", write: () => undefined });
  const http = createTargetHttp({
    target: name,
    origins: connector.origins(settings),
    insecure,
    reads: connector.reads,
    ports: {
      access: "read",
      rateSlot: async () => undefined,
      beforeWrite: async () => await Promise.reject(new Error("a check writes nothing")),
      recordExchange: () => undefined,
      signal: AbortSignal.timeout(30_000),
      log,
    },
    redactor,
    clock,
  });
  try {
    return await connector.check(await connector.open({ target: name, settings, secrets, http, clock, log }));
  } finally {
    await http.close();
  }
}

const code = await runCli(process.argv.slice(2), deps);
await io.flush();
// What a command left open, such as a keep-alive connection, must not hold the process.
process.exit(code === 0 ? (process.exitCode ?? 0) : code);
