import type { Connector } from "../contract/connector.ts";
import { gatewaySecrets, gatewaySettings } from "./config.ts";
import type { GatewaySecrets, GatewaySettings } from "./config.ts";
import type { GatewayDriver } from "./driver.ts";
import { kindsOfAccess } from "./kinds.ts";
import { openKong } from "./kong/index.ts";
import { permissions } from "./permissions.ts";

/** API gateways that hand out keys: Kong Gateway now; further products are further drivers. */
export const gatewayKeys: Connector<GatewaySettings, GatewaySecrets, GatewayDriver> = {
  id: "gateway-keys",
  apiVersion: 1,
  version: "0.1.0",
  title: "API gateway keys",
  settings: gatewaySettings,
  secrets: gatewaySecrets,
  permissions,
  // Kong publishes no quota for its Admin API; this keeps a node busy with its proxying.
  limits: () => ({ perSecond: 40, burst: 40, scope: "account" }),
  origins({ adminUrl, probeUrl }) {
    return [adminUrl, ...(probeUrl === undefined ? [] : [probeUrl])].map((url) => new URL(url).origin);
  },
  reads: [],
  async open(context) {
    return openKong(context);
  },
  check: (driver) => driver.check(),
  accounts: (driver) => driver.accounts(),
  account: (driver, id) => driver.account(id),
  freeze: (driver, account) => driver.freeze(account),
  unfreeze: (driver, account) => driver.unfreeze(account),
  kinds: kindsOfAccess(),
};
