import type { Kind } from "../contract/connector.ts";
import { gatewayKinds } from "./driver.ts";
import type { DriverKind, GatewayDriver, GatewayKind } from "./driver.ts";

/**
 * Nodes look for changes every 5 s unless told otherwise (`db_update_frequency`), and a control plane pushes at the same
 * pace; twice that, before a look is believed.
 * @see https://developer.konghq.com/support/controlling-the-hybrid-configuration-update-frequency/
 */
const settleMs = 10_000;

type About = Pick<Kind<GatewayDriver>, "title" | "after">;

/** Group memberships go last: one may also be what a route denies, and taking that away would widen access. */
const about: Readonly<Record<GatewayKind, About>> = {
  "key-auth": { title: "API key" },
  jwt: { title: "JWT signing credential" },
  "basic-auth": { title: "Basic authentication credential" },
  "hmac-auth": { title: "HMAC credential" },
  oauth2: { title: "OAuth 2.0 application" },
  // Applications first: they mint tokens. Kong deletes the tokens with them, which verification then sees.
  "oauth2-token": { title: "OAuth 2.0 token", after: ["oauth2"] },
  acl: { title: "ACL group membership", after: gatewayKinds.filter((kind) => kind !== "acl") },
};

/** The kinds as the contract knows them: what is the same at every gateway, and the driver's own functions. */
export function kindsOfAccess(): Readonly<Record<GatewayKind, Kind<GatewayDriver>>> {
  return Object.fromEntries(gatewayKinds.map((name) => [name, kindOf(name)])) as Record<
    GatewayKind,
    Kind<GatewayDriver>
  >;
}

function kindOf(name: GatewayKind): Kind<GatewayDriver> {
  return {
    ...about[name],
    strategy: "delete",
    risk: "write",
    stops: "both", // a gateway authenticates each request anew
    reversible: false,
    settleMs,
    async *discover(driver, account) {
      // A kind that this product has not: there is nothing of it, and that is the whole of it.
      yield* driver.kinds[name]?.discover(account) ?? [{ items: [], complete: true }];
    },
    revoke: (driver, finding) => driverKind(driver, name).revoke(finding),
    verify: (driver, finding, probe) => driverKind(driver, name).verify(finding, probe),
  };
}

function driverKind(driver: GatewayDriver, name: GatewayKind): DriverKind {
  const kind = driver.kinds[name];
  if (kind === undefined) throw new RangeError(`this gateway has no ${name}`);
  return kind;
}
