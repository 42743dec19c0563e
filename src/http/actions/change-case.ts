import { isEnded } from "../../domain/case.ts";
import type { CaseState } from "../../domain/case.ts";
import { audit, wake } from "../../store/audit.ts";
import { inTransaction } from "../../store/pool.ts";
import { row, rows } from "../../store/sql.ts";
import type { Queryable } from "../../store/sql.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { notFound, Problem } from "../problem.ts";

export interface LockedCase {
  id: string;
  personId: string;
  generation: number;
  state: CaseState;
  stateReason: string | null;
  requestedBy: string;
  urgent: boolean;
  paused: boolean;
  planSha256: string;
  /** `gone` in the sense of this case (I04); `to-come` while it is scheduled; `returned` when it must not act. */
  person: "gone" | "to-come" | "returned";
}

/**
 * Locks a case, after its person: everything takes locks in the order person, case, target.
 * @throws {Problem} `not-found`
 */
export async function lockCase(client: Queryable, caseId: string): Promise<LockedCase> {
  await client.query(`SELECT 1 FROM person WHERE id = (SELECT person_id FROM cases WHERE id = $1) FOR UPDATE`, [
    caseId,
  ]);
  const found = await row<LockedCase>(
    client,
    `SELECT c.id, c.person_id AS "personId", c.generation, c.state, c.state_reason AS "stateReason",
            c.requested_by AS "requestedBy", c.urgent, c.paused, c.plan_sha256 AS "planSha256",
            CASE WHEN NOT p.active AND p.generation = c.generation THEN 'gone'
                 WHEN p.active AND p.generation + 1 = c.generation THEN 'to-come' ELSE 'returned' END AS person
       FROM cases c JOIN person p ON p.id = c.person_id WHERE c.id = $1 FOR NO KEY UPDATE OF c`,
    [caseId],
  );
  if (found === null) throw notFound();
  return found;
}

/** @throws {Problem} `already-ended` */
export function requireLive({ state }: LockedCase): void {
  if (isEnded(state)) throw new Problem("already-ended", `The case is ${state}.`);
}

/**
 * Ends a case without a certificate. Once this has committed no new write to a target starts: each intent reads the
 * case's state under a lock (I21). What was frozen or revoked stays as it is.
 *
 * A person whom only our manual door called gone is active again afterwards, so that their source's own notice opens a
 * fresh case.
 */
export async function cancelCase(
  { caseId, reason }: { caseId: string; reason: string },
  actor: Actor,
  deps: HttpDeps,
): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    const locked = await lockCase(client, caseId);
    if (locked.state === "cancelled") return;
    requireLive(locked);
    await markCancelled(client, locked, { because: "operator", reason }, actor);
  });
}

export async function markCancelled(
  client: Queryable,
  { id, personId, generation }: Pick<LockedCase, "id" | "personId" | "generation">,
  { because, reason }: { because: string; reason: string },
  actor: Actor,
): Promise<void> {
  await client.query(
    `UPDATE cases SET state = 'cancelled', state_reason = $2, due_at = NULL, updated_at = now() WHERE id = $1`,
    [id, because],
  );
  await client.query(
    `UPDATE question SET answered_at = now(), answered_by = $2, answer = 'case-cancelled'
      WHERE case_id = $1 AND answered_at IS NULL`,
    [id, actor.label],
  );
  await audit(client, { actor: actor.label, action: "case.cancelled", caseId: id, data: { because, reason } });
  await nameLeftOvers(client, id, actor);
  const restored = await row<{ generation: number }>(
    client,
    `UPDATE person p SET active = true, generation = p.generation + 1, version = p.version + 1, updated_at = now()
      WHERE p.id = $1 AND NOT p.active AND p.generation = $2 AND p.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.case_id = $3 AND n.kind <> 'requested')
      RETURNING p.generation`,
    [personId, generation, id],
  );
  if (restored !== null)
    await audit(client, {
      actor: actor.label,
      action: "person.activated",
      caseId: id,
      data: { personId, generation: restored.generation, because: "case-cancelled" },
    });
}

/** A rotation that was under way leaves a second live credential, and no write may follow a cancel: a person is told. */
async function nameLeftOvers(client: Queryable, caseId: string, actor: Actor): Promise<void> {
  const left = await rows<{ id: string; target: string; issuedRef: string }>(
    client,
    `SELECT id, target, rotation ->> 'issuedRef' AS "issuedRef" FROM item
      WHERE case_id = $1 AND rotation ->> 'step' <> 'done' AND rotation ->> 'issuedRef' IS NOT NULL`,
    [caseId],
  );
  for (const { id, target, issuedRef } of left)
    await audit(client, {
      actor: actor.label,
      action: "rotation.left-over",
      caseId,
      target,
      data: {
        itemId: id,
        issuedRef,
        why: "the case was cancelled between issue and retirement: both credentials work",
      },
    });
}

/** Stops all writes of a case until it is resumed. The person's frozen accounts stay frozen. */
export async function pauseCase(caseId: string, actor: Actor, deps: HttpDeps): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    const locked = await lockCase(client, caseId);
    requireLive(locked);
    if (locked.paused) return;
    await client.query(`UPDATE cases SET paused = true, updated_at = now() WHERE id = $1`, [caseId]);
    await audit(client, { actor: actor.label, action: "case.paused", caseId });
  });
}

export async function resumeCase(caseId: string, actor: Actor, deps: HttpDeps): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    const locked = await lockCase(client, caseId);
    requireLive(locked);
    if (!locked.paused) throw new Problem("not-paused", "The case is running already.");
    await client.query(`UPDATE cases SET paused = false, updated_at = now() WHERE id = $1`, [caseId]);
    if (locked.state === "open" || locked.state === "blocked") await makeDue(client, caseId);
    await audit(client, { actor: actor.label, action: "case.resumed", caseId });
  });
}

/** Tries again now what would otherwise wait for its time: blocked, waiting and retrying targets. */
export async function retryCase(caseId: string, actor: Actor, deps: HttpDeps): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    const locked = await lockCase(client, caseId);
    requireLive(locked);
    if (locked.state !== "open" && locked.state !== "blocked")
      throw new Problem("invalid-request", `The case is ${locked.state}: there is nothing to try again yet.`);
    await makeDue(client, caseId);
    await audit(client, { actor: actor.label, action: "case.retried", caseId });
  });
}

/** Makes a case and its unfinished targets due now and brings it to the queue; takes the case's lock first. */
export async function makeDue(client: Queryable, caseId: string): Promise<void> {
  await client.query(`UPDATE cases SET due_at = now(), updated_at = now() WHERE id = $1`, [caseId]);
  await client.query(
    `UPDATE case_target SET due_at = now(), updated_at = now() WHERE case_id = $1 AND state <> 'finished'`,
    [caseId],
  );
  await wake(client, caseId);
}
