import type pg from "pg";
import type { Account } from "../domain/access.ts";
import { row, rows } from "./sql.ts";

/** The stored record of a person, as match rules read it. */
export interface Identity {
  id: string;
  userName: string;
  externalId: string | null;
  emails: string[];
}

const identityColumns = `p.id, p.user_name AS "userName", p.external_id AS "externalId",
  ARRAY(SELECT e.value_lower FROM person_email e WHERE e.person_id = p.id ORDER BY e.position) AS emails`;

/** A person with the accounts someone confirmed for them at one target. */
export async function loadIdentity(
  pool: pg.Pool,
  personId: string,
  target: string,
): Promise<{ person: Identity; links: Account[] }> {
  const [person, links] = await Promise.all([
    row<Identity>(pool, `SELECT ${identityColumns} FROM person p WHERE p.id = $1`, [personId]),
    rows<Account>(
      pool,
      `SELECT account_id AS id, label FROM account_link WHERE person_id = $1 AND target = $2 AND ended_at IS NULL ORDER BY account_id`,
      [personId, target],
    ),
  ]);
  if (person === null) throw new Error(`person ${personId} is gone from the database`);
  return { person, links };
}

/** Accounts at a target that are confirmed for somebody else. */
export async function loadStrangersLinks(
  pool: pg.Pool,
  personId: string,
  target: string,
): Promise<ReadonlySet<string>> {
  const found = await rows<{ id: string }>(
    pool,
    `SELECT account_id AS id FROM account_link WHERE target = $1 AND person_id <> $2 AND ended_at IS NULL`,
    [target, personId],
  );
  return new Set(found.map((link) => link.id));
}

/** Other people, past or present, whom one of these lower-cased values could name. */
export async function loadRivals(
  pool: pg.Pool,
  personId: string,
  values: readonly string[],
): Promise<readonly Identity[]> {
  return rows<Identity>(
    pool,
    `SELECT ${identityColumns} FROM person p
      WHERE p.id <> $1
        AND (p.user_name_lower = ANY($2) OR split_part(p.user_name_lower, '@', 1) = ANY($2) OR lower(p.external_id) = ANY($2)
             OR EXISTS (SELECT 1 FROM person_email e WHERE e.person_id = p.id AND e.value_lower = ANY($2)))
      LIMIT 100`,
    [personId, values],
  );
}
