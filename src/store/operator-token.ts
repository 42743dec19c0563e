import { constants } from "node:fs";
import { lstat, open, unlink } from "node:fs/promises";
import type pg from "pg";
import { audit } from "./audit.ts";
import { row, rows } from "./sql.ts";
import type { Queryable } from "./sql.ts";
import { isWellFormedToken, mintToken, tokenDigest } from "./token-value.ts";
import { newId } from "../domain/id.ts";
import { inTransaction } from "./pool.ts";

const operatorName = "operator";
const actor = "system";

/**
 * Makes sure that whoever can read `file` on this machine can operate Lastday: the first start writes an admin token
 * there (0600). A file that is lost, or whose token is no longer live, is replaced and the earlier token revoked.
 *
 * The file is written before the transaction commits: a crash between the two leaves a value the database does not
 * know, and the next start replaces it. Two starts at once take turns on an advisory lock.
 *
 * @returns whether a new token was written.
 */
export async function ensureOperatorToken({
  pool,
  file,
}: {
  pool: pg.Pool;
  file: string;
}): Promise<{ minted: boolean }> {
  return await inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('token:operator', 0))`);
    const present = await readTokenFile(file);
    if (present !== null && (await isLiveOperator(client, present))) return { minted: false };

    const revoked = await rows<{ id: string }>(
      client,
      `UPDATE token SET revoked_at = now() WHERE name = $1 AND created_by = $2 AND revoked_at IS NULL RETURNING id`,
      [operatorName, actor],
    );
    for (const { id } of revoked) await audit(client, { actor, action: "token.revoked", data: { tokenId: id } });

    const minted = mintToken();
    const id = newId();
    await client.query(
      `INSERT INTO token (id, kind, name, role, prefix, sha256, created_by) VALUES ($1, 'api', $2, 'admin', $3, $4, $5)`,
      [id, operatorName, minted.prefix, minted.sha256, actor],
    );
    await audit(client, { actor, action: "token.created", data: { tokenId: id, name: operatorName, role: "admin" } });
    await writeTokenFile(file, minted.value);
    return { minted: true };
  });
}

async function isLiveOperator(client: Queryable, value: string): Promise<boolean> {
  if (!isWellFormedToken(value)) return false;
  const found = await row(
    client,
    `SELECT 1 FROM token WHERE sha256 = $1 AND kind = 'api' AND role = 'admin' AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > now())`,
    [tokenDigest(value)],
  );
  return found !== null;
}

/** The value in the file, narrowed to its owner; null when there is no regular file. Never follows a link. */
async function readTokenFile(file: string): Promise<string | null> {
  const found = await lstat(file).catch(() => null);
  if (found === null || !found.isFile()) return null;
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if ((found.mode & 0o077) !== 0) await handle.chmod(0o600);
    return (await handle.readFile("utf8")).trim();
  } finally {
    await handle.close();
  }
}

async function writeTokenFile(file: string, value: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await handle.writeFile(`${value}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
