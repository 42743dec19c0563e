import { isDeepStrictEqual } from "node:util";
import { prepared } from "../sql.ts";
import type { Queryable } from "../sql.ts";
import { foldIdentifier } from "./fold.ts";
import type { PersonDraft, PersonRow } from "./person.ts";

/** Of `person AS p`. */
export const columnsOfPerson = `p.id, p.source, p.user_name AS "userName", p.external_id AS "externalId", p.active,
  p.generation, p.attributes, p.version, p.created_at AS "createdAt", p.updated_at AS "updatedAt"`;

export async function insertPerson(
  client: Queryable,
  source: string,
  id: string,
  draft: PersonDraft,
): Promise<PersonRow> {
  const [person] = await prepared<PersonRow>(
    client,
    "person-insert",
    `WITH p AS (
       INSERT INTO person (id, source, user_name, user_name_lower, external_id, display_name, active, attributes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *),
     new_emails AS (
       INSERT INTO person_email (person_id, position, source, value_lower, type)
       SELECT p.id, e.position - 1, p.source, e.value_lower, e.type
         FROM p, unnest($9::text[], $10::text[]) WITH ORDINALITY AS e(value_lower, type, position))
     SELECT ${columnsOfPerson} FROM p`,
    [id, source, ...scalarsOf(draft), draft.active, JSON.stringify(draft.attributes), ...emailsOf(draft)],
  );
  return present(person);
}

/** Writes what differs. A draft that says nothing new leaves the row, its version and its time alone. */
export async function updatePerson(client: Queryable, before: PersonRow, draft: PersonDraft): Promise<PersonRow> {
  const isSameDocument = isDeepStrictEqual(before.attributes, JSON.parse(JSON.stringify(draft.attributes)));
  const isSame =
    isSameDocument &&
    before.active === draft.active &&
    before.userName === draft.userName &&
    before.externalId === draft.externalId;
  if (isSame) return before;
  if (!isSameDocument) await writeEmails(client, before, draft);
  const [person] = await prepared<PersonRow>(
    client,
    "person-update",
    `UPDATE person AS p
        SET user_name = $2, user_name_lower = $3, external_id = $4, display_name = $5, active = $6,
            attributes = COALESCE($7, attributes), version = version + 1, updated_at = now(),
            generation = generation + (active <> $6)::int
      WHERE id = $1 RETURNING ${columnsOfPerson}`,
    [before.id, ...scalarsOf(draft), draft.active, isSameDocument ? null : JSON.stringify(draft.attributes)],
  );
  return present(person);
}

/**
 * Locks, reads and deactivates in one statement; somebody already inactive is read and left alone. Null when there is
 * nobody. The hot path of an offboarding: it has to keep up with a whole company leaving.
 */
export async function deactivatePerson(client: Queryable, source: string, id: string): Promise<PersonRow | null> {
  const [person] = await prepared<PersonRow>(
    client,
    "person-deactivate",
    `WITH before AS (
       SELECT * FROM person WHERE id = $1 AND source = $2 AND deleted_at IS NULL FOR UPDATE),
     after AS (
       UPDATE person SET active = false, version = person.version + 1, generation = person.generation + 1, updated_at = now()
         FROM before WHERE person.id = before.id AND before.active RETURNING person.*)
     SELECT ${columnsOfPerson} FROM after AS p
     UNION ALL SELECT ${columnsOfPerson} FROM before AS p WHERE NOT p.active`,
    [id, source],
  );
  return person ?? null;
}

export async function removePerson(client: Queryable, before: PersonRow): Promise<PersonRow> {
  const [person] = await prepared<PersonRow>(
    client,
    "person-remove",
    `UPDATE person AS p
        SET active = false, generation = generation + active::int, version = version + 1,
            updated_at = now(), deleted_at = now()
      WHERE id = $1 RETURNING ${columnsOfPerson}`,
    [before.id],
  );
  return present(person);
}

/** The search index over addresses; the addresses themselves are in `attributes`. */
async function writeEmails(client: Queryable, { id, source }: PersonRow, draft: PersonDraft): Promise<void> {
  await prepared(
    client,
    "person-emails",
    `WITH kept AS (
       INSERT INTO person_email (person_id, position, source, value_lower, type)
       SELECT $1, e.position - 1, $2, e.value_lower, e.type
         FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS e(value_lower, type, position)
       ON CONFLICT (person_id, position) DO UPDATE SET value_lower = excluded.value_lower, type = excluded.type)
     DELETE FROM person_email WHERE person_id = $1 AND position >= cardinality($3::text[])`,
    [id, source, ...emailsOf(draft)],
  );
}

function scalarsOf({ userName, externalId, displayName }: PersonDraft): readonly (string | null)[] {
  return [userName, foldIdentifier(userName), externalId, displayName];
}

function emailsOf({ emails }: PersonDraft): readonly (readonly (string | null)[])[] {
  return [emails.map(({ value }) => foldIdentifier(value)), emails.map(({ type }) => type)];
}

function present(person: PersonRow | undefined): PersonRow {
  if (person === undefined) throw new Error("a statement over one person returned no row");
  return person;
}
