import { createHash, randomInt } from "node:crypto";
import type { Json, Row, TableSpec } from "./store.ts";

export type FieldType = "string" | "integer" | "boolean" | "strings" | "record";

export interface FieldSpec {
  readonly type: FieldType;
  readonly isRequired?: true;
  readonly isUnique?: true;
  readonly oneOf?: readonly string[];
  /** What a missing or null value becomes; a function makes a fresh one. */
  readonly default?: Json | (() => Json);
}

export interface ForeignSpec {
  /** Name of the kind it points at. */
  readonly to: string;
  readonly isRequired?: true;
}

/**
 * One kind of entity: how the Admin API names it, finds it and checks it.
 *
 * Collections, fields and their defaults: Kong Gateway Admin API 3.14 description
 * (https://developer.konghq.com/api/gateway/admin-ee/); endpoint keys, automatic values and cascades: each plugin's `daos.lua`
 * in https://github.com/Kong/kong/tree/master/kong/plugins. OAuth 2.0 is in no description: its plugin page and `daos.lua`.
 */
export interface KindSpec {
  /** The name in error messages. */
  readonly name: string;
  /** The segment of its own collection, such as `key-auths`. */
  readonly collection: string;
  /** The segment below what it belongs to, such as `key-auth`. */
  readonly nested: string;
  /** The field that may stand in a path in place of the id. */
  readonly endpointKey?: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
  readonly foreign: Readonly<Record<string, ForeignSpec>>;
  readonly hasUpdatedAt?: true;
  /** Fields of which at least one must be set. */
  readonly atLeastOneOf?: readonly string[];
  /** Fields that must differ together. */
  readonly uniqueTogether?: readonly string[];
  readonly isEnterprise?: true;
  /** Turns what a client sent into what is stored. */
  readonly store?: (row: Row) => Row;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A random value as Kong makes them: 32 letters and digits. */
export const randomValue = (): string =>
  Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join("");

/** Kong keeps a basic-auth password as SHA-1 over the password and the consumer's id (plugins/basic-auth/crypto.lua). */
export function hashPassword(consumerId: string, password: string): string {
  return createHash("sha1").update(`${password}${consumerId}`).digest("hex");
}

const tags = { type: "strings" } as const;
const consumer = { consumer: { to: "consumers", isRequired: true } } as const;

const algorithms = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "EdDSA"];

export const kinds: readonly KindSpec[] = [
  {
    name: "consumers",
    collection: "consumers",
    nested: "consumers",
    endpointKey: "username",
    hasUpdatedAt: true,
    atLeastOneOf: ["custom_id", "username"],
    fields: {
      username: { type: "string", isUnique: true },
      custom_id: { type: "string", isUnique: true },
      tags,
    },
    foreign: {},
  },
  {
    name: "services",
    collection: "services",
    nested: "services",
    endpointKey: "name",
    hasUpdatedAt: true,
    fields: {
      name: { type: "string", isUnique: true },
      host: { type: "string", isRequired: true },
      port: { type: "integer", default: 80 },
      protocol: { type: "string", default: "http" },
      path: { type: "string" },
      retries: { type: "integer", default: 5 },
      enabled: { type: "boolean", default: true },
      connect_timeout: { type: "integer", default: 60_000 },
      read_timeout: { type: "integer", default: 60_000 },
      write_timeout: { type: "integer", default: 60_000 },
      tags,
    },
    foreign: {},
  },
  {
    name: "routes",
    collection: "routes",
    nested: "routes",
    endpointKey: "name",
    hasUpdatedAt: true,
    fields: {
      name: { type: "string", isUnique: true },
      paths: { type: "strings" },
      methods: { type: "strings" },
      hosts: { type: "strings" },
      protocols: { type: "strings", default: ["http", "https"] },
      strip_path: { type: "boolean", default: true },
      preserve_host: { type: "boolean", default: false },
      regex_priority: { type: "integer", default: 0 },
      https_redirect_status_code: { type: "integer", default: 426 },
      tags,
    },
    foreign: { service: { to: "services" } },
  },
  {
    name: "keyauth_credentials",
    collection: "key-auths",
    nested: "key-auth",
    endpointKey: "key",
    fields: { key: { type: "string", isUnique: true, default: randomValue }, ttl: { type: "integer" }, tags },
    foreign: consumer,
  },
  {
    name: "jwt_secrets",
    collection: "jwts",
    nested: "jwt",
    endpointKey: "key",
    fields: {
      key: { type: "string", isUnique: true, default: randomValue },
      secret: { type: "string", default: randomValue },
      rsa_public_key: { type: "string" },
      algorithm: { type: "string", default: "HS256", oneOf: algorithms },
      tags,
    },
    foreign: consumer,
  },
  {
    name: "basicauth_credentials",
    collection: "basic-auths",
    nested: "basic-auth",
    endpointKey: "username",
    fields: {
      username: { type: "string", isRequired: true, isUnique: true },
      password: { type: "string", isRequired: true },
      tags,
    },
    foreign: consumer,
  },
  {
    name: "hmacauth_credentials",
    collection: "hmac-auths",
    nested: "hmac-auth",
    endpointKey: "username",
    fields: {
      username: { type: "string", isRequired: true, isUnique: true },
      secret: { type: "string", default: randomValue },
      tags,
    },
    foreign: consumer,
  },
  {
    name: "oauth2_credentials",
    collection: "oauth2",
    nested: "oauth2",
    endpointKey: "client_id",
    fields: {
      name: { type: "string", isRequired: true },
      client_id: { type: "string", isUnique: true, default: randomValue },
      client_secret: { type: "string", default: randomValue },
      hash_secret: { type: "boolean", default: false },
      redirect_uris: { type: "strings" },
      client_type: { type: "string", default: "confidential", oneOf: ["confidential", "public"] },
      tags,
    },
    foreign: consumer,
  },
  {
    name: "oauth2_tokens",
    collection: "oauth2_tokens",
    nested: "oauth2_tokens",
    endpointKey: "access_token",
    fields: {
      access_token: { type: "string", isUnique: true, default: randomValue },
      refresh_token: { type: "string", isUnique: true },
      token_type: { type: "string", default: "bearer", oneOf: ["bearer"] },
      expires_in: { type: "integer", isRequired: true },
      authenticated_userid: { type: "string" },
      scope: { type: "string" },
      ttl: { type: "integer" },
    },
    foreign: { credential: { to: "oauth2_credentials", isRequired: true }, service: { to: "services" } },
  },
  {
    name: "acls",
    collection: "acls",
    nested: "acls",
    fields: { group: { type: "string", isRequired: true }, tags },
    foreign: consumer,
    uniqueTogether: ["consumer", "group"],
  },
  {
    name: "mtls_auth_credentials",
    collection: "mtls-auths",
    nested: "mtls-auth",
    isEnterprise: true,
    fields: { subject_name: { type: "string", isRequired: true }, tags },
    foreign: consumer,
  },
  {
    name: "plugins",
    collection: "plugins",
    nested: "plugins",
    endpointKey: "instance_name",
    hasUpdatedAt: true,
    fields: {
      name: { type: "string", isRequired: true },
      instance_name: { type: "string", isUnique: true },
      config: { type: "record", default: {} },
      enabled: { type: "boolean", default: true },
      protocols: { type: "strings", default: ["grpc", "grpcs", "http", "https"] },
      ordering: { type: "record" },
      tags,
    },
    foreign: { consumer: { to: "consumers" }, route: { to: "routes" }, service: { to: "services" } },
    uniqueTogether: ["consumer", "name", "route", "service"],
  },
];

export function kindNamed(name: string): KindSpec {
  const kind = kinds.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

export function tableOf(kind: KindSpec): TableSpec {
  const fields = Object.entries(kind.fields);
  return {
    name: kind.name,
    uniqueFields: fields.flatMap(([field, spec]) => (spec.isUnique === true ? [field] : [])),
    foreignFields: Object.keys(kind.foreign),
  };
}
