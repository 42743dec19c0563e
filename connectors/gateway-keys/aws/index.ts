import { openAwsAccount } from "../../vendors/aws/account.ts";
import { serviceOrigin } from "../../vendors/aws/endpoints.ts";
import type { ApiGatewaySettings } from "../config.ts";
import type { GatewayProduct } from "../driver.ts";
import { findOwner, listOwners } from "./accounts.ts";
import { checkApiGateway } from "./check.ts";
import { openRegion } from "./client.ts";
import { accountPlace } from "./config.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { discoverKeys } from "./discover.ts";
import { freezeOwner, unfreezeOwner } from "./freeze.ts";
import { revokeKey } from "./revoke.ts";
import { disableKey, restoreKey } from "./switch.ts";
import { verifyKey } from "./verify.ts";

/** Amazon API Gateway in one account, over as many regions as its keys live in. */
export const apiGateway: GatewayProduct<ApiGatewaySettings> = {
  /**
   * Ten a second with bursts of forty for all operations together, and five a second for deleting keys; AWS raises none.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html#api-gateway-control-service-limits-table
   */
  limits: () => ({ perSecond: 5, burst: 5, scope: "account" }),

  origins(settings) {
    const { regions, endpoints, probes, assumeRole } = settings;
    return [
      ...regions.map((region) => serviceOrigin("apigateway", { region, endpoint: endpoints[region] })),
      ...(assumeRole === undefined ? [] : [serviceOrigin("sts", accountPlace(settings))]),
      ...Object.values(probes).map(({ url }) => url),
    ];
  },

  async open({ target, settings, secrets, http, clock, log }) {
    const place = { ...accountPlace(settings), assumeRole: settings.assumeRole };
    const { credentials } = await openAwsAccount({ target, settings: place, secrets, http, clock });
    const regions = await Promise.all(
      settings.regions.map((region) => openRegion(region, { target, settings, credentials, http, clock })),
    );
    const deps: ApiGatewayDeps = { regions, http, target, settings, clock, log };
    return {
      check: () => checkApiGateway(deps),
      accounts: () => listOwners(deps),
      account: (id) => findOwner(id, deps),
      freeze: (account) => freezeOwner(account, deps),
      unfreeze: (account) => unfreezeOwner(account, deps),
      kinds: {
        "api-key": {
          discover: (account) => discoverKeys(account, deps),
          disable: (finding) => disableKey(finding, deps),
          restore: (finding) => restoreKey(finding, deps),
          revoke: (finding) => revokeKey(finding, deps),
          verify: (finding, probe) => verifyKey(finding, probe, deps),
        },
      },
    };
  },
};
