import type { Account, Finding, Outcome, Verdict } from "../../src/domain/access.ts";
import type { CheckReport, Page, Principal, Probe } from "../contract/connector.ts";

/** The sorts of access that the drivers know, together. */
export const gatewayKinds = ["key-auth", "jwt", "basic-auth", "hmac-auth", "oauth2", "oauth2-token", "acl"] as const;
export type GatewayKind = (typeof gatewayKinds)[number];

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
  revoke(finding: Finding): Promise<Outcome>;
  verify(finding: Finding, probe: Probe | null): Promise<Verdict>;
}
