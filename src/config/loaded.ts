import type { z } from "zod";
import type { Secret } from "../domain/secret.ts";
import type { ResolvedSecret } from "./secrets.ts";
import type { ConfigWarning } from "./problem.ts";
import type { Listen } from "./values.ts";

/** The configuration as every part of the product reads it: validated, defaults filled in, durations in ms. */
export interface LoadedConfig {
  /** Absolute path of the file; null when there is none and defaults apply. */
  file: string | null;
  organization: string;
  listen: Listen;
  adminListen: Listen;
  /** Null: the listener's own address. */
  publicUrl: string | null;
  /** Absolute. */
  dataDir: string;
  tls: { cert: Secret; key: Secret } | null;
  /** CIDR ranges. */
  trustedProxies: readonly string[];
  /** `""` or `/lastday`. */
  basePath: string;
  /** Null: the embedded PostgreSQL in `dataDir`. */
  database: { url: Secret } | null;
  /** Null: BullMQ's PostgreSQL backend on the same database. */
  queue: { redisUrl: Secret; prefix: string } | null;
  sources: readonly SourceConfig[];
  targets: readonly TargetConfig[];
  policy: PolicyConfig;
  /** Every case and certificate says that it is a demonstration. */
  demo: boolean;
  keyPassphrase: Secret | null;
  logLevel: LogLevel;
  /** SHA-256, hex, of what decides how the product acts: see `configDigest`. */
  digest: string;
  warnings: readonly ConfigWarning[];
  /** Where the secrets of the general part are kept, as written; for showing the configuration again. */
  refs: {
    tls: { cert: string; key: string } | null;
    database: string | null;
    queue: { redisUrl: string; insecure: boolean; prefix: string } | null;
  };
  /** Every secret that was read, for the redactor of logs. */
  secretTexts: readonly Secret[];
}

export const logLevels = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface SourceConfig {
  name: string;
  kind: "scim";
  dialect: "okta" | "entra" | "generic";
  tokens: readonly ResolvedSecret[];
  bareToken: boolean;
}

export interface TargetConfig {
  name: string;
  connector: string;
  connectorVersion: string;
  mode: "observe" | "enforce";
  /** As the connector's schema parsed it. */
  settings: unknown;
  /** As the connector's schema parsed it; null in a process that works on no targets (trust rule 16). */
  secrets: unknown;
  /** Where they are kept, as written. */
  secretRefs: Readonly<Record<string, string>>;
  match: readonly MatchRule[];
  /** Overrides the settle time of every kind. */
  settleMs: number | null;
  rateShare: number;
  concurrency: number;
  insecure: boolean;
}

export interface MatchRule {
  attribute: string;
  /** With {userName}, {localPart}, {externalId}, {email} or {personId}. */
  equals: string;
  trusted: boolean;
}

export interface PolicyConfig {
  deleteAfterMs: number;
  watchMs: readonly number[];
  slaMs: number;
  lookGapMs: number;
  guard: { tenMinutes: number; day: number };
  /** Lower-cased user names, e-mail addresses or external ids. */
  protected: readonly string[];
}

/** What the configuration has to know of a connector; `connectors/registry.ts` holds values of this shape. */
export interface ConnectorShape {
  id: string;
  version: string;
  settings: z.ZodType;
  secrets: z.ZodType;
  origins(settings: never): readonly string[];
}
