import { resolve } from "node:path";
import type { Environment, EnvironmentVariable } from "./environment.ts";
import { logLevels } from "./loaded.ts";
import type { LogLevel } from "./loaded.ts";
import { suggestion } from "./nearest.ts";
import { describeFound } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { Secret } from "../domain/secret.ts";
import { listenExpected, parseListen, parsePublicUrl, urlExpected } from "./values.ts";
import type { Listen } from "./values.ts";

/** What the environment says instead of the file; a part left out is the file's. */
export interface Overrides {
  listen?: Listen;
  adminListen?: Listen;
  publicUrl?: string;
  dataDir?: string;
  databaseUrl?: Secret;
  redisUrl?: Secret;
  redisInsecure?: boolean;
  keyPassphrase?: Secret;
  logLevel: LogLevel;
}

/** Reads the variables that override the file. One that is set but empty is a mistake, never "use the default". */
export function readOverrides(env: Environment, cwd: string): { overrides: Overrides; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const overrides: Overrides = { logLevel: "info" };

  function take<Value>(
    name: EnvironmentVariable,
    expected: string,
    parse: (text: string) => Value | null,
    { secret = false } = {},
  ): Value | undefined {
    const text = env[name];
    if (text === undefined) return undefined;
    const value = text.trim() === "" ? null : parse(text);
    if (value !== null) return value;
    const found = secret && text.trim() !== "" ? "a value of another form (not shown)" : describeFound(text);
    problems.push({ path: name, found, expected: `${expected}; or unset it` });
    return undefined;
  }
  const set = <Key extends keyof Overrides>(key: Key, value: Overrides[Key] | undefined): void => {
    if (value !== undefined) overrides[key] = value;
  };

  set("listen", take("LASTDAY_LISTEN", listenExpected, parseListen));
  set("adminListen", take("LASTDAY_ADMIN_LISTEN", listenExpected, parseListen));
  set("publicUrl", take("LASTDAY_PUBLIC_URL", urlExpected, parsePublicUrl));
  set(
    "dataDir",
    take("LASTDAY_DATA", "a folder", (text) => resolve(cwd, text)),
  );
  set("databaseUrl", take("DATABASE_URL", "postgresql://user:password@host:5432/name", secretText, { secret: true }));
  set("redisUrl", take("REDIS_URL", "rediss://:password@host:6379", secretText, { secret: true }));
  set("redisInsecure", take("LASTDAY_REDIS_INSECURE", "true or false", parseBoolean));
  set("keyPassphrase", take("LASTDAY_KEY_PASSPHRASE", "a passphrase", secretText, { secret: true }));
  const levelExpected = suggestion(env["LASTDAY_LOG_LEVEL"] ?? "", logLevels);
  set("logLevel", take("LASTDAY_LOG_LEVEL", levelExpected, parseLevel));
  return { overrides, problems };
}

function secretText(text: string): Secret {
  return new Secret(text);
}

function parseBoolean(text: string): boolean | null {
  return text === "true" ? true : text === "false" ? false : null;
}

function parseLevel(text: string): LogLevel | null {
  return logLevels.find((level) => level === text) ?? null;
}
