import { awsIam } from "./aws-iam/index.ts";
import { ciSecrets } from "./ci-secrets/index.ts";
import type { Connector } from "./contract/connector.ts";
import { gatewayKeys } from "./gateway-keys/index.ts";
import { github } from "./github/index.ts";

/**
 * Every connector, explicitly. What a connector's settings, secrets and session are is known to it alone: the host
 * parses settings and secrets with the connector's own schemas and passes the session back unread.
 */
export const connectors: readonly Connector[] = [awsIam, github, gatewayKeys, ciSecrets];

export function connectorById(id: string): Connector | null {
  return connectors.find((connector) => connector.id === id) ?? null;
}
