import type { Kind } from "../contract/connector.ts";
import { gatewayKinds } from "./driver.ts";
import type { DriverKind, GatewayDriver, GatewayKind } from "./driver.ts";

/** What the manifest says of a kind; the rest is the driver's own functions. */
type About = Pick<Kind<GatewayDriver>, "title" | "strategy" | "reversible" | "settleMs" | "after" | "sideEffects">;

/**
 * Nodes look for changes every 5 s unless told otherwise (`db_update_frequency`), and a control plane pushes at the same
 * pace; twice that, before a look is believed.
 * @see https://developer.konghq.com/support/controlling-the-hybrid-configuration-update-frequency/
 */
const atKong = { strategy: "delete", reversible: false, settleMs: 10_000 } as const;

/**
 * AWS says nowhere how long a stage goes on with what it last heard of a key. Seconds are seen for new keys; this is a
 * multiple of that, and a key that is tried at a stage needs no such faith.
 * @see https://github.com/moduspwnens/boa-chat/issues/1
 */
const atApiGateway = { strategy: "disable-then-delete", reversible: true, settleMs: 30_000 } as const;

const about: Readonly<Record<GatewayKind, About>> = {
  "key-auth": { ...atKong, title: "API key" },
  jwt: { ...atKong, title: "JWT signing credential" },
  "basic-auth": { ...atKong, title: "Basic authentication credential" },
  "hmac-auth": { ...atKong, title: "HMAC credential" },
  oauth2: { ...atKong, title: "OAuth 2.0 application" },
  // Applications first: they mint tokens. Kong deletes the tokens with them, which verification then sees.
  "oauth2-token": { ...atKong, title: "OAuth 2.0 token", after: ["oauth2"] },
  // Group memberships go last: one may also be what a route denies, and taking that away would widen access.
  acl: {
    ...atKong,
    title: "ACL group membership",
    after: ["key-auth", "jwt", "basic-auth", "hmac-auth", "oauth2", "oauth2-token"],
  },
  "api-key": {
    ...atApiGateway,
    title: "API Gateway key",
    sideEffects: ["The key leaves its usage plans; whoever else was given its value is refused as well"],
  },
};

/** The kinds as the contract knows them. */
export function kindsOfAccess(): Readonly<Record<GatewayKind, Kind<GatewayDriver>>> {
  return Object.fromEntries(gatewayKinds.map((name) => [name, kindOf(name)])) as Record<
    GatewayKind,
    Kind<GatewayDriver>
  >;
}

function kindOf(name: GatewayKind): Kind<GatewayDriver> {
  return {
    ...about[name],
    risk: "write",
    stops: "both", // a gateway authenticates each request anew
    async *discover(driver, account) {
      // A kind that this product has not: there is nothing of it, and that is the whole of it.
      yield* driver.kinds[name]?.discover(account) ?? [{ items: [], complete: true }];
    },
    ...(about[name].reversible ? switches(name) : {}),
    revoke: (driver, finding) => driverKind(driver, name).revoke(finding),
    verify: (driver, finding, probe) => driverKind(driver, name).verify(finding, probe),
  };
}

/** What a kind that can be switched off has besides; that its driver can is a matter of the manifest. */
function switches(name: GatewayKind): Pick<Kind<GatewayDriver>, "disable" | "restore"> {
  const cannot = () => new RangeError(`this gateway cannot switch ${name} off and on`);
  return {
    async disable(driver, finding) {
      const outcome = await driverKind(driver, name).disable?.(finding);
      if (outcome === undefined) throw cannot();
      return outcome;
    },
    async restore(driver, finding) {
      const outcome = await driverKind(driver, name).restore?.(finding);
      if (outcome === undefined) throw cannot();
      return outcome;
    },
  };
}

function driverKind(driver: GatewayDriver, name: GatewayKind): DriverKind {
  const kind = driver.kinds[name];
  if (kind === undefined) throw new RangeError(`this gateway has no ${name}`);
  return kind;
}
