import type pg from "pg";
import type { Account } from "../domain/access.ts";
import { prepared, rows } from "./sql.ts";

/** The stored record of a person, as match rules read it. */
export interface Identity {
  id: string;
  userName: string;
  externalId: string | null;
  emails: string[];
}

const identityColumns = `p.id, p.user_name AS "userName", p.external_id AS "externalId",
  ARRAY(SELECT e.value_lower FROM person_email e WHERE e.person_id = p.id ORDER BY e.position) AS emails`;

/** What people have said about a person's accounts at one target. */
export interface KnownAccounts {
  /** Accounts someone confirmed. */
  links: Account[];
  /** Accounts someone was asked about and did not confirm. */
  rejected: string[];
  /** Somebody was asked and has answered; what nobody confirmed then is nobody's to act upon. */
  answered: boolean;
}

/** A person, with what is known of their accounts at one target. */
export async function loadIdentity(
  pool: pg.Pool,
  personId: string,
  target: string,
): Promise<{ person: Identity; known: KnownAccounts }> {
  const [found] = await prepared<Identity & KnownAccounts>(
    pool,
    "identity",
    `SELECT ${identityColumns},
            coalesce((SELECT jsonb_agg(jsonb_build_object('id', l.account_id, 'label', l.label) ORDER BY l.account_id)
              FROM account_link l WHERE l.person_id = p.id AND l.target = $2 AND l.ended_at IS NULL), '[]') AS links,
            ARRAY(SELECT DISTINCT c->'account'->>'id' FROM question q, jsonb_array_elements(q.candidates) AS c
                   WHERE q.person_id = p.id AND q.target = $2 AND q.answer IN ('link', 'no-account')) AS rejected,
            EXISTS (SELECT 1 FROM question q
                     WHERE q.person_id = p.id AND q.target = $2 AND q.answer IN ('link', 'no-account')) AS answered
       FROM person p WHERE p.id = $1`,
    [personId, target],
  );
  if (found === undefined) throw new Error(`person ${personId} is gone from the database`);
  const { links, rejected, answered, ...person } = found;
  const confirmed = new Set(links.map((link) => link.id));
  return { person, known: { links, rejected: rejected.filter((id) => !confirmed.has(id)), answered } };
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
