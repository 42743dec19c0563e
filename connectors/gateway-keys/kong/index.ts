import type { DriverKind, GatewayDriver, GatewayKind } from "../driver.ts";
import { checkKong } from "./check.ts";
import type { KongContext } from "./client.ts";
import { createKongClient } from "./client.ts";
import { findConsumer, listConsumers } from "./consumers.ts";
import type { CredentialKind } from "./credentials.ts";
import { credentialKinds } from "./credentials.ts";
import type { KongDeps } from "./deps.ts";
import { discoverCredentials } from "./discover.ts";
import { freezeConsumer, unfreezeConsumer } from "./freeze.ts";
import { revokeCredential } from "./revoke.ts";
import { discoverTokens, revokeToken, verifyToken } from "./tokens.ts";
import { verifyCredential } from "./verify.ts";

/** Opens one Kong. Nothing is sent yet. */
export function openKong(context: KongContext): GatewayDriver {
  const { target, settings, clock, log } = context;
  const kong = createKongClient(context);
  const deps: KongDeps = { kong, target, settings, clock, log };
  return {
    check: () => checkKong(deps),
    accounts: () => listConsumers(kong, target),
    account: (id) => findConsumer(kong, target, id),
    freeze: (account) => freezeConsumer(account, deps),
    unfreeze: (account) => unfreezeConsumer(account, deps),
    kinds: kindsOf(deps),
  };
}

function kindsOf(deps: KongDeps): Readonly<Partial<Record<GatewayKind, DriverKind>>> {
  const ofConsumers = Object.fromEntries(credentialKinds.map((kind) => [kind.kind, driverKind(kind, deps)]));
  const applications = credentialKinds.find(({ kind }) => kind === "oauth2");
  if (applications === undefined) return ofConsumers;
  return {
    ...ofConsumers,
    "oauth2-token": {
      discover: (account) => discoverTokens(applications, account, deps),
      revoke: (finding) => revokeToken(finding, deps),
      verify: (finding) => verifyToken(finding, deps),
    },
  };
}

function driverKind(kind: CredentialKind, deps: KongDeps): DriverKind {
  return {
    discover: (account) => discoverCredentials(kind, account, deps),
    revoke: (finding) => revokeCredential(kind, finding, deps),
    verify: (finding, probe) => verifyCredential(kind, finding, probe, deps),
  };
}
