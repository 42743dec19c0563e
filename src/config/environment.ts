import { suggestion } from "./nearest.ts";
import type { ConfigWarning } from "./problem.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variables that Lastday reads, and what each is for. */
export const environmentVariables = {
  LASTDAY_CONFIG: "The configuration file; else lastday.yaml in the working folder",
  LASTDAY_LISTEN: "Overrides `listen`",
  LASTDAY_ADMIN_LISTEN: "Overrides `adminListen`",
  LASTDAY_PUBLIC_URL: "Overrides `publicUrl`",
  LASTDAY_DATA: "Overrides `dataDir`, relative to the working folder",
  DATABASE_URL: "Overrides `database.url`; holds the address itself",
  REDIS_URL: "Overrides `queue.redisUrl`; holds the address itself",
  LASTDAY_REDIS_INSECURE: "`true` overrides `queue.insecure`",
  LASTDAY_KEY_PASSPHRASE: "Encrypts the signing key at rest",
  LASTDAY_KEY_PASSPHRASE_FILE: "A file that holds that passphrase",
  LASTDAY_LOG_LEVEL: "error, warn, info (the default) or debug",
  LASTDAY_FAULT: "Tests only, refused in production: a fault point, what happens there, and at which visit",
  LASTDAY_URL: "Command line: where the API answers",
  LASTDAY_TOKEN: "Command line: the API token",
} as const;

export type EnvironmentVariable = keyof typeof environmentVariables;

/** The environment of this process: the only place where it is read. */
export function processEnvironment(): Environment {
  return { ...process.env };
}

/**
 * Keeps a vendor's library from printing onto our output that Node should be newer: `lastday doctor` says so, with the fix.
 * @see https://github.com/aws/aws-sdk-js-v3 "Node.js versions"; the name stands in its `emitWarningIfUnsupportedVersion`
 */
export function silenceVersionNotices(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
}

/** Names that begin like ours but mean nothing, unless the configuration refers to them. */
export function unknownVariables(env: Environment, referenced: ReadonlySet<string>): ConfigWarning[] {
  const known = Object.keys(environmentVariables);
  return Object.keys(env)
    .filter((name) => name.startsWith("LASTDAY_") && !known.includes(name) && !referenced.has(name))
    .map((name) => ({
      path: name,
      message: "this environment variable is not known and has no effect",
      fix: `Did you mean ${suggestion(name, known)}?`,
    }));
}
