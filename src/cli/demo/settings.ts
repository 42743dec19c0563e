import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildConsumer, buildSecrets, buildUser } from "./world/index.ts";
import type { DemoWorld } from "./world/index.ts";

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
  const { admin } = world.account.aws;
  const secrets = {
    "kong-admin.token": world.gateway.adminToken,
    "aws.id": admin.accessKeyId,
    "aws.secret": admin.secretAccessKey,
    "github.pem": world.organization.app.privateKey,
  };
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(stateDir, name), text, { mode: 0o600 });
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

function settings({ gateway, account, organization }: DemoWorld, stateDir: string, usesRedis: boolean): string {
  const text = (value: string): string => JSON.stringify(value); // JSON strings are YAML strings
  const file = (name: string): string => text(`file:${join(stateDir, name)}`);
  const prefix = `lastday-demo-${randomBytes(4).toString("hex")}`;
  const probeUrl = new URL("/key-auth", gateway.kong.proxyUrl).href;
  const { appId, installationId } = organization.app;
  return `# Written by "lastday demo". What you would write, with a few values that make it quick.
organization: Example Corporation
demo: true                        # printed in every certificate
listen: 127.0.0.1:0               # the system chooses the ports
adminListen: 127.0.0.1:0
dataDir: ${text(join(stateDir, "data"))}
${usesRedis ? `queue: { redisUrl: "env:REDIS_URL", prefix: ${prefix} }\n` : ""}sources:
  - name: okta
    kind: scim
    dialect: okta
    tokens: [${file("okta.token")}]
targets:
  - name: gateway
    connector: gateway-keys
    mode: enforce
    settings:
      driver: kong
      adminUrl: ${gateway.kong.adminUrl}
      probeUrl: ${probeUrl}
      pageSize: 3                 # so that the keys fill two pages
    secrets: { adminToken: ${file("kong-admin.token")} }
    match: [{ attribute: custom_id, equals: "{externalId}", trusted: true }]
    rateShare: 1                  # left out: a quarter of the rate that the target bears
    settle: 500ms                 # left out: 10 s, as long as a Kong node may serve old data
  - name: aws
    connector: aws-iam
    mode: enforce
    settings: { region: eu-central-1, endpoint: ${text(account.aws.url)} } # left out: AWS itself
    secrets: { accessKeyId: ${file("aws.id")}, secretAccessKey: ${file("aws.secret")} }
    match: [{ attribute: "tag:employee-id", equals: "{externalId}", trusted: true }]
    rateShare: 1
    settle: 500ms                 # left out: 15 s, since IAM shows changes late
  - name: github
    connector: github             # people are found by the organization's own single sign-on
    mode: enforce
    settings: { baseUrl: ${text(organization.github.url)}, org: acme, appId: ${appId}, installationId: ${installationId} }
    secrets: { privateKey: ${file("github.pem")} }
    rateShare: 1
    settle: 500ms
  - name: ci
    connector: ci-secrets         # what the leaver could read is replaced, for everybody who uses it
    mode: enforce
    settings:
      baseUrl: ${text(organization.github.url)}
      org: acme
      appId: ${appId}
      installationId: ${installationId}
      stores: [actions, dependabot] # an App cannot see an organization's codespaces
      owner: platform             # who replaces what no plan names
      aws: { region: eu-central-1, endpoint: ${text(account.aws.url)} }
      kong: { adminUrl: ${gateway.kong.adminUrl}, probeUrl: ${probeUrl} }
      plans:
        - name: deploy
          issuer: { kind: aws-access-key, userName: ${buildUser} }
          consumers: [{ in: actions, at: organization, name: ${buildSecrets.aws} }]
          grace: 1s               # left out: an hour, for jobs that still run
        - name: gateway
          issuer: { kind: kong-key, consumer: ${buildConsumer} }
          consumers: [{ in: actions, at: web, name: ${buildSecrets.gateway} }]
          grace: 1s
    secrets:
      privateKey: ${file("github.pem")}
      accessKeyId: ${file("aws.id")}
      secretAccessKey: ${file("aws.secret")}
      kongAdminToken: ${file("kong-admin.token")}
    rateShare: 1
    settle: 500ms
policy:
  lookGap: 1s                     # left out: 5 s between the two clean looks
`;
}
