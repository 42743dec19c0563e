import type pg from "pg";
import { newId } from "../domain/id.ts";
import { audit } from "./audit.ts";
import { inTransaction } from "./pool.ts";
import { row, rows } from "./sql.ts";

/** What the relay takes from the outbox, with what the queue has to know of each case. */
export interface OutboxEntry {
  id: string;
  kind: "open" | "wake" | "preview";
  caseId: string;
}

export interface FlowFacts {
  caseId: string;
  priority: string;
  /** Unfinished targets that are due within the time a job may stay delayed. */
  targets: string[];
  isWatch: boolean;
}

const relayLock = 7_270_736_902;

/**
 * Hands the due outbox rows to `deliver` and removes them when it returns, in one transaction: a crash in between
 * delivers again, which is harmless, and loses nothing. One relay at a time, whatever the number of workers.
 * Rows that `deliver` gives back are due again a second later.
 *
 * @returns how many rows were taken; null when another relay is at it.
 */
export async function relayOutbox(
  pool: pg.Pool,
  limit: number,
  deliver: (entries: readonly OutboxEntry[], facts: ReadonlyMap<string, FlowFacts>) => Promise<readonly string[]>,
): Promise<number | null> {
  return inTransaction(pool, async (client) => {
    const got = await row<{ ok: boolean }>(client, `SELECT pg_try_advisory_xact_lock($1) AS ok`, [relayLock]);
    if (got?.ok !== true) return null;
    const entries = await rows<OutboxEntry>(
      client,
      `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE not_before <= clock_timestamp() ORDER BY id LIMIT $1)
       RETURNING id, kind, case_id AS "caseId"`,
      [limit],
    );
    if (entries.length === 0) return 0;
    const facts = await flowFacts(
      client,
      entries.map((entry) => entry.caseId),
    );
    const deferred = await deliver(entries, new Map(facts.map((fact) => [fact.caseId, fact])));
    if (deferred.length > 0) {
      await client.query(
        `INSERT INTO outbox (kind, case_id, not_before) SELECT 'wake', unnest($1::uuid[]), clock_timestamp() + interval '1 s'`,
        [deferred],
      );
    }
    return entries.length;
  });
}

async function flowFacts(client: pg.ClientBase, caseIds: readonly string[]): Promise<FlowFacts[]> {
  return rows<FlowFacts>(
    client,
    `SELECT c.id AS "caseId", c.priority, c.state IN ('complete', 'complete_with_exceptions') AS "isWatch",
            ARRAY(SELECT t.target FROM case_target t
                   WHERE t.case_id = c.id AND t.state <> 'finished' AND t.due_at <= clock_timestamp() + interval '10 min'
                   ORDER BY t.target) AS targets
       FROM cases c
      WHERE c.id = ANY($1) AND NOT c.paused AND c.state IN ('open', 'blocked', 'complete', 'complete_with_exceptions')`,
    [caseIds],
  );
}

/** How long a row may be overdue before the sweep believes that the queue has lost it. */
const overdueMs = 30_000;

export interface SweepResult {
  woken: number;
  watches: number;
}

/**
 * Reads our tables alone: whatever is overdue and held by nobody is asked for again. It wakes; it never runs a step.
 * A target is overdue by its own row; a case only when all its targets rest and nobody certified it.
 *
 * @param busy targets whose queue has a backlog: their rows wait in good order, so they are looked at again later.
 */
export async function sweep(pool: pg.Pool, busy: readonly string[], limit = 500): Promise<SweepResult> {
  return inTransaction(pool, async (client) => {
    await endThoseWhoReturned(client, limit);
    const watches = await startLaterRuns(client, limit);
    await eraseSealed(client);
    await client.query(
      `UPDATE case_target SET due_at = clock_timestamp()
        WHERE target = ANY($1) AND due_at < clock_timestamp() - $2 * interval '1 ms' AND state <> 'blocked'
          AND (lease_until IS NULL OR lease_until < clock_timestamp())`,
      [busy, overdueMs],
    );
    const { rowCount } = await client.query(
      `WITH overdue AS (
         (SELECT t.case_id FROM case_target t JOIN cases c ON c.id = t.case_id
           WHERE t.due_at < clock_timestamp() - $1 * interval '1 ms' AND t.state <> 'finished'
             AND (t.lease_until IS NULL OR t.lease_until < clock_timestamp())
             AND NOT c.paused AND c.state IN ('open', 'blocked', 'complete', 'complete_with_exceptions')
           ORDER BY t.due_at LIMIT $2)
         UNION
         (SELECT c.id FROM cases c
           WHERE c.due_at < clock_timestamp() - $1 * interval '1 ms' AND c.state IN ('open', 'blocked') AND NOT c.paused
             AND NOT EXISTS (SELECT 1 FROM case_target t WHERE t.case_id = c.id AND t.state <> 'finished')
           ORDER BY c.due_at LIMIT $2))
       INSERT INTO outbox (kind, case_id)
       SELECT 'wake', case_id FROM overdue WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.case_id = overdue.case_id)`,
      [overdueMs, limit],
    );
    return { woken: rowCount ?? 0, watches };
  });
}

/** Nobody is watched, and nothing of theirs deleted, once they are back: what belongs to them now is no leaver's. */
async function endThoseWhoReturned(client: pg.ClientBase, limit: number): Promise<void> {
  const returned = await rows<{ id: string }>(
    client,
    `UPDATE cases SET due_at = NULL, delete_at = NULL, updated_at = clock_timestamp()
      WHERE id IN (SELECT c.id FROM cases c JOIN person p ON p.id = c.person_id
                    WHERE c.due_at <= clock_timestamp() AND c.state IN ('complete', 'complete_with_exceptions')
                      AND (p.active OR p.generation <> c.generation)
                    ORDER BY c.due_at LIMIT $1 FOR NO KEY UPDATE OF c SKIP LOCKED)
      RETURNING id`,
    [limit],
  );
  for (const { id } of returned) {
    await audit(client, { actor: "worker", action: "watch.given-up", caseId: id, data: { because: "person-active" } });
  }
}

/** What was sealed for a part of a case that rests or is over is of no use to anybody; a crash may have left it. */
async function eraseSealed(client: pg.ClientBase): Promise<void> {
  await client.query(
    `DELETE FROM sealed s
      WHERE (starts_with(s.field, 'probe/') OR starts_with(s.field, 'issued/'))
        AND NOT EXISTS (SELECT 1 FROM case_target t JOIN cases c ON c.id = t.case_id
                         WHERE t.case_id::text = split_part(s.field, '/', 2) AND t.target = s.target
                           AND t.state <> 'finished' AND c.state <> 'cancelled')`,
  );
}

/**
 * Complete cases that are due: for their next look, or for the deletion of principals that were only switched off. Either
 * is a new run over all targets, from their stored accounts.
 */
async function startLaterRuns(client: pg.ClientBase, limit: number): Promise<number> {
  const due = await rows<{ id: string; runNo: number; deleting: boolean }>(
    client,
    `SELECT c.id, c.run_no AS "runNo", coalesce(c.delete_at <= clock_timestamp(), false) AND NOT c.preserve AS deleting
       FROM cases c JOIN person p ON p.id = c.person_id
      WHERE c.due_at <= clock_timestamp() AND c.state IN ('complete', 'complete_with_exceptions') AND NOT c.paused
        AND NOT p.active AND p.generation = c.generation
      ORDER BY c.due_at LIMIT $1 FOR NO KEY UPDATE OF c SKIP LOCKED`,
    [limit],
  );
  for (const { id, runNo, deleting } of due) {
    const runId = newId();
    const kind = deleting ? "deletion" : "watch";
    await client.query(`INSERT INTO run (id, case_id, no, kind) VALUES ($1, $2, $3, $4)`, [runId, id, runNo + 1, kind]);
    await client.query(
      `UPDATE cases SET run_id = $2, run_no = $3, run_started_at = clock_timestamp(), due_at = NULL, priority = 'watch',
                        deleting = $4, delete_at = CASE WHEN $4 THEN NULL ELSE delete_at END
        WHERE id = $1`,
      [id, runId, runNo + 1, deleting],
    );
    if (deleting) {
      await client.query(
        `UPDATE item SET outcome = NULL, outcome_reason = NULL, verdict = NULL, grade = NULL, looks = 0, state = 'pending'
          WHERE case_id = $1 AND principal AND outcome = 'disabled' AND disposition IS NULL`,
        [id],
      );
    }
    // A target that never had an account is asked again who this person is; the others look at their stored accounts.
    await client.query(
      `UPDATE case_target t
          SET run_id = $2, state = 'pending', due_at = clock_timestamp(), first_clean_at = NULL, second_clean_at = NULL,
              finished_at = NULL, attempts = 0, failing_since = NULL,
              step = CASE WHEN NOT EXISTS (SELECT 1 FROM case_account a WHERE a.case_id = t.case_id AND a.target = t.target) THEN 'resolve'
                          WHEN t.mode <> 'enforce' THEN 'discover'
                          WHEN EXISTS (SELECT 1 FROM item i WHERE i.case_id = t.case_id AND i.target = t.target
                                          AND i.principal AND i.outcome IS NULL AND i.disposition IS NULL) THEN 'revoke'
                          ELSE 'verify' END
        WHERE case_id = $1`,
      [id, runId],
    );
    await client.query(`INSERT INTO outbox (kind, case_id) VALUES ('wake', $1)`, [id]);
    await audit(client, { actor: "worker", action: `${kind}.started`, caseId: id, data: { runNo: runNo + 1 } });
  }
  return due.length;
}

/** For metrics: how old the oldest undelivered and unsealed rows are, in ms. */
export async function backlogAges(pool: pg.Pool): Promise<{ outboxMs: number; unsealedMs: number }> {
  const ages = await row<{ outboxMs: number; unsealedMs: number }>(
    pool,
    `SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - min(not_before)) * 1000 FROM outbox WHERE not_before <= clock_timestamp()), 0)::float8 AS "outboxMs",
            coalesce((SELECT extract(epoch FROM clock_timestamp() - min(at)) * 1000 FROM audit_pending), 0)::float8 AS "unsealedMs"`,
  );
  return ages ?? { outboxMs: 0, unsealedMs: 0 };
}
