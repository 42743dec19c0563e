import type { DescribedApi, DescribedOperation } from "../../openapi/index.ts";

const page: DescribedOperation = { query: ["offset", "size", "tags"], body: null };
const bare: DescribedOperation = { query: [], body: null };

const application = [
  "client_id",
  "client_secret",
  "client_type",
  "consumer",
  "created_at",
  "hash_secret",
  "id",
  "name",
  "redirect_uris",
  "tags",
];

const token = [
  "access_token",
  "authenticated_userid",
  "created_at",
  "credential",
  "expires_in",
  "id",
  "refresh_token",
  "scope",
  "service",
  "token_type",
  "ttl",
];

/**
 * The OAuth 2.0 part of the Admin API, which the vendor's description leaves out: collections and fields as the plugin
 * declares them, the routes that Kong makes of such a declaration.
 *
 * @see https://github.com/Kong/kong/blob/master/kong/plugins/oauth2/daos.lua
 * @see https://github.com/Kong/kong/blob/master/kong/api/endpoints.lua
 */
export const oauth2Api: DescribedApi = {
  title: "Kong OAuth 2.0 plugin",
  version: "3.14.0",
  licence: "Apache-2.0",
  operations: {
    ...routesOf("/consumers/{consumer}/oauth2", application),
    ...routesOf("/oauth2", application),
    ...routesOf("/oauth2/{application}/oauth2_tokens", token),
    ...routesOf("/oauth2_tokens", token),
  },
};

function routesOf(collection: string, body: readonly string[]): DescribedApi["operations"] {
  return {
    [`GET ${collection}`]: page,
    [`POST ${collection}`]: { query: [], body },
    [`GET ${collection}/{id}`]: bare,
    [`PUT ${collection}/{id}`]: { query: [], body },
    [`PATCH ${collection}/{id}`]: { query: [], body },
    [`DELETE ${collection}/{id}`]: bare,
  };
}
