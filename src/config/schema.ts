import { z } from "zod";
import { policy } from "./policy.ts";
import { source } from "./source.ts";
import { target } from "./target.ts";
import { basePath, cidr, listenAddress, publicUrl, secretRef } from "./values.ts";

const tls = z.strictObject({
  cert: secretRef().describe("Certificate chain, PEM"),
  key: secretRef().describe("Private key of the certificate, PEM"),
});

const database = z.strictObject({
  url: secretRef().describe("PostgreSQL 16 or later, as postgresql://user:password@host:5432/name"),
});

const queue = z.strictObject({
  redisUrl: secretRef().describe("Redis 7 or later, as rediss://:password@host:6379"),
  insecure: z
    .boolean()
    .default(false)
    .describe("Allows a Redis beyond loopback without password or TLS, as inside one private container network"),
  prefix: z
    .string("expected 1 to 60 of a-z, 0-9 and hyphen")
    .regex(/^[a-z0-9-]{1,60}$/, "expected 1 to 60 of a-z, 0-9 and hyphen")
    .default("lastday")
    .describe("Before every key in Redis; two installations on one Redis need two"),
});

/**
 * `lastday.yaml`, as an operator writes it. Strict everywhere: a key that is not here stops the start. The texts
 * make docs/configuration.md (tools/config-reference.ts).
 */
export const configSchema = z.strictObject({
  organization: z
    .string()
    .trim()
    .min(1, "expected the name of the organization")
    .max(200, "expected at most 200 characters")
    .default("Unnamed organization")
    .describe("Whose leavers these are; printed in every certificate"),
  listen: listenAddress()
    .default({ host: "127.0.0.1", port: 4400 })
    .describe("Where SCIM, the API and the web page answer; LASTDAY_LISTEN overrides. Port 0 lets the system choose"),
  adminListen: listenAddress()
    .default({ host: "127.0.0.1", port: 4401 })
    .describe("Where metrics and health answer; LASTDAY_ADMIN_LISTEN overrides. Keep it away from the public"),
  publicUrl: publicUrl()
    .optional()
    .describe("The address by which others reach `listen`; left out: the listener's own. LASTDAY_PUBLIC_URL overrides"),
  dataDir: z
    .string()
    .min(1, "expected a folder")
    .default("./data")
    .describe(
      "Folder of the embedded database, keys and tokens, relative to this file; only its owner can read it. " +
        "LASTDAY_DATA overrides",
    ),
  tls: tls.optional().describe("Serve https directly; left out: plain http, for loopback or behind a proxy"),
  trustedProxies: z
    .array(cidr())
    .default([])
    .describe("Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"),
  basePath: basePath().optional().describe("Path under which everything is served, when a proxy shares its host"),
  database: database.optional().describe("Left out: the embedded PostgreSQL in dataDir. DATABASE_URL overrides"),
  queue: queue.optional().describe("Left out: the queue runs on the same PostgreSQL. REDIS_URL overrides"),
  sources: z.array(source).default([]).describe("Who may say that a person has left"),
  targets: z.array(target).default([]).describe("The systems where access is looked for and ended"),
  demo: z.boolean().default(false).describe("Marks every case and certificate of this server as a demonstration"),
  policy: policy.prefault({}).describe("How long, how often and how much at once"),
});

export type ParsedConfig = z.output<typeof configSchema>;
