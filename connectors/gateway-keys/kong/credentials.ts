import type { z } from "zod";
import type { Finding } from "../../../src/domain/access.ts";
import type { Secret } from "../../contract/secret.ts";
import type { CursorPage } from "../../contract/paging.ts";
import type { GatewayKind } from "../driver.ts";
import type { CredentialPlace, KongClient } from "./client.ts";
import { acl, basicAuth, hmacAuth, jwt, keyAuth, oauth2 } from "./schema.ts";

/** A credential as it was listed: what may be told about it, and apart from that what would let somebody in. */
export interface ListedCredential {
  finding: Finding;
  material: Secret | null;
}

/** One sort of credential that belongs to a consumer. */
export interface CredentialKind extends CredentialPlace {
  kind: GatewayKind;
  /** The same things on their own, whoever they belong to: `key-auths`. */
  collection: string;
  /** One page; null where Kong says 404. */
  page(
    kong: KongClient,
    consumerId: string,
    cursor: string | null,
    now: Date,
  ): Promise<CursorPage<ListedCredential> | null>;
}

/** What every credential of a consumer has. */
interface Owned {
  id: string;
  consumer: { id: string };
  tags?: readonly string[] | null | undefined;
  created_at?: number | null | undefined;
}

interface Reading<Row extends Owned> extends Omit<CredentialKind, "page"> {
  item: z.ZodType<Row>;
  label: (row: Row) => string;
  facts?: (row: Row) => Finding["facts"];
  /** Seconds that are left. */
  ttl?: (row: Row) => number | null | undefined;
  /** Kept only of kinds that can be tried at the proxy. */
  material?: (row: Row) => Secret;
}

export const credentialKinds: readonly CredentialKind[] = [
  credentialKind({
    kind: "key-auth",
    nested: "key-auth",
    collection: "key-auths",
    suffix: "KeyAuth",
    item: keyAuth,
    label: ({ id }) => `API key ${id.slice(0, 8)}`,
    ttl: ({ ttl }) => ttl,
    material: ({ key }) => key,
  }),
  credentialKind({
    kind: "jwt",
    nested: "jwt",
    collection: "jwts",
    suffix: "Jwt",
    item: jwt,
    label: ({ key }) => `JWT issuer ${key}`,
    facts: ({ algorithm }) => ({ algorithm: algorithm ?? null }),
  }),
  credentialKind({
    kind: "basic-auth",
    nested: "basic-auth",
    collection: "basic-auths",
    suffix: "BasicAuth",
    item: basicAuth,
    label: ({ username }) => `user name ${username}`,
  }),
  credentialKind({
    kind: "hmac-auth",
    nested: "hmac-auth",
    collection: "hmac-auths",
    suffix: "HmacAuth",
    item: hmacAuth,
    label: ({ username }) => `HMAC user name ${username}`,
  }),
  credentialKind({
    kind: "oauth2",
    nested: "oauth2",
    collection: "oauth2",
    suffix: "Oauth2",
    item: oauth2,
    label: ({ name }) => `application ${name}`,
    facts: ({ client_id: clientId, client_type: clientType }) => ({
      clientId: clientId ?? null,
      clientType: clientType ?? null,
    }),
  }),
  credentialKind({
    kind: "acl",
    nested: "acls",
    collection: "acls",
    suffix: "Acl",
    item: acl,
    label: ({ group }) => `group ${group}`,
    facts: ({ group }) => ({ group }),
  }),
];

function credentialKind<Row extends Owned>(reading: Reading<Row>): CredentialKind {
  const { kind, item, label, facts, ttl, material } = reading;
  return {
    ...reading,
    async page(kong, consumerId, cursor, now) {
      const page = await kong.credentialsPage(reading, item, consumerId, cursor);
      if (page === null) return null;
      const items = page.items.map((row): ListedCredential => {
        const secondsLeft = ttl?.(row);
        const finding: Finding = {
          kind,
          ref: row.id,
          accountId: row.consumer.id,
          label: label(row),
          holder: "owned",
          risk: "write",
          createdAt: fromSeconds(row.created_at),
          lastUsedAt: null, // Kong keeps no record of use
          expiresAt: fromSeconds(typeof secondsLeft === "number" ? now.getTime() / 1_000 + secondsLeft : null),
          facts: { ...facts?.(row), tags: row.tags?.join(",") ?? null },
        };
        return { finding, material: material?.(row) ?? null };
      });
      return { items, next: page.next };
    },
  };
}

/** Kong counts in Unix seconds. */
export function fromSeconds(seconds: number | null | undefined): string | null {
  return typeof seconds === "number" ? new Date(seconds * 1_000).toISOString() : null;
}
