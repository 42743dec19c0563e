import { createHmac, timingSafeEqual } from "node:crypto";
import type { Call, Reply } from "../../faults/index.ts";
import { hashPassword } from "./kinds.ts";
import { foreignId, type Json, type Row, type Store, textOf } from "./store.ts";

export type Config = Readonly<Record<string, Json>>;

/** What the proxy reads while it authenticates. */
export interface Seen {
  readonly call: Call;
  readonly store: Store;
  readonly config: Config;
  readonly nowMs: number;
  readonly serviceId: string | null;
  readonly requestId: string;
}

/** The credential that a request carries, or the answer to one that carries none that holds. */
export type Authenticated = { readonly credential: Row; readonly consumerId: string } | { readonly refusal: Reply };

export const authenticators: Readonly<Record<string, (seen: Seen) => Authenticated>> = {
  "key-auth": keyAuth,
  "basic-auth": basicAuth,
  jwt: jwtAuth,
  "hmac-auth": hmacAuth,
  oauth2: oauth2Auth,
};

/** https://github.com/Kong/kong/blob/master/kong/plugins/key-auth/handler.lua ; messages as of pull request 11794. */
function keyAuth({ call, store, config, nowMs, requestId }: Seen): Authenticated {
  const names = strings(config.key_names);
  const values = names.flatMap((name) => {
    const header = config.key_in_header === true ? call.headers[name.toLowerCase()] : undefined;
    const query = config.key_in_query === true ? call.query.getAll(name) : [];
    return header === undefined ? [query].filter((list) => list.length > 0) : [[header].flat()];
  });
  const [found] = values;
  const challenge = { "www-authenticate": "Key" };
  const refuse = (message: string) => unauthorized(challenge, { message, request_id: requestId });
  if (found !== undefined && found.length > 1) return refuse("Duplicate API key found");
  const key = found?.[0] ?? "";
  if (key === "") return refuse("No API key found in request");
  const credential = store.byUnique("keyauth_credentials", "key", key);
  const isExpired =
    typeof credential?.ttl === "number" && Number(credential.created_at) + credential.ttl <= nowMs / 1_000;
  return credential === undefined || isExpired ? refuse("Unauthorized") : held(credential);
}

/** https://github.com/Kong/kong/blob/master/kong/plugins/basic-auth/access.lua */
function basicAuth({ call, store }: Seen): Authenticated {
  const refused = () => unauthorized({ "www-authenticate": 'Basic realm="service"' }, { message: "Unauthorized" });
  const [, encoded = ""] = /^\s*basic\s+(.+)$/i.exec(call.headers.authorization ?? "") ?? [];
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon < 1) return refused();
  const credential = store.byUnique("basicauth_credentials", "username", decoded.slice(0, colon));
  if (credential === undefined) return refused();
  const digest = hashPassword(foreignId(credential, "consumer") ?? "", decoded.slice(colon + 1));
  return digest === credential.password ? held(credential) : refused();
}

/**
 * `iss` names the credential, its secret signs. 401 throughout; earlier versions said 403.
 * https://github.com/Kong/kong/blob/master/kong/plugins/jwt/handler.lua
 */
function jwtAuth({ call, store, config, nowMs }: Seen): Authenticated {
  const refuse = (message: string) => unauthorized({ "www-authenticate": "Bearer" }, { message });
  const inQuery = strings(config.uri_param_names).flatMap((name) => call.query.get(name) ?? [])[0];
  const token = inQuery ?? /^\s*bearer\s+(.+)$/i.exec(call.headers.authorization ?? "")?.[1];
  if (token === undefined) return refuse("Unauthorized");
  const [header, claims, signature] = token.split(".");
  if (header === undefined || claims === undefined || signature === undefined) return refuse("Bad token; invalid JSON");
  const head = decodeJson(header);
  const body = decodeJson(claims);
  if (head === null || body === null) return refuse("Bad token; invalid JSON");
  const name = textOf(config, "key_claim_name");
  const key = body[name] ?? head[name];
  if (typeof key !== "string") return refuse(`No mandatory '${name}' in claims`);
  const credential = store.byUnique("jwt_secrets", "key", key);
  if (credential === undefined) return refuse(`No credentials found for given '${name}'`);
  if (head.alg !== credential.algorithm) return refuse("Invalid algorithm");
  const [, bits] = /^HS(256|384|512)$/.exec(textOf(credential, "algorithm")) ?? [];
  if (bits === undefined) return refuse("Invalid signature"); // the fake checks shared secrets only
  const digest = createHmac(`sha${bits}`, textOf(credential, "secret")).update(`${header}.${claims}`).digest();
  if (!isEqual(digest, Buffer.from(signature, "base64url"))) return refuse("Invalid signature");
  const isExpired = strings(config.claims_to_verify).includes("exp") && Number(body.exp) * 1_000 <= nowMs;
  return isExpired ? unauthorized({}, { exp: "token expired" }) : held(credential);
}

/** https://github.com/Kong/kong/blob/master/kong/plugins/hmac-auth/access.lua */
function hmacAuth({ call, store, config, nowMs }: Seen): Authenticated {
  const refuse = (message: string) => unauthorized({ "www-authenticate": "hmac" }, { message });
  const { authorization, date } = call.headers;
  if (authorization === undefined) return refuse("Unauthorized");
  const stated = [call.headers["x-date"]].flat()[0] ?? date ?? "";
  const skewSeconds = Math.abs(nowMs - Date.parse(stated)) / 1_000;
  if (!(skewSeconds <= Number(config.clock_skew))) {
    return refuse(
      "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication",
    );
  }
  const form =
    /^\s*hmac\s+username="([^"]+)",\s*algorithm="hmac-(sha\d+)",\s*headers="([^"]+)",\s*signature="([^"]+)"/i;
  const [, username = "", hash = "", headers = "", signature = ""] = form.exec(authorization) ?? [];
  const credential = store.byUnique("hmacauth_credentials", "username", username);
  if (credential === undefined) return refuse("HMAC signature cannot be verified");
  const lines = headers.split(" ").map((name) => {
    const target = call.query.size > 0 ? `${call.path}?${call.query.toString()}` : call.path;
    const value = [call.headers[name.toLowerCase()]].flat()[0];
    return name === "request-line" && value === undefined
      ? `${call.method} ${target} HTTP/1.1`
      : `${name}: ${value ?? ""}`;
  });
  const isKnown = strings(config.algorithms).includes(`hmac-${hash}`);
  const digest = isKnown
    ? createHmac(hash, textOf(credential, "secret")).update(lines.join("\n")).digest()
    : Buffer.alloc(0);
  const isTrue = isKnown && isEqual(digest, Buffer.from(signature, "base64"));
  return isTrue ? held(credential) : refuse("HMAC signature does not match");
}

/** https://github.com/Kong/kong/blob/master/kong/plugins/oauth2/access.lua ; `expires_in` 0 never expires. */
function oauth2Auth({ call, store, config, nowMs, serviceId }: Seen): Authenticated {
  const [scheme = "", given] = (call.headers.authorization ?? "").split(/\s+/);
  const token = /^(bearer|token)$/i.test(scheme) ? given : call.query.get("access_token");
  const bearer = 'Bearer realm="service"';
  if (token === null || token === undefined) {
    const body = { error: "invalid_request", error_description: "The access token is missing" };
    return unauthorized({ "www-authenticate": bearer }, body);
  }
  const description = "The access token is invalid or has expired";
  const challenge = `${bearer} error="invalid_token" error_description="${description}"`;
  const refused = () =>
    unauthorized({ "www-authenticate": challenge }, { error: "invalid_token", error_description: description });
  const row = store.byUnique("oauth2_tokens", "access_token", token);
  const application =
    row === undefined ? undefined : store.get("oauth2_credentials", foreignId(row, "credential") ?? "");
  if (row === undefined || application === undefined) return refused();
  const service = foreignId(row, "service");
  if (service === null ? config.global_credentials !== true : service !== serviceId) return refused();
  const lifetime = Number(row.expires_in);
  return lifetime > 0 && nowMs / 1_000 - Number(row.created_at) > lifetime ? refused() : held(application);
}

function held(credential: Row): Authenticated {
  return { credential, consumerId: foreignId(credential, "consumer") ?? "" };
}

function unauthorized(headers: Readonly<Record<string, string>>, body: Json): Authenticated {
  return { refusal: { status: 401, headers, content: { json: body } } };
}

function decodeJson(part: string): Config | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Config) : null;
  } catch {
    return null;
  }
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
