import type { FieldType } from "./kinds.ts";
import type { Json } from "./store.ts";

interface PluginSpec {
  /** Higher runs earlier. */
  readonly priority: number;
  /** Auth plugins find out the consumer, so they cannot be limited to one. */
  readonly isForConsumers: boolean;
  readonly config: Readonly<Record<string, { readonly type: FieldType; readonly default: Json }>>;
}

const auth = {
  anonymous: { type: "string", default: null },
  hide_credentials: { type: "boolean", default: false },
  realm: { type: "string", default: null },
} as const;

/**
 * The plugins of the fake: priority, and the part of the configuration that it heeds.
 *
 * Priorities: key-auth 1250, basic-auth 1100, jwt 1450, oauth2 1400, hmac-auth 1030, acl 950, rate-limiting 910,
 * request-termination 2, "the lowest priority of all plugins except Post-Function [...] it will execute after all other
 * plugins have been applied": authentication comes first, so a caller whose key is unknown sees 401 and never the
 * termination. https://developer.konghq.com/plugins/request-termination (section "Request termination priority"); the
 * table of all: https://docs.konghq.com/gateway/latest/plugin-development/custom-logic/#plugins-execution-order.
 */
export const plugins: Readonly<Record<string, PluginSpec>> = {
  jwt: {
    priority: 1450,
    isForConsumers: false,
    config: {
      ...auth,
      key_claim_name: { type: "string", default: "iss" },
      uri_param_names: { type: "strings", default: ["jwt"] },
      claims_to_verify: { type: "strings", default: null },
      secret_is_base64: { type: "boolean", default: false },
    },
  },
  oauth2: {
    priority: 1400,
    isForConsumers: false,
    config: { ...auth, global_credentials: { type: "boolean", default: false } },
  },
  "key-auth": {
    priority: 1250,
    isForConsumers: false,
    config: {
      ...auth,
      key_names: { type: "strings", default: ["apikey"] },
      key_in_header: { type: "boolean", default: true },
      key_in_query: { type: "boolean", default: true },
      key_in_body: { type: "boolean", default: false },
      run_on_preflight: { type: "boolean", default: true },
    },
  },
  "basic-auth": { priority: 1100, isForConsumers: false, config: auth },
  "hmac-auth": {
    priority: 1030,
    isForConsumers: false,
    config: {
      ...auth,
      clock_skew: { type: "integer", default: 300 },
      algorithms: { type: "strings", default: ["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"] },
      enforce_headers: { type: "strings", default: [] },
    },
  },
  acl: {
    priority: 950,
    isForConsumers: false,
    config: {
      allow: { type: "strings", default: null },
      deny: { type: "strings", default: null },
      hide_groups_header: { type: "boolean", default: false },
    },
  },
  // Accepted and kept, not acted upon: something on a consumer that nobody should touch.
  "rate-limiting": { priority: 910, isForConsumers: true, config: { minute: { type: "integer", default: null } } },
  "request-termination": {
    priority: 2,
    isForConsumers: true,
    config: {
      status_code: { type: "integer", default: 503 },
      message: { type: "string", default: null },
      body: { type: "string", default: null },
      content_type: { type: "string", default: null },
      echo: { type: "boolean", default: false },
      trigger: { type: "string", default: null },
    },
  },
};

/** What request-termination says when its configuration names no message (plugins/request-termination/handler.lua). */
export const defaultMessages: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  404: "Not found",
  405: "Method not allowed",
  500: "An unexpected error occurred",
  502: "Bad Gateway",
  503: "Service unavailable",
};
