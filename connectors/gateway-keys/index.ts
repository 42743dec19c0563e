import type { Connector, ConnectorContext, RateLimit } from "../contract/connector.ts";
import { apiGateway } from "./aws/index.ts";
import { gatewaySecrets, gatewaySettings } from "./config.ts";
import type { GatewaySecrets, GatewaySettings, KongSettings } from "./config.ts";
import type { GatewayDriver, GatewayProduct } from "./driver.ts";
import { kindsOfAccess } from "./kinds.ts";
import { openKong } from "./kong/index.ts";
import { permissions } from "./permissions.ts";

/** API gateways that hand out keys: Kong Gateway and Amazon API Gateway; further products are further drivers. */
export const gatewayKeys: Connector<GatewaySettings, GatewaySecrets, GatewayDriver> = {
  id: "gateway-keys",
  apiVersion: 1,
  version: "0.1.0",
  title: "API gateway keys",
  settings: gatewaySettings,
  secrets: gatewaySecrets,
  permissions,
  limits: (settings) => productOf(settings).limits,
  origins: (settings) => productOf(settings).origins,
  reads: ["AssumeRole"], // all others are GETs
  open: async (context) => productOf(context.settings).open(context),
  check: (driver) => driver.check(),
  accounts: (driver) => driver.accounts(),
  account: (driver, id) => driver.account(id),
  freeze: (driver, account) => driver.freeze(account),
  unfreeze: (driver, account) => driver.unfreeze(account),
  kinds: kindsOfAccess(),
};

const kong: GatewayProduct<KongSettings> = {
  // Kong publishes no quota for its Admin API; this keeps a node busy with its proxying.
  limits: () => ({ perSecond: 40, burst: 40, scope: "account" }),
  origins: ({ adminUrl, probeUrl }) => [adminUrl, ...(probeUrl === undefined ? [] : [probeUrl])],
  open: async (context) => openKong(context),
};

/** What a target's settings come to with the driver that they name. A further driver is one more case. */
function productOf(settings: GatewaySettings): Product {
  switch (settings.driver) {
    case "kong":
      return withSettings(kong, settings);
    case "aws-api-gateway":
      return withSettings(apiGateway, settings);
  }
}

interface Product {
  limits: RateLimit;
  origins: readonly string[];
  open(context: ConnectorContext<GatewaySettings, GatewaySecrets>): Promise<GatewayDriver>;
}

function withSettings<Settings>(product: GatewayProduct<Settings>, settings: Settings): Product {
  return {
    limits: product.limits(settings),
    origins: product.origins(settings).map((url) => new URL(url).origin),
    open: (context) => product.open({ ...context, settings }),
  };
}
