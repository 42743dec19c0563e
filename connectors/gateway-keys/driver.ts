import type { Account, Finding, Outcome, Verdict } from "../../src/domain/access.ts";
import type { CheckReport, ConnectorContext, Page, Principal, Probe, RateLimit } from "../contract/connector.ts";
import type { GatewaySecrets } from "./config.ts";

/** The sorts of access that the drivers know, together. */
export const gatewayKinds = [
  "key-auth",
  "jwt",
  "basic-auth",
  "hmac-auth",
  "oauth2",
  "oauth2-token",
  "acl",
  "api-key",
] as const;
export type GatewayKind = (typeof gatewayKinds)[number];

/** What one product says of itself before it is opened. Each has a folder of its own, and a line in `index.ts`. */
export interface GatewayProduct<Settings> {
  limits(settings: Settings): RateLimit;
  /** URLs whose origins these settings let a target call. */
  origins(settings: Settings): readonly string[];
  /** Sends nothing yet. */
  open(context: ConnectorContext<Settings, GatewaySecrets>): Promise<GatewayDriver>;
}

/** One gateway, opened: what every product that hands out API keys has to be able to do. A later product is one more. */
export interface GatewayDriver {
  check(): Promise<CheckReport>;
  accounts(): AsyncIterable<Page<Principal>>;
  account(id: string): Promise<Principal | null>;
  freeze(account: Account): Promise<Outcome>;
  unfreeze(account: Account): Promise<Outcome>;
  /** Only what this product has. */
  kinds: Readonly<Partial<Record<GatewayKind, DriverKind>>>;
}

/** One sort of access at one gateway. */
export interface DriverKind {
  discover(account: Account): AsyncIterable<Page<Finding>>;
  /** Both or neither: what can be switched off and on again. */
  disable?(finding: Finding): Promise<Outcome>;
  restore?(finding: Finding): Promise<Outcome>;
  revoke(finding: Finding): Promise<Outcome>;
  verify(finding: Finding, probe: Probe | null): Promise<Verdict>;
}
