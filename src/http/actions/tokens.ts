import { inTransaction } from "../../store/pool.ts";
import { row } from "../../store/sql.ts";
import { createToken, revokeToken, TokenError } from "../../store/tokens.ts";
import type { NewToken, TokenRecord } from "../../store/tokens.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { notFound, Problem } from "../problem.ts";

/** Mints a token; the value is in this answer and nowhere else (T37). @throws {Problem} `too-many-tokens` */
export async function mintApiToken(
  token: NewToken,
  actor: Actor,
  deps: HttpDeps,
): Promise<{ record: TokenRecord; value: string }> {
  if (token.kind === "source" && !deps.sources().includes(token.source))
    throw new Problem("invalid-request", "Check source.", {
      errors: [
        {
          field: "source",
          message: `must be one of ${deps.sources().join(", ") || "none, as no source is configured"}`,
        },
      ],
    });
  try {
    return await inTransaction(deps.pool, (client) => createToken(client, token, actor.label));
  } catch (cause) {
    if (cause instanceof TokenError) throw new Problem("too-many-tokens", `${cause.message}.`, { cause });
    throw cause;
  }
}

/** Ends a token at once, and with it the sessions it opened. @throws {Problem} `not-found`, `last-admin` */
export async function endToken(tokenId: string, actor: Actor, deps: HttpDeps): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('token:admins', 0))`);
    const admins = await row<{ others: number; isAdmin: boolean }>(
      client,
      `SELECT count(*) FILTER (WHERE id <> $1)::int AS others, coalesce(bool_or(id = $1), false) AS "isAdmin" FROM token
        WHERE kind = 'api' AND role = 'admin' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
      [tokenId],
    );
    if (admins !== null && admins.isAdmin && admins.others === 0)
      throw new Problem("last-admin", "Make another admin token first.");
    if (!(await revokeToken(client, tokenId, actor.label))) throw notFound();
  });
}
