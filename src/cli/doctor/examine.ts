import { ConfigError, loadConfig } from "../../config/index.ts";
import type { LoadedConfig, TargetConfig } from "../../config/index.ts";
import { messageOf } from "../../domain/error.ts";
import type { ConnectOptions } from "../api/connect.ts";
import type { CliDeps } from "../context.ts";
import { checkDatabase } from "./database.ts";
import { failure, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { checkDataFolder, checkNode, checkPorts } from "./machine.ts";
import { checkRedis } from "./redis.ts";
import { askServer } from "./server.ts";

/** Everything that breaks in practice, looked at without changing anything. */
export async function examine(options: ConnectOptions, deps: CliDeps): Promise<Finding[]> {
  const node = checkNode(process.versions.node);
  const { config, findings } = readConfig(options, deps);
  if (config === null) return [node, ...findings];
  const server = await askServer(options, deps.io);
  return [
    node,
    ...findings,
    ...checkDataFolder(config.dataDir),
    ...(config.database === null
      ? [ok("database", server === null ? "embedded; not running now" : "embedded; the server runs it")]
      : await checkDatabase(config.database.url.reveal(), quiet)),
    ...(config.queue === null
      ? [ok("queue", "on the same PostgreSQL")]
      : await checkRedis(config.queue.redisUrl.reveal())),
    ...(await Promise.all(config.targets.map((target) => checkTarget(target, deps)))).flat(),
    ...(server ?? [warning("server", "no server answers", "Start it: lastday start."), ...(await checkPorts(config))]),
  ];
}

/** A target's own findings; one that is fine takes one line. */
async function checkTarget(target: TargetConfig, deps: CliDeps): Promise<Finding[]> {
  const check = `target ${target.name}`;
  try {
    const { findings } = await deps.checkTarget(target);
    const wrong = findings.filter(({ level }) => level !== "ok");
    if (wrong.length === 0) return [ok(check, `${target.connector} answers, and allows what is needed`)];
    return wrong.map(({ level, what, fix }) => ({ check, level, what, fix }));
  } catch (error) {
    return [failure(check, messageOf(error), "Check its settings and secrets, and that it can be reached from here.")];
  }
}

function readConfig(options: ConnectOptions, deps: CliDeps): { config: LoadedConfig | null; findings: Finding[] } {
  const { connectors, wrapSecret, io } = deps;
  try {
    const config = loadConfig({ file: options.config, env: io.env, cwd: io.cwd, connectors, wrapSecret });
    const observed = config.targets.filter(({ mode }) => mode === "observe").map(({ name }) => name);
    return {
      config,
      findings: [
        ok("config", config.file ?? "no file: the defaults"),
        ...config.warnings.map(({ path, message, fix }) => warning("config", `${path}: ${message}`, fix)),
        ...(observed.length === 0
          ? []
          : [
              warning(
                "targets",
                `only observed, so nothing is ended there: ${observed.join(", ")}`,
                "Set mode: enforce when you have seen what it would do (lastday offboard --dry-run).",
              ),
            ]),
      ],
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      config: null,
      findings: error.problems.map(({ path, found, expected }) =>
        failure("config", `${path === "" ? "the file" : path}: found ${found}`, `Expected ${expected}.`),
      ),
    };
  }
}

const ignore = (): void => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore, with: () => quiet };
