import type { Command } from "commander";
import { stringify } from "yaml";
import { formatDuration, loadConfig } from "../../config/index.ts";
import type { LoadedConfig } from "../../config/index.ts";
import type { CliDeps } from "../context.ts";
import { things } from "../terminal/size.ts";
import { field } from "../terminal/table.ts";
import { printJson, withExample } from "./options.ts";

/** `lastday config`: reads the configuration as a start would, and starts nothing. */
export function registerConfig(program: Command, deps: CliDeps): void {
  const config = program
    .command("config")
    .summary("check or print the configuration")
    .description("The configuration, as a start would read it.");

  const check = config
    .command("check")
    .description("Name every problem at once; exit 0 when there is none.")
    .option("--json", "print the findings as JSON");
  withExample(check, "lastday config check --config /etc/lastday/lastday.yaml");
  check.action(({ json }: { json?: boolean }) => {
    const loaded = load(check, deps);
    if (json === true) {
      return printJson(deps, { ok: true, file: loaded.file, digest: loaded.digest, warnings: loaded.warnings });
    }
    const { sources, targets } = loaded;
    deps.io.out(
      `${loaded.file ?? "No file: the defaults"} is fine: ${things(sources.length, "source")}, ${things(targets.length, "target")}.\n`,
    );
    for (const target of targets) deps.io.out(field(target.name, `${target.connector}, ${target.mode}`, 20));
    for (const { path, message, fix } of loaded.warnings) deps.io.out(field("warning", `${path}: ${message}. ${fix}`));
  });

  const print = config
    .command("export")
    .description("Print the effective configuration as YAML, defaults filled in; secrets stay references.")
    .option("--json", "as JSON");
  withExample(print, "lastday config export > effective.yaml");
  print.action(({ json }: { json?: boolean }) => {
    const effective = exportOf(load(print, deps));
    if (json === true) printJson(deps, effective);
    else deps.io.out(stringify(effective));
  });
}

function load(command: Command, deps: CliDeps): LoadedConfig {
  const { config: file } = command.optsWithGlobals<{ config?: string }>();
  const { connectors, wrapSecret, io } = deps;
  return loadConfig({ file, env: io.env, cwd: io.cwd, connectors, wrapSecret });
}

/** In the spelling of the file, so that it can be one. */
function exportOf(config: LoadedConfig): Record<string, unknown> {
  const { policy } = config;
  return {
    organization: config.organization,
    listen: listenText(config.listen),
    adminListen: listenText(config.adminListen),
    ...(config.publicUrl === null ? {} : { publicUrl: config.publicUrl }),
    dataDir: config.dataDir,
    ...(config.tls === null ? {} : { tls: config.refs.tls }),
    trustedProxies: config.trustedProxies,
    ...(config.basePath === "" ? {} : { basePath: config.basePath }),
    ...(config.refs.database === null ? {} : { database: { url: config.refs.database } }),
    ...(config.refs.queue === null ? {} : { queue: config.refs.queue }),
    sources: config.sources.map((source) => ({ ...source, tokens: source.tokens.map(({ ref }) => ref) })),
    ...(config.demo ? { demo: true } : {}),
    targets: config.targets.map(
      ({ settleMs, secrets: _secrets, secretRefs, connectorVersion: _version, ...target }) => ({
        ...target,
        secrets: secretRefs,
        ...(settleMs === null ? {} : { settle: formatDuration(settleMs) }),
      }),
    ),
    policy: {
      deleteAfter: formatDuration(policy.deleteAfterMs),
      watch: policy.watchMs.map(formatDuration),
      sla: formatDuration(policy.slaMs),
      lookGap: formatDuration(policy.lookGapMs),
      guard: policy.guard,
      protected: policy.protected,
    },
  };
}

function listenText({ host, port }: LoadedConfig["listen"]): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
