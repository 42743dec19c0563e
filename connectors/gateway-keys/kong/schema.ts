import { z } from "zod";
import { secretText } from "../../contract/secret.ts";

/**
 * What the Admin API answers, as far as it is read; evidence keeps these fields and no others.
 * @see https://developer.konghq.com/api/gateway/admin-ee/
 */
const id = z.guid();
const seconds = z.number().nullish();
const tags = z.array(z.string()).nullish();
export const reference = z.object({ id });

export const consumer = z.object({
  id,
  username: z.string().nullish(),
  custom_id: z.string().nullish(),
  tags,
  created_at: seconds,
});
export type KongConsumer = z.output<typeof consumer>;

const owned = { id, consumer: reference, tags, created_at: seconds };

export const keyAuth = z.object({ ...owned, key: secretText, ttl: z.number().nullish() });
/** `key` is the `iss` claim that names the credential; only `secret` signs. */
export const jwt = z.object({
  ...owned,
  key: z.string(),
  secret: secretText.nullish(),
  algorithm: z.string().nullish(),
});
/** `password` is Kong's hash of it, which is still nothing to keep. */
export const basicAuth = z.object({ ...owned, username: z.string(), password: secretText.nullish() });
export const hmacAuth = z.object({ ...owned, username: z.string(), secret: secretText.nullish() });
export const oauth2 = z.object({
  ...owned,
  name: z.string(),
  client_id: z.string().nullish(),
  client_secret: secretText.nullish(),
  client_type: z.string().nullish(),
});
export const acl = z.object({ ...owned, group: z.string() });

export const oauth2Token = z.object({
  id,
  credential: reference,
  access_token: secretText.nullish(),
  refresh_token: secretText.nullish(),
  expires_in: z.number().nullish(),
  scope: z.string().nullish(),
  created_at: seconds,
});

export const plugin = z.object({
  id,
  name: z.string(),
  enabled: z.boolean().nullish(),
  config: z.object({ status_code: z.number().nullish(), trigger: z.string().nullish() }).nullish(),
  consumer: reference.nullish(),
  route: reference.nullish(),
  service: reference.nullish(),
  tags,
});
export type KongPlugin = z.output<typeof plugin>;

/** One page of a collection; `offset` is where the next one starts, left out on the last. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), offset: z.string().nullish(), next: z.string().nullish() });
}

/**
 * `message` of an error, from the Admin API and from the proxy's plugins alike. It may repeat whatever Kong was sent or
 * holds, so of its words only those are read, and become evidence, that tell us something.
 */
export const problem = z.object({
  message: z
    .string()
    .nullish()
    .transform((words) => telling.find((phrase) => words?.toLowerCase().includes(phrase.toLowerCase())) ?? null),
});
const telling = ["No API key found in request", "not enabled"] as const;

const availability = z.union([z.boolean(), z.object({ version: z.string().nullish() })]).optional();

/** `GET /`: what this node is. */
export const node = z.object({
  version: z.string(),
  configuration: z.object({ database: z.string().nullish(), role: z.string().nullish() }).nullish(),
  plugins: z.object({ available_on_server: z.object({ "request-termination": availability }).nullish() }).nullish(),
});
export type KongNode = z.output<typeof node>;
