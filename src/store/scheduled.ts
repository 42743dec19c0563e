import type pg from "pg";
import { audit } from "./audit.ts";
import { inTransaction } from "./pool.ts";
import { row, rows } from "./sql.ts";
import type { Queryable } from "./sql.ts";

export interface ScheduleDeps {
  guard: { tenMinutes: number; day: number };
}

/** Starts the cases whose hour has come, each in a transaction of its own, under the same guard as every other door. */
export async function startScheduledCases(pool: pg.Pool, deps: ScheduleDeps): Promise<number> {
  const due = await rows<{ id: string }>(
    pool,
    `SELECT id FROM cases WHERE state = 'scheduled' AND due_at <= clock_timestamp() AND NOT paused ORDER BY due_at LIMIT 500`,
  );
  for (const { id } of due) await inTransaction(pool, (client) => startScheduledCase(client, id, deps));
  return due.length;
}

/**
 * Ends the waiting of a scheduled case, in the caller's transaction. The person counts as gone from this moment; if they
 * became active again under a later generation meanwhile, the case is cancelled instead (I04).
 */
export async function startScheduledCase(client: Queryable, caseId: string, { guard }: ScheduleDeps): Promise<void> {
  // Person before case, like everywhere else.
  const person = await row<{ id: string; active: boolean; generation: number }>(
    client,
    `SELECT p.id, p.active, p.generation FROM person p JOIN cases c ON c.person_id = p.id WHERE c.id = $1 FOR UPDATE OF p`,
    [caseId],
  );
  const held = await row<{ generation: number; source: string; urgent: boolean }>(
    client,
    `SELECT generation, source, urgent FROM cases WHERE id = $1 AND state = 'scheduled' FOR NO KEY UPDATE`,
    [caseId],
  );
  if (person === null || held === null) return;
  if (person.active && person.generation + 1 === held.generation) {
    await client.query(
      `UPDATE person SET active = false, generation = generation + 1, version = version + 1, updated_at = now() WHERE id = $1`,
      [person.id],
    );
  } else if (person.active || person.generation !== held.generation) {
    await client.query(
      `UPDATE cases SET state = 'cancelled', state_reason = 'reactivated', due_at = NULL WHERE id = $1`,
      [caseId],
    );
    await audit(client, { actor: "system", action: "case.cancelled", caseId, data: { because: "reactivated" } });
    return;
  }
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('guard:' || $1, 0))`, [held.source]);
  const started = await row<{ state: string }>(
    client,
    `WITH admitted AS (
       SELECT count(*) FILTER (WHERE admitted_at > now() - interval '10 minutes') AS ten_minutes, count(*) AS day
         FROM cases WHERE source = $2 AND admitted_at > now() - interval '24 hours'),
     verdict AS (SELECT $5::boolean OR (ten_minutes < $3::int AND day < $4::int) AS admits FROM admitted),
     started AS (
       UPDATE cases
          SET state = CASE WHEN admits THEN 'open' ELSE 'awaiting_approval' END, state_reason = CASE WHEN NOT admits THEN 'guard' END,
              admitted_at = CASE WHEN admits AND NOT $5::boolean THEN clock_timestamp() END,
              due_at = CASE WHEN admits THEN clock_timestamp() END, updated_at = clock_timestamp()
         FROM verdict WHERE id = $1 RETURNING id, state),
     targets AS (UPDATE case_target SET due_at = clock_timestamp() FROM started WHERE case_id = started.id AND started.state = 'open'),
     woken AS (INSERT INTO outbox (kind, case_id) SELECT 'open', id FROM started WHERE state = 'open')
     SELECT state FROM started`,
    [caseId, held.source, guard.tenMinutes, guard.day, held.urgent],
  );
  await audit(client, { actor: "system", action: "case.started", caseId, data: { state: started?.state ?? null } });
}
