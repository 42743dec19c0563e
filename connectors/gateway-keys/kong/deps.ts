import type { Clock, Log } from "../../../src/domain/ports.ts";
import type { KongSettings } from "../config.ts";
import type { KongClient } from "./client.ts";

/** What every operation at one Kong works with. */
export interface KongDeps {
  kong: KongClient;
  target: string;
  settings: KongSettings;
  clock: Clock;
  log: Log;
}
