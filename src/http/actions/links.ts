import { newId } from "../../domain/id.ts";
import { audit, wake } from "../../store/audit.ts";
import { foldIdentifier } from "../../store/people/index.ts";
import { inTransaction } from "../../store/pool.ts";
import { row, rows } from "../../store/sql.ts";
import type { Queryable } from "../../store/sql.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { notFound, Problem } from "../problem.ts";
import { lockPerson } from "./find-person.ts";
import type { PersonKey } from "./find-person.ts";
import { manualSource } from "./start-offboarding.ts";

export interface LinkInput {
  who: PersonKey | { createPerson: { userName: string; displayName: string | null } };
  target: string;
  /** The target's own immutable id. */
  accountId: string;
  label: string | null;
}

/**
 * Confirms that an account is a person's. This is the strongest match there is, so it is refused where the account is
 * somebody else's already (law 6). It answers what was asked about this person and target, and wakes their case.
 * Repeating it changes nothing.
 *
 * @throws {Problem} `unknown-target`, `unknown-person`, `ambiguous-person`, `person-exists`, `account-linked`.
 */
export async function confirmLink(input: LinkInput, actor: Actor, deps: HttpDeps): Promise<string> {
  requireTarget(input.target, deps);
  return await inTransaction(deps.pool, async (client) => {
    const personId =
      "createPerson" in input.who
        ? await createPerson(client, input.who.createPerson, actor)
        : (await lockPerson(client, input.who)).id;
    const linkId = await addLink(client, { ...input, personId, label: input.label ?? input.accountId }, actor);
    await answerTargetQuestions(client, { personId, target: input.target, answer: "link" }, actor);
    return linkId;
  });
}

export interface NewLink {
  personId: string;
  target: string;
  accountId: string;
  label: string;
}

/** The caller's transaction holds the person's lock. @throws {Problem} `account-linked` */
export async function addLink(client: Queryable, link: NewLink, actor: Actor): Promise<string> {
  const { personId, target, accountId } = link;
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('link:' || $1 || ':' || $2, 0))`, [
    target,
    accountId,
  ]);
  const holder = await row<{ id: string; personId: string }>(
    client,
    `SELECT id, person_id AS "personId" FROM account_link
      WHERE target = $1 AND account_id = $2 AND ended_at IS NULL ORDER BY person_id = $3 DESC LIMIT 1`,
    [target, accountId, personId],
  );
  if (holder !== null && holder.personId !== personId)
    throw new Problem("account-linked", "Somebody else has this account by a confirmed link; end that link first.");
  if (holder !== null) return holder.id;

  const id = newId();
  await client.query(
    `INSERT INTO account_link (id, person_id, target, account_id, label, confirmed_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, personId, target, accountId, link.label, actor.label],
  );
  await audit(client, {
    actor: actor.label,
    action: "link.confirmed",
    target,
    data: { linkId: id, personId, accountId },
  });
  return id;
}

/** Closes what was asked about a person at a target, and tries that target again in their live case. */
export async function answerTargetQuestions(
  client: Queryable,
  { personId, target, answer }: { personId: string; target: string; answer: string },
  actor: Actor,
): Promise<void> {
  const cases = await rows<{ id: string }>(
    client,
    `SELECT id FROM cases WHERE person_id = $1 AND state IN ('open', 'blocked') ORDER BY id FOR NO KEY UPDATE`,
    [personId],
  );
  const answered = await rows<{ id: string; caseId: string | null }>(
    client,
    `UPDATE question SET answered_at = now(), answered_by = $3, answer = $4
      WHERE person_id = $1 AND target = $2 AND answered_at IS NULL RETURNING id, case_id AS "caseId"`,
    [personId, target, actor.label, answer],
  );
  for (const question of answered)
    await audit(client, {
      actor: actor.label,
      action: "question.answered",
      caseId: question.caseId,
      target,
      data: { questionId: question.id, answer },
    });
  for (const { id } of cases) {
    await client.query(
      `UPDATE case_target SET due_at = now(), updated_at = now() WHERE case_id = $1 AND target = $2 AND state <> 'finished'`,
      [id, target],
    );
    await wake(client, id);
  }
}

/** Somebody no source announced, a contractor say, so that their accounts can be confirmed and then ended. */
async function createPerson(
  client: Queryable,
  { userName, displayName }: { userName: string; displayName: string | null },
  actor: Actor,
): Promise<string> {
  const folded = foldIdentifier(userName);
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('person:' || $1, 0))`, [folded]);
  const present = await row(client, `SELECT 1 FROM person WHERE user_name_lower = $1 AND deleted_at IS NULL`, [folded]);
  if (present !== null)
    throw new Problem("person-exists", "A person with this user name is known already; link them by userName instead.");
  const id = newId();
  await client.query(
    `INSERT INTO person (id, source, user_name, user_name_lower, display_name, active, attributes)
     VALUES ($1, $2, $3, $4, $5, true, '{}')`,
    [id, manualSource, userName, folded, displayName],
  );
  await audit(client, { actor: actor.label, action: "person.created", data: { personId: id, source: manualSource } });
  return id;
}

/** Ends a confirmed link: the account is nobody's until somebody confirms it again. @throws {Problem} `not-found` */
export async function endLink(linkId: string, actor: Actor, deps: HttpDeps): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    const ended = await row<{ personId: string; target: string; accountId: string }>(
      client,
      `UPDATE account_link SET ended_at = now() WHERE id = $1 AND ended_at IS NULL
        RETURNING person_id AS "personId", target, account_id AS "accountId"`,
      [linkId],
    );
    if (ended === null) throw notFound();
    const { target, ...data } = ended;
    await audit(client, { actor: actor.label, action: "link.ended", target, data: { linkId, ...data } });
  });
}

/** @throws {Problem} `unknown-target` */
export function requireTarget(name: string, deps: HttpDeps): void {
  const known = deps.targets().map((target) => target.name);
  if (!known.includes(name))
    throw new Problem("unknown-target", `Configured targets are ${known.join(", ") || "none"}.`, {
      errors: [{ field: "target", message: "is not a configured target" }],
    });
}
