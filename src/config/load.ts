import { basename, resolve } from "node:path";
import type { z } from "zod";
import { readConfigFile } from "./config-file.ts";
import { databaseProblems, listenWarnings, redisProblems } from "./connections.ts";
import { configDigest } from "./digest.ts";
import { unknownVariables } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { loadSources } from "./load-sources.ts";
import { loadTargets } from "./load-targets.ts";
import type { ConnectorShape, LoadedConfig } from "./loaded.ts";
import { readOverrides } from "./overrides.ts";
import { parseWith } from "./parse.ts";
import { ConfigError } from "./problem.ts";
import { configSchema } from "./schema.ts";
import type { ParsedConfig } from "./schema.ts";
import { createSecretReader } from "./secrets.ts";
import type { Secret } from "../domain/secret.ts";
import { source } from "./source.ts";
import { target } from "./target.ts";
import { secretRefText } from "./values.ts";
import type { SecretRef } from "./values.ts";

export interface LoadConfigOptions {
  /** As given with `--config`. */
  file?: string | undefined;
  env: Environment;
  cwd: string;
  /** Every connector this build knows: `connectors/registry.ts`. */
  connectors: readonly ConnectorShape[];
  /** Makes the contract's secret value of a text: `(text) => new Secret(text)`. */
  wrapSecret: (text: string) => unknown;
  /** Which parts will run in this process; each reads only the secrets it needs. Both when left out. */
  parts?: { api: boolean; workers: boolean };
  /** Reads the sealed store, where one is open. */
  sealed?: (name: string) => string | null;
}

/**
 * Reads the configuration once, at start: the file, what the environment overrides, the secrets that both refer to.
 *
 * @throws {ConfigError} naming every problem at once: the key, what was found, what is expected; never a secret.
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const { env, cwd, parts = { api: true, workers: true } } = options;
  const document = readConfigFile(options);
  const { overrides, problems } = readOverrides(env, cwd);
  const reader = createSecretReader({ env, folder: document.folder, sealed: options.sealed ?? null });

  // Each source and target is parsed once more on its own, so that one bad entry does not hide what is wrong in others.
  const parsed = parseWith(configSchema, document.content);
  if (!parsed.ok) problems.push(...parsed.problems);
  const sources = loadSources(entriesOf(document.content, "sources", source), reader, { readTokens: parts.api });
  const targets = loadTargets(entriesOf(document.content, "targets", target), {
    connectors: options.connectors,
    reader,
    wrapSecret: options.wrapSecret,
    readSecrets: parts.workers,
  });
  problems.push(...sources.problems, ...targets.problems);
  const shared = parsed.ok ? loadShared(parsed.value) : null;
  problems.push(...reader.problems);
  if (!parsed.ok || shared === null || problems.length > 0) {
    const origin = document.file === null ? "The configuration" : basename(document.file);
    throw new ConfigError("config-invalid", origin, problems);
  }

  const { organization, trustedProxies, basePath = "", policy, demo } = parsed.value;
  return {
    file: document.file,
    organization,
    trustedProxies,
    basePath,
    ...shared,
    sources: sources.sources,
    targets: targets.targets,
    policy: {
      deleteAfterMs: policy.deleteAfter,
      watchMs: policy.watch,
      slaMs: policy.sla,
      lookGapMs: policy.lookGap,
      guard: policy.guard,
      protected: policy.protected.map((entry) => entry.toLowerCase()),
    },
    demo,
    refs: refsOf(parsed.value),
    secretTexts: [
      ...reader.read,
      ...[overrides.databaseUrl, overrides.redisUrl, overrides.keyPassphrase].filter((secret) => secret !== undefined),
    ],
    logLevel: overrides.logLevel,
    digest: configDigest({ ...parsed.value, publicUrl: shared.publicUrl ?? undefined }),
    warnings: [
      ...document.warnings,
      ...reader.warnings,
      ...listenWarnings({ ...shared, trustedProxies }),
      ...unknownVariables(env, reader.variables),
    ],
  };

  function loadShared(config: ParsedConfig) {
    const databaseUrl = overrides.databaseUrl ?? secretAt("database.url", config.database?.url);
    const redisUrl = overrides.redisUrl ?? secretAt("queue.redisUrl", config.queue?.redisUrl);
    if (databaseUrl !== null)
      problems.push(
        ...databaseProblems(overrides.databaseUrl === undefined ? "database.url" : "DATABASE_URL", databaseUrl),
      );
    if (redisUrl !== null) {
      const insecure = overrides.redisInsecure ?? config.queue?.insecure ?? false;
      const path = overrides.redisUrl === undefined ? "queue.redisUrl" : "REDIS_URL";
      problems.push(...redisProblems(path, redisUrl, insecure));
    }
    return {
      listen: overrides.listen ?? config.listen,
      adminListen: overrides.adminListen ?? config.adminListen,
      publicUrl: overrides.publicUrl ?? config.publicUrl ?? null,
      dataDir: overrides.dataDir ?? resolve(document.folder, config.dataDir),
      tls: parts.api ? tlsOf(config) : null,
      database: databaseUrl === null ? null : { url: databaseUrl },
      queue: redisUrl === null ? null : { redisUrl, prefix: config.queue?.prefix ?? defaultPrefix },
      keyPassphrase: keyPassphrase(),
    };
  }

  function refsOf({ tls, database, queue }: ParsedConfig): LoadedConfig["refs"] {
    const redisUrl = overrides.redisUrl === undefined ? refText(queue?.redisUrl) : "env:REDIS_URL";
    return {
      tls: tls === undefined ? null : { cert: secretRefText(tls.cert), key: secretRefText(tls.key) },
      database: overrides.databaseUrl === undefined ? refText(database?.url) : "env:DATABASE_URL",
      queue:
        redisUrl === null
          ? null
          : {
              redisUrl,
              insecure: overrides.redisInsecure ?? queue?.insecure ?? false,
              prefix: queue?.prefix ?? defaultPrefix,
            },
    };
  }

  function tlsOf(config: ParsedConfig): LoadedConfig["tls"] {
    const cert = secretAt("tls.cert", config.tls?.cert);
    const key = secretAt("tls.key", config.tls?.key);
    return cert === null || key === null ? null : { cert, key };
  }

  function keyPassphrase(): Secret | null {
    const file = env["LASTDAY_KEY_PASSPHRASE_FILE"];
    if (overrides.keyPassphrase !== undefined || file === undefined) return overrides.keyPassphrase ?? null;
    return secretAt("LASTDAY_KEY_PASSPHRASE_FILE", { from: "file", name: resolve(cwd, file) });
  }

  function secretAt(path: string, ref: SecretRef | undefined): Secret | null {
    return ref === undefined ? null : (reader.resolve(path, ref)?.value ?? null);
  }
}

/** Of Redis keys, where the address comes from the environment alone. */
const defaultPrefix = "lastday";

function refText(ref: SecretRef | undefined): string | null {
  return ref === undefined ? null : secretRefText(ref);
}

/** The entries of a list in the unvalidated file, each parsed on its own; null where it failed. */
function entriesOf<Entry>(content: unknown, key: "sources" | "targets", schema: z.ZodType<Entry>): (Entry | null)[] {
  const list: unknown =
    typeof content === "object" && content !== null ? (content as Record<string, unknown>)[key] : [];
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? parsed.data : null;
  });
}
