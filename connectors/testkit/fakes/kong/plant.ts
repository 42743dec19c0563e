import type { Args, Entities } from "./entities.ts";
import { kindNamed } from "./kinds.ts";
import { type Row, textOf } from "./store.ts";

/** A consumer to put in place with all it holds. Ids and secret values that are left out are made up. */
export interface PlantConsumer {
  readonly id?: string;
  readonly username?: string;
  readonly custom_id?: string;
  readonly tags?: readonly string[];
  readonly keyAuth?: readonly { readonly key?: string; readonly tags?: readonly string[]; readonly ttl?: number }[];
  readonly jwt?: readonly { readonly key?: string; readonly secret?: string; readonly algorithm?: string }[];
  readonly basicAuth?: readonly { readonly username: string; readonly password?: string }[];
  readonly hmacAuth?: readonly { readonly username: string; readonly secret?: string }[];
  readonly oauth2?: readonly {
    readonly name: string;
    readonly client_id?: string;
    readonly client_secret?: string;
    readonly tokens?: readonly { readonly access_token?: string; readonly expires_in?: number }[];
  }[];
  readonly acls?: readonly string[];
  readonly mtls?: readonly { readonly subject_name: string }[];
  readonly plugins?: readonly { readonly name: string; readonly config?: Args; readonly tags?: readonly string[] }[];
}

/** A planted credential, as its holder would know it. */
export interface PlantedKey {
  readonly id: string;
  readonly key: string;
}
export interface PlantedJwt extends PlantedKey {
  readonly secret: string;
  readonly algorithm: string;
}
export interface PlantedBasic {
  readonly id: string;
  readonly username: string;
  /** In clear; the fake keeps a hash, as the real one. */
  readonly password: string;
}
export interface PlantedHmac {
  readonly id: string;
  readonly username: string;
  readonly secret: string;
}
export interface PlantedOauth2 {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokens: readonly { readonly id: string; readonly accessToken: string }[];
}

export interface PlantedConsumer {
  readonly id: string;
  readonly username: string | null;
  readonly customId: string | null;
  readonly keyAuth: readonly PlantedKey[];
  readonly jwt: readonly PlantedJwt[];
  readonly basicAuth: readonly PlantedBasic[];
  readonly hmacAuth: readonly PlantedHmac[];
  readonly oauth2: readonly PlantedOauth2[];
  readonly acls: readonly { readonly id: string; readonly group: string }[];
  readonly mtls: readonly { readonly id: string }[];
  readonly plugins: readonly { readonly id: string }[];
}

/** Puts a consumer and its credentials in place by the API's own rules, without a call in the log. */
export function plantConsumer(entities: Entities, wanted: PlantConsumer, serviceId: string, password: () => string) {
  const { id, username, custom_id: customId, tags } = wanted;
  const owner = entities.create(kindNamed("consumers"), given({ id, username, custom_id: customId, tags }));
  const consumer = { id: owner.id };
  const add = (kind: string, args: object): Row => entities.create(kindNamed(kind), given({ ...args, consumer }));
  const planted: PlantedConsumer = {
    id: owner.id,
    username: username ?? null,
    customId: customId ?? null,
    keyAuth: (wanted.keyAuth ?? []).map((one) => {
      const row = add("keyauth_credentials", one);
      return { id: row.id, key: textOf(row, "key") };
    }),
    jwt: (wanted.jwt ?? []).map((one) => {
      const row = add("jwt_secrets", one);
      return {
        id: row.id,
        key: textOf(row, "key"),
        secret: textOf(row, "secret"),
        algorithm: textOf(row, "algorithm"),
      };
    }),
    basicAuth: (wanted.basicAuth ?? []).map((one) => {
      const clear = one.password ?? password();
      return {
        id: add("basicauth_credentials", { ...one, password: clear }).id,
        username: one.username,
        password: clear,
      };
    }),
    hmacAuth: (wanted.hmacAuth ?? []).map((one) => {
      const row = add("hmacauth_credentials", one);
      return { id: row.id, username: one.username, secret: textOf(row, "secret") };
    }),
    oauth2: (wanted.oauth2 ?? []).map(({ tokens = [], ...one }) => {
      const row = add("oauth2_credentials", one);
      return {
        id: row.id,
        clientId: textOf(row, "client_id"),
        clientSecret: textOf(row, "client_secret"),
        tokens: tokens.map((token) => {
          const args = given({ expires_in: 0, ...token, credential: { id: row.id }, service: { id: serviceId } });
          const made = entities.create(kindNamed("oauth2_tokens"), args);
          return { id: made.id, accessToken: textOf(made, "access_token") };
        }),
      };
    }),
    acls: (wanted.acls ?? []).map((group) => ({ id: add("acls", { group }).id, group })),
    mtls: (wanted.mtls ?? []).map((one) => ({ id: add("mtls_auth_credentials", one).id })),
    plugins: (wanted.plugins ?? []).map((one) => ({ id: add("plugins", one).id })),
  };
  return planted;
}

/** Only the fields that were given. */
function given(args: object): Args {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as Args;
}
