import type { Permission } from "../contract/connector.ts";
import { apiGatewayPermissions } from "./aws/permissions.ts";

/** What each product must allow; an operator needs the part of the driver that a target names. */
export const permissions: readonly Permission[] = [
  ...at("driver kong", kongPermissions()),
  ...at("driver aws-api-gateway", apiGatewayPermissions),
];

function at(driver: string, needed: readonly Permission[]): readonly Permission[] {
  return needed.map(({ where, ...permission }) => ({
    ...permission,
    where: where === undefined ? driver : `${driver}, ${where}`,
  }));
}

/**
 * What an RBAC role needs in its workspace, as action and endpoint (Kong Enterprise; the open edition has no roles).
 * `*` stands for exactly one segment.
 * @see https://developer.konghq.com/gateway/entities/rbac/
 */
function kongPermissions(): readonly Permission[] {
  const endpoints: readonly (readonly [endpoint: string, why: string])[] = [
    ["/", "tells the version, and whether the Admin API takes changes"],
    ["/consumers", "lists the consumers, to match them to people"],
    ["/consumers/*", "finds a consumer by its id"],
    ["/consumers/*/*", "lists the credentials and the plugins of a consumer"],
    ["/consumers/*/*/*", "looks again for one credential"],
    ["/oauth2/*/oauth2_tokens", "lists the tokens of an application"],
    ["/oauth2_tokens/*", "looks again for one token"],
    ["/oauth2_tokens", "shows that tokens can be seen, so that a missing one means something"],
    ...["key-auths", "jwts", "basic-auths", "hmac-auths", "oauth2", "acls"].map(
      (collection) => [`/${collection}`, `checks that ${collection} can be seen`] as const,
    ),
  ];
  return [
    ...endpoints.map(([endpoint, why]): Permission => ({ name: `read ${endpoint}`, for: "read", why })),
    { name: "create /consumers/*/plugins", for: "contain", why: "freezes the consumer" },
    { name: "update /consumers/*/plugins/*", for: "contain", why: "puts our own freeze right again" },
    { name: "delete /consumers/*/plugins/*", for: "contain", why: "takes our own freeze away again" },
    { name: "delete /consumers/*/key-auth/*", for: "delete", why: "deletes API keys" },
    { name: "delete /consumers/*/jwt/*", for: "delete", why: "deletes JWT credentials" },
    { name: "delete /consumers/*/basic-auth/*", for: "delete", why: "deletes basic credentials" },
    { name: "delete /consumers/*/hmac-auth/*", for: "delete", why: "deletes HMAC credentials" },
    { name: "delete /consumers/*/oauth2/*", for: "delete", why: "deletes OAuth 2.0 applications" },
    { name: "delete /consumers/*/acls/*", for: "delete", why: "ends group memberships" },
    { name: "delete /oauth2_tokens/*", for: "delete", why: "deletes OAuth 2.0 tokens" },
  ];
}
