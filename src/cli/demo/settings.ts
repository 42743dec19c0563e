import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DemoWorld } from "./world.ts";

export interface DemoFiles {
  /** Database, keys and tokens; removed at the end. */
  stateDir: string;
  configFile: string;
  logFile: string;
  /** What the identity provider shows when it calls. */
  sourceToken: string;
  remove(): void;
}

/** A secret for a file that only this user can read. */
export function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

/** The folder for what the demo keeps, or a temporary one where that cannot be written. */
export function openOutput(wanted: string): string {
  try {
    mkdirSync(wanted, { recursive: true });
    writeFileSync(join(wanted, "server.log"), "");
    return wanted;
  } catch {
    return mkdtempSync(join(realpathSync(tmpdir()), "lastday-demo-output-"));
  }
}

/** Writes the demo's configuration: what an operator would write, with shorter waits. */
export function writeSettings(world: DemoWorld, output: string, { usesRedis }: { usesRedis: boolean }): DemoFiles {
  const stateDir = mkdtempSync(join(realpathSync(tmpdir()), "lastday-demo-"));
  const sourceToken = newSecret();
  writeFileSync(join(stateDir, "okta.token"), sourceToken, { mode: 0o600 });
  writeFileSync(join(stateDir, "kong-admin.token"), world.adminToken, { mode: 0o600 });
  const configFile = join(output, "lastday.yaml");
  writeFileSync(configFile, settings(world, stateDir, usesRedis), { mode: 0o600 });
  return {
    stateDir,
    configFile,
    logFile: join(output, "server.log"),
    sourceToken,
    remove: () => rmSync(stateDir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function settings({ kong }: DemoWorld, stateDir: string, usesRedis: boolean): string {
  const text = (value: string): string => JSON.stringify(value); // JSON strings are YAML strings
  const prefix = `lastday-demo-${randomBytes(4).toString("hex")}`;
  return `# Written by "lastday demo". What you would write, with three values that make it quick.
organization: Example Corporation
demo: true                        # printed in every certificate
listen: 127.0.0.1:0               # the system chooses the ports
adminListen: 127.0.0.1:0
dataDir: ${text(join(stateDir, "data"))}
${usesRedis ? `queue: { redisUrl: "env:REDIS_URL", prefix: ${prefix} }\n` : ""}sources:
  - name: okta
    kind: scim
    dialect: okta
    tokens: [${text(`file:${join(stateDir, "okta.token")}`)}]
targets:
  - name: gateway
    connector: gateway-keys
    mode: enforce
    settings:
      driver: kong
      adminUrl: ${kong.adminUrl}
      probeUrl: ${new URL("/key-auth", kong.proxyUrl).href}
      pageSize: 3                 # so that the keys fill two pages
    secrets: { adminToken: ${text(`file:${join(stateDir, "kong-admin.token")}`)} }
    match: [{ attribute: custom_id, equals: "{externalId}", trusted: true }]
    rateShare: 1                  # left out: a quarter of the rate that the target bears
    settle: 500ms                 # left out: 10 s, as long as a Kong node may serve old data
policy:
  lookGap: 1s                     # left out: 5 s between the two clean looks
`;
}
