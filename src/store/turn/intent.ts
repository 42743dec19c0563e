import type pg from "pg";
import { CodedError } from "../../domain/error.ts";
import { newId } from "../../domain/id.ts";
import { prepared, row } from "../sql.ts";
import type { CaseRow, TargetRow } from "./rows.ts";

export type TurnLostCode =
  "lease-lost" | "case-cancelled" | "case-paused" | "person-active" | "observe-only" | "look-voided";

/** The turn may not write any more. Not a failure of the target: the turn simply ends. */
export class TurnLost extends CodedError<TurnLostCode> {
  override readonly name = "TurnLost";
}

export interface Intent {
  id: string;
  openedAt: Date;
}

/**
 * Writes the intent, with its audit row, before a write to a target (I06, I11). The statement reads the person, the case
 * and the turn under share locks: nobody is revoked whose person row is active or of another generation (I04), nothing
 * starts after a cancel was acknowledged (I21), and a worker that lost its turn writes nothing (I12).
 * Locks are taken in the order person, case, target, like everywhere else.
 *
 * @throws {TurnLost} when the write must not happen.
 */
export async function openIntent(
  pool: pg.Pool,
  held: { case: CaseRow; target: TargetRow },
  write: { operation: string; itemRef: string | null },
): Promise<Intent> {
  const [opened] = await prepared<Intent>(pool, "open-intent", openIntentStatement, [
    newId(),
    held.target.caseId,
    held.target.target,
    held.target.fencing,
    write.operation,
    write.itemRef,
  ]);
  if (opened === undefined) throw await whyLost(pool, held);
  return opened;
}

const openIntentStatement = `
  WITH allowed AS (
    SELECT c.id, c.generation FROM person p JOIN cases c ON c.person_id = p.id JOIN case_target t ON t.case_id = c.id
     WHERE c.id = $2 AND t.target = $3 AND t.fencing = $4 AND t.mode = 'enforce'
       AND c.state IN ('open', 'blocked', 'complete', 'complete_with_exceptions') AND NOT c.paused
       AND NOT p.active AND p.generation = c.generation
     FOR SHARE OF p, c, t),
  audited AS (
    INSERT INTO audit (actor, action, case_id, target, data)
    SELECT 'worker', 'write.intended', id, $3, jsonb_build_object('intentId', $1::uuid, 'operation', $5::text, 'itemRef', $6::text)
      FROM allowed)
  INSERT INTO intent (id, case_id, target, item_ref, operation, fencing, generation, opened_at)
  SELECT $1, id, $3, $6, $5, $4, generation, clock_timestamp() FROM allowed
  RETURNING id, opened_at AS "openedAt"`;

/**
 * When the first write about an item that may have had an effect was sent, from `since` on: its answer was lost, or it
 * was a success. Null when there was none.
 */
export async function firstWriteAt(
  pool: pg.Pool,
  { caseId, target }: Pick<TargetRow, "caseId" | "target">,
  itemRef: string,
  since: Date,
): Promise<Date | null> {
  const found = await row<{ at: Date | null }>(
    pool,
    `SELECT min(opened_at) AS at FROM intent
      WHERE case_id = $1 AND target = $2 AND item_ref = $3 AND opened_at >= $4
        AND (status IS NULL OR status BETWEEN 200 AND 299)`,
    [caseId, target, itemRef, since],
  );
  return found?.at ?? null;
}

async function whyLost(pool: pg.Pool, held: { case: CaseRow; target: TargetRow }): Promise<TurnLost> {
  const now = await row<{
    fencing: string;
    mode: string;
    state: string;
    paused: boolean;
    active: boolean;
    generation: number;
  }>(
    pool,
    `SELECT t.fencing, t.mode, c.state, c.paused, p.active, p.generation
       FROM cases c JOIN case_target t ON t.case_id = c.id JOIN person p ON p.id = c.person_id
      WHERE c.id = $1 AND t.target = $2`,
    [held.case.id, held.target.target],
  );
  if (now === null || now.fencing !== held.target.fencing)
    return new TurnLost("lease-lost", "Another worker has taken this turn");
  if (now.mode !== "enforce") return new TurnLost("observe-only", "The target is only observed");
  if (now.paused) return new TurnLost("case-paused", "The case is paused");
  if (now.active || now.generation !== held.case.generation) {
    return new TurnLost("person-active", "The person is active again");
  }
  return new TurnLost("case-cancelled", `The case is ${now.state}`);
}
