import { generateKeyPairSync } from "node:crypto";
import type { HostPorts } from "../../../../connectors/contract/host.ts";
import { createRedactor } from "../../../../connectors/contract/redactor.ts";
import { Secret } from "../../../../connectors/contract/secret.ts";
import { credentialReads, openGithubApi } from "../../../../connectors/vendors/github/index.ts";
import type { GithubSecrets, GithubSettings } from "../../../../connectors/vendors/github/index.ts";
import { now, quietLog, recordingPorts, transport } from "../contract/support.ts";

export const appKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const appKey = appKeys.privateKey.export({ type: "pkcs1", format: "pem" }).toString();

/** GitHub's API as a connector opens it, over the host's transport to a server of the test. */
export async function openAt(
  origin: string,
  {
    settings = {},
    secrets = { token: new Secret("ghp_canary_token") },
    ports = {},
    clock = () => now,
  }: {
    settings?: Partial<GithubSettings>;
    secrets?: GithubSecrets;
    ports?: Partial<HostPorts>;
    clock?: () => Date;
  } = {},
) {
  const recording = recordingPorts(ports);
  const redactor = createRedactor();
  const http = transport(origin, { ports: recording.ports, reads: [...credentialReads, "ask"], redactor, clock });
  const github = await openGithubApi({
    target: "github",
    settings: { baseUrl: origin, org: "acme", pageSize: 100, hourlyQuota: 5_000, ...settings },
    secrets,
    http,
    clock,
    log: quietLog,
  });
  return { github, redactor, ...recording, close: () => http.close() };
}
