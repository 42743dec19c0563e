import { DatabaseError } from "pg";
import type pg from "pg";
import { newId } from "../../domain/id.ts";
import type { CaseOpener, NoticeInput } from "../open-case.ts";
import { inTransaction } from "../pool.ts";
import { prepared, row, rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";
import { isOutage } from "./outage.ts";
import { PeopleError } from "./person.ts";
import type { Claim, PeoplePage, PeopleQuery, PersonDecision, PersonDraft, PersonRow } from "./person.ts";
import { columnsOfPerson, deactivatePerson, insertPerson, removePerson, updatePerson } from "./write-person.ts";

export { foldIdentifier } from "./fold.ts";
export * from "./person.ts";

/**
 * The people a source told us about. A source sees its own people only; for anybody else's the answers are those for a
 * person who does not exist (trust T04).
 *
 * Each write is one transaction: it holds the person's row lock, and the notice, the change and the case it opens commit
 * together before the promise resolves (trust I01). All methods throw {@link PeopleError}: `unavailable` when the
 * database cannot answer now, `user-name-taken` when another person of the source has the user name.
 */
export interface People {
  find(source: string, id: string): Promise<PersonRow | null>;
  list(source: string, query: PeopleQuery): Promise<PeoplePage>;
  /** A person first heard of as gone is stored as gone, with a case that waits for somebody to look at it. */
  create(claim: Claim, draft: PersonDraft): Promise<PersonRow>;
  /**
   * Changes a person. `decide` sees the row as locked, may throw to change nothing, and may be called again after a
   * conflict. A claim that says "not active" ends in the person's case: a new one when they were active, else the one
   * they have.
   * @param decide or "gone", for a claim that says "not active" and nothing else: the same, with the fewest statements.
   * @returns the person as they are now; null when there is none.
   */
  change(claim: Claim, id: string, decide: Decide | "gone"): Promise<PersonRow | null>;
  /** Ends a person's entry; their user name is free again. False when there is none. `check` may throw. */
  remove(claim: Claim, id: string, check: (person: PersonRow) => void): Promise<boolean>;
}

/** What to make of the person as they are. */
export type Decide = (person: PersonRow) => PersonDecision;

export interface PeopleDeps {
  readonly pool: pg.Pool;
  readonly cases: CaseOpener;
  /** Whether policy protects whoever has this user name: their case waits for a person (trust rule 8). */
  readonly isProtected: (userName: string) => boolean;
}

export function createPeople({ pool, cases, isProtected }: PeopleDeps): People {
  async function find(source: string, id: string): Promise<PersonRow | null> {
    const [person] = await prepared<PersonRow>(
      pool,
      "person-find",
      `SELECT ${columnsOfPerson} FROM person AS p WHERE id = $1 AND source = $2 AND deleted_at IS NULL`,
      [id, source],
    );
    return person ?? null;
  }

  async function list(source: string, { where, limit, offset }: PeopleQuery): Promise<PeoplePage> {
    const condition = `p.source = $1 AND p.deleted_at IS NULL${where === null ? "" : ` AND (${where.text})`}`;
    const values = where?.values ?? [];
    const people = await rows<PersonRow>(
      pool,
      `SELECT ${columnsOfPerson} FROM person AS p WHERE ${condition} ORDER BY p.created_at, p.id LIMIT $2 OFFSET $3`,
      [source, limit, offset, ...values],
    );
    const isWhole = people.length < limit && (people.length > 0 || offset === 0);
    if (isWhole) return { people, total: offset + people.length };
    // $2 and $3 stay in place, so that the condition keeps its numbers.
    const counted = await row<{ total: number }>(
      pool,
      `SELECT count(*)::int AS total FROM person AS p WHERE ${condition} AND ($2::int, $3::int) IS NOT NULL`,
      [source, limit, offset, ...values],
    );
    return { people, total: counted?.total ?? 0 };
  }

  async function create(claim: Claim, draft: PersonDraft): Promise<PersonRow> {
    return await inTransaction(pool, async (client) => {
      const person = await insertPerson(client, claim.source, newId(), draft);
      if (draft.active) await cases.recordNotice(client, noticeOf(claim, "created", person.id));
      else await end(client, claim, "created", person, "first-seen-gone");
      return person;
    });
  }

  async function change(claim: Claim, id: string, decide: Decide): Promise<PersonRow | null> {
    return await inTransaction(pool, async (client) => {
      const before = await lock(client, claim.source, id);
      if (before === null) return null;
      const { draft, saysActive } = decide(before);
      const after = await updatePerson(client, before, draft);
      if (before.active && !after.active) await end(client, claim, "deactivated", after, holdFor(before));
      else if (!before.active && after.active) await reactivate(client, claim, after);
      else if (saysActive === false) await end(client, claim, "deactivated", after, holdFor(before));
      else await cases.recordNotice(client, noticeOf(claim, "updated", id));
      return after;
    });
  }

  async function deactivate(claim: Claim, id: string): Promise<PersonRow | null> {
    return await inTransaction(pool, async (client) => {
      const after = await deactivatePerson(client, claim.source, id);
      if (after !== null) await end(client, claim, "deactivated", after, holdFor(after));
      return after;
    });
  }

  async function remove(claim: Claim, id: string, check: (person: PersonRow) => void): Promise<boolean> {
    return await inTransaction(pool, async (client) => {
      const before = await lock(client, claim.source, id);
      if (before === null) return false;
      check(before);
      const after = await removePerson(client, before);
      await end(client, claim, "deleted", after, holdFor(before));
      return true;
    });
  }

  async function end(
    client: Queryable,
    claim: Claim,
    kind: NoticeInput["kind"],
    { id, generation }: PersonRow,
    hold: "first-seen-gone" | "protected" | null,
  ): Promise<void> {
    await cases.openCase(client, {
      notice: noticeOf(claim, kind, id),
      person: { id, generation },
      requestedBy: `source:${claim.source}`,
      reason: null,
      urgent: false,
      hold,
      startAt: null,
    });
  }

  async function reactivate(client: Queryable, claim: Claim, { id, generation }: PersonRow): Promise<void> {
    await cases.reactivatePerson(client, { notice: noticeOf(claim, "activated", id), person: { id, generation } });
  }

  /** Asked of the name before the change: a request cannot rename somebody out of protection (trust rule 10). */
  function holdFor({ userName }: PersonRow): "protected" | null {
    return isProtected(userName) ? "protected" : null;
  }

  return {
    find: (source, id) => guarded(() => find(source, id)),
    list: (source, query) => guarded(() => list(source, query)),
    create: (claim, draft) => guarded(() => create(claim, draft)),
    change: (claim, id, decide) =>
      guarded(() => (decide === "gone" ? deactivate(claim, id) : change(claim, id, decide))),
    remove: (claim, id, check) => guarded(() => remove(claim, id, check)),
  };
}

async function lock(client: Queryable, source: string, id: string): Promise<PersonRow | null> {
  const [person] = await prepared<PersonRow>(
    client,
    "person-lock",
    `SELECT ${columnsOfPerson} FROM person AS p WHERE id = $1 AND source = $2 AND deleted_at IS NULL FOR UPDATE`,
    [id, source],
  );
  return person ?? null;
}

/** SCIM carries neither a delivery id nor the day somebody left. */
function noticeOf({ source, raw, mediaType }: Claim, kind: NoticeInput["kind"], personId: string): NoticeInput {
  const deliveryId = newId();
  return { source, deliveryId, kind, personId, effectiveAt: null, effectiveFrom: "unknown", raw, mediaType };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DatabaseError && cause.constraint === "person_user_name_live") {
      throw new PeopleError("user-name-taken", "Another person of this source has the user name", { cause });
    }
    if (isOutage(cause)) throw new PeopleError("unavailable", "The database cannot answer now", { cause });
    throw cause;
  }
}
