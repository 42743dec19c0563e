import type { Clock, Log } from "../../../src/domain/ports.ts";
import type { TargetHttp } from "../../contract/http.ts";
import type { ApiGatewaySettings } from "../config.ts";
import type { RegionClient } from "./client.ts";

/** What every operation at one account's API Gateway works with. */
export interface ApiGatewayDeps {
  /** One per region, in the order of the settings. */
  regions: readonly RegionClient[];
  http: TargetHttp;
  target: string;
  settings: ApiGatewaySettings;
  clock: Clock;
  log: Log;
}
