import type { Permission } from "../contract/connector.ts";

/**
 * What an RBAC role needs in its workspace, as action and endpoint (Kong Enterprise; the open edition has no roles).
 * @see https://developer.konghq.com/gateway/entities/rbac/
 */
export const permissions: readonly Permission[] = [
  { name: "read /", for: "read", why: "tells the version and whether the Admin API may be written to" },
  { name: "read /consumers/*", for: "read", why: "finds the consumer and lists its credentials and plugins" },
  { name: "read /key-auths", for: "read", why: "checks that API keys can be seen" },
  { name: "read /jwts", for: "read", why: "checks that JWT credentials can be seen" },
  { name: "read /basic-auths", for: "read", why: "checks that basic credentials can be seen" },
  { name: "read /hmac-auths", for: "read", why: "checks that HMAC credentials can be seen" },
  { name: "read /acls", for: "read", why: "checks that group memberships can be seen" },
  { name: "read /oauth2/*", for: "read", why: "lists the tokens of an application" },
  { name: "read /oauth2_tokens/*", for: "read", why: "looks again for a token" },
  { name: "create /consumers/*/plugins", for: "contain", why: "freezes the consumer" },
  { name: "update /consumers/*/plugins/*", for: "contain", why: "switches our own freeze on again" },
  { name: "delete /consumers/*/plugins/*", for: "contain", why: "takes the freeze away again" },
  { name: "delete /consumers/*", for: "delete", why: "deletes the credentials of the consumer" },
  { name: "delete /oauth2_tokens/*", for: "delete", why: "deletes OAuth 2.0 tokens" },
];
