import { audit } from "../../store/audit.ts";
import { inTransaction } from "../../store/pool.ts";
import { row } from "../../store/sql.ts";
import type { Queryable } from "../../store/sql.ts";
import { approvalLifetime } from "../../store/views/case-detail.ts";
import { requireRole } from "../actor.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { Problem } from "../problem.ts";
import { approvalsNeeded } from "../views/case-detail.ts";
import { lockCase, makeDue } from "./change-case.ts";
import { deactivatePerson } from "./deactivate-person.ts";
import type { LockedCase } from "./change-case.ts";

export interface Approved {
  given: number;
  needed: number;
  released: boolean;
}

/**
 * Consents to the plan of a held case. The case is released when enough different approvers, none of them its requester,
 * have consented to the same plan within a day (trust rule 7, T49). Whoever holds two tokens of one name counts once.
 *
 * The release leaves `admitted_at` empty: two people said yes, so it is not counted against the guard.
 *
 * @throws {Problem} `not-awaiting-approval`, `plan-changed`, `own-request`, `already-approved`, `person-active-again`.
 */
export async function approveCase(
  { caseId, planSha256 }: { caseId: string; planSha256: string },
  actor: Actor,
  deps: HttpDeps,
): Promise<Approved> {
  requireRole(actor, "approver");
  return await inTransaction(deps.pool, async (client) => {
    const locked = await lockCase(client, caseId);
    if (locked.state !== "awaiting_approval")
      throw new Problem("not-awaiting-approval", `The case is ${locked.state}.`);
    if (locked.planSha256 !== planSha256)
      throw new Problem("plan-changed", "Read the case again: what it would do is not what you approved.");
    if (locked.requestedBy === actor.label)
      throw new Problem("own-request", "Whoever asked for a case cannot approve it; somebody else has to.");
    if (locked.person === "returned")
      throw new Problem("person-active-again", "Nothing is ended for an active person.");
    await recordApproval(client, locked, actor);
    const needed = approvalsNeeded(locked);
    const given = await countApprovals(client, locked);
    const released = given >= needed;
    await audit(client, {
      actor: actor.label,
      action: "case.approved",
      caseId,
      data: { planSha256, given, needed, released },
    });
    if (released) await releaseCase(client, locked, { because: "approved", by: actor });
    return { given, needed, released };
  });
}

async function recordApproval(client: Queryable, { id, planSha256 }: LockedCase, actor: Actor): Promise<void> {
  const present = await row(
    client,
    `SELECT 1 FROM approval a JOIN token t ON t.id = a.token_id
      WHERE a.case_id = $1 AND t.name = $2 AND a.plan_sha256 = $3 AND a.at > now() - interval '${approvalLifetime}'`,
    [id, actor.name, planSha256],
  );
  if (present !== null)
    throw new Problem("already-approved", "You have approved this; another approver has to as well.");
  await client.query(
    `INSERT INTO approval (case_id, token_id, plan_sha256) VALUES ($1, $2, $3)
     ON CONFLICT (case_id, token_id) DO UPDATE SET plan_sha256 = excluded.plan_sha256, at = now()`,
    [id, actor.tokenId, planSha256],
  );
}

async function countApprovals(client: Queryable, { id, planSha256 }: LockedCase): Promise<number> {
  const counted = await row<{ count: number }>(
    client,
    `SELECT count(DISTINCT t.name)::int AS count FROM approval a JOIN token t ON t.id = a.token_id
      WHERE a.case_id = $1 AND a.plan_sha256 = $2 AND a.at > now() - interval '${approvalLifetime}'
        AND t.revoked_at IS NULL`,
    [id, planSha256],
  );
  return counted?.count ?? 0;
}

/**
 * Lets a held case act from now on, or from the date that an operator gave it, and closes the questions that held it.
 */
export async function releaseCase(
  client: Queryable,
  { id, person, personId }: LockedCase,
  { because, by }: { because: string; by: Actor },
): Promise<void> {
  await client.query(
    `UPDATE question SET answered_at = now(), answered_by = $2, answer = $3
      WHERE case_id = $1 AND target IS NULL AND answered_at IS NULL`,
    [id, by.label, because],
  );
  const scheduled = await row(
    client,
    `UPDATE cases SET state = 'scheduled', state_reason = NULL, due_at = effective_at, updated_at = now()
      WHERE id = $1 AND effective_from = 'operator' AND effective_at > now() RETURNING id`,
    [id],
  );
  if (scheduled === null) {
    if (person === "to-come") await deactivatePerson(client, personId, by); // its hour passed while it was held
    await client.query(`UPDATE cases SET state = 'open', state_reason = NULL WHERE id = $1`, [id]);
    await makeDue(client, id);
  }
  await audit(client, { actor: by.label, action: "case.released", caseId: id, data: { because } });
}
