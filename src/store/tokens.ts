import { timingSafeEqual } from "node:crypto";
import { CodedError } from "../domain/error.ts";
import { newId } from "../domain/id.ts";
import { audit } from "./audit.ts";
import { row, rows } from "./sql.ts";
import type { Queryable } from "./sql.ts";
import { isWellFormedToken, mintToken, tokenDigest } from "./token-value.ts";

export const tokenRoles = ["viewer", "auditor", "operator", "approver", "admin"] as const;

/** What an API token may do; each may do what the one before it may. */
export type TokenRole = (typeof tokenRoles)[number];

/** A token as anybody may see it: never its value, never its digest. */
export interface TokenRecord {
  id: string;
  kind: "api" | "source";
  name: string;
  /** The source that a source token speaks for; null for API tokens. */
  source: string | null;
  /** Null for source tokens. */
  role: TokenRole | null;
  prefix: string;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

export type NewToken = { name: string; expiresAt: Date | null } & (
  { kind: "api"; role: TokenRole } | { kind: "source"; source: string }
);

export type TokenErrorCode = "too-many-tokens";

export class TokenError extends CodedError<TokenErrorCode> {
  override readonly name = "TokenError";
}

/** Live tokens of one name: the present one and its successor, while a rotation lasts (trust rule 15). */
const maxLivePerName = 2;

const columns = `id, kind, name, source, role, prefix, created_at AS "createdAt", created_by AS "createdBy",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`;

/**
 * Mints a token; its value is in the answer and nowhere else. Call inside a transaction.
 * @throws {TokenError} `too-many-tokens` when the name has two live tokens already.
 */
export async function createToken(
  client: Queryable,
  token: NewToken,
  by: string,
): Promise<{ record: TokenRecord; value: string }> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('token:' || $1, 0))`, [token.name]);
  const live = await row<{ count: number }>(
    client,
    `SELECT count(*)::int AS count FROM token
      WHERE kind = $1 AND name = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [token.kind, token.name],
  );
  if ((live?.count ?? 0) >= maxLivePerName)
    throw new TokenError("too-many-tokens", `${token.name} has two live tokens; revoke one before making another`);

  const minted = mintToken();
  const record = await row<TokenRecord>(
    client,
    `INSERT INTO token (id, kind, name, source, role, prefix, sha256, created_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${columns}`,
    [
      newId(),
      token.kind,
      token.name,
      token.kind === "source" ? token.source : null,
      token.kind === "api" ? token.role : null,
      minted.prefix,
      minted.sha256,
      by,
      token.expiresAt,
    ],
  );
  if (record === null) throw new Error("token was not stored");
  await audit(client, {
    actor: by,
    action: "token.created",
    data: { tokenId: record.id, kind: record.kind, name: record.name, role: record.role, source: record.source },
  });
  return { record, value: minted.value };
}

/** Ends a token. False when there is none with this id; a token already revoked stays as it was. */
export async function revokeToken(client: Queryable, id: string, by: string): Promise<boolean> {
  const found = await row<{ id: string; wasLive: boolean }>(
    client,
    `WITH present AS (SELECT id, revoked_at FROM token WHERE id = $1 FOR UPDATE),
          ended AS (UPDATE token SET revoked_at = now() FROM present WHERE token.id = present.id AND present.revoked_at IS NULL)
     SELECT id, revoked_at IS NULL AS "wasLive" FROM present`,
    [id],
  );
  if (found === null) return false;
  if (found.wasLive) await audit(client, { actor: by, action: "token.revoked", data: { tokenId: id } });
  return true;
}

export async function listTokens(client: Queryable): Promise<TokenRecord[]> {
  return await rows<TokenRecord>(client, `SELECT ${columns} FROM token ORDER BY created_at, id LIMIT 1000`);
}

/**
 * The live token with this value, or null. Looked up by digest, so the time taken tells nothing about the value; the
 * comparison in constant time guards against an index that matches too generously (T22). Notes the use, at most once
 * a minute.
 */
export async function findToken(client: Queryable, value: string, kind: "api" | "source"): Promise<TokenRecord | null> {
  if (!isWellFormedToken(value)) return null;
  const digest = tokenDigest(value);
  const found = await row<TokenRecord & { sha256: string; stale: boolean }>(
    client,
    `SELECT ${columns}, sha256, (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') AS stale
       FROM token WHERE sha256 = $1 AND kind = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [digest, kind],
  );
  if (found === null || !timingSafeEqual(Buffer.from(found.sha256), Buffer.from(digest))) return null;
  const { sha256: _, stale, ...record } = found;
  if (stale)
    await client.query(
      `UPDATE token SET last_used_at = now() WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [record.id],
    );
  return record;
}

/** The live API token with this id, for a session that was opened with it; null once it is revoked or expired. */
export async function liveToken(client: Queryable, id: string): Promise<TokenRecord | null> {
  return await row<TokenRecord>(
    client,
    `SELECT ${columns} FROM token
      WHERE id = $1 AND kind = 'api' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [id],
  );
}
