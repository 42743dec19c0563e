import type pg from "pg";
import type { AccountMatch } from "../../domain/access.ts";
import type { StepKind } from "../../domain/case.ts";
import { newId } from "../../domain/id.ts";
import { needsSomebody } from "../../domain/target-progress.ts";
import { audit } from "../audit.ts";
import { inTransaction } from "../pool.ts";
import { prepared, row } from "../sql.ts";
import type { Queryable } from "../sql.ts";
import { TurnLost } from "./intent.ts";
import type { CaseRow, ItemRow, TargetRow } from "./rows.ts";

/** One exchange with the target, as evidence. */
export interface ExchangeRow {
  operation: string;
  status: number | null;
  write: boolean;
  requestId: string | null;
  sha256: string;
  bytes: Uint8Array;
  at: Date;
}

export interface StepRecord {
  id: string;
  kind: StepKind;
  startedAt: Date;
  /** `running` while more of the same step follows; only its end is audited, since each write has an intent of its own. */
  result: string;
  detail: Record<string, unknown>;
}

export interface Settlement {
  case: CaseRow;
  /** The target's row as it shall be. */
  target: TargetRow;
  /** True at the end of a turn: the lease is given back. */
  release: boolean;
  step?: StepRecord;
  exchanges?: readonly ExchangeRow[];
  accounts?: readonly AccountMatch[];
  newItems?: readonly ItemRow[];
  changedItems?: readonly ItemRow[];
  question?: { kind: string; text: string; candidates: readonly AccountMatch[] };
  /** The freeze of this target ended now: looks of every target that began before it count no more. */
  freezeEnded?: boolean;
  /** A watch found access again: the case is open once more. */
  reopened?: boolean;
  /** Intents of this turn whose replies were read. */
  closedIntents?: readonly { id: string; status: number | null }[];
}

/**
 * Ends a step: its result, evidence, items, audit and the next due time commit together, or not at all.
 * @throws {TurnLost} `lease-lost` when another worker has taken the turn.
 */
export async function settle(pool: pg.Pool, settlement: Settlement): Promise<void> {
  if (!touchesTheCase(settlement)) {
    await settleTarget(pool, settlement);
    return;
  }
  await inTransaction(pool, async (client) => {
    if (!mayMoveTheCase(settlement)) {
      // A frozen target has no look that another freeze could void, so its own row may be written before the case's.
      await settleTarget(client, settlement);
      await voidEarlierLooks(client, settlement);
      return;
    }
    // The case is locked before its targets, here and everywhere: two targets that end together see each other. The lock
    // leaves foreign keys alone: a step that is being written elsewhere refers to this case while it holds its own target.
    const held = await row<{ lastFreezeAt: Date | null }>(
      client,
      `SELECT last_freeze_at AS "lastFreezeAt" FROM cases WHERE id = $1 FOR NO KEY UPDATE`,
      [settlement.case.id],
    );
    refuseVoidedLook(settlement.target, held?.lastFreezeAt ?? null);
    await settleTarget(client, settlement);
    if (settlement.freezeEnded === true) await voidEarlierLooks(client, settlement);
    if (settlement.reopened === true) await reopenCase(client, settlement);
    await refreshCase(client, settlement.case.id);
  });
}

/** @throws {TurnLost} `look-voided`: another target was frozen after the first of the two looks. */
function refuseVoidedLook({ state, firstCleanAt }: TargetRow, lastFreezeAt: Date | null): void {
  if (state !== "finished" || firstCleanAt === null || lastFreezeAt === null || firstCleanAt > lastFreezeAt) return;
  throw new TurnLost("look-voided", "Another target of this case was frozen after the first clean look");
}

/** A freeze that ended concerns the looks of other targets; a target that rests, or no longer does, the case's state. */
function touchesTheCase(settlement: Settlement): boolean {
  return settlement.freezeEnded === true || mayMoveTheCase(settlement);
}

function mayMoveTheCase({ target, case: held, reopened }: Settlement): boolean {
  return reopened === true || target.state === "finished" || needsSomebody(target.state) || held.state === "blocked";
}

async function settleTarget(client: Queryable, { case: held, target, ...settlement }: Settlement): Promise<void> {
  const exchanges = [...(settlement.exchanges ?? [])].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const [settled] = await prepared<{ settled: number }>(client, "settle-target", settleStatement, [
    target.caseId,
    target.target,
    target.fencing,
    JSON.stringify({ ...target, leaseUntil: settlement.release ? null : "keep" }),
    JSON.stringify(exchanges.map((one) => exchangeJson(one))),
    settlement.step === undefined ? null : JSON.stringify(settlement.step),
    JSON.stringify(settlement.accounts?.map(({ account, ...match }) => ({ ...account, ...match })) ?? []),
    JSON.stringify(settlement.newItems ?? []),
    JSON.stringify(settlement.changedItems ?? []),
    settlement.question === undefined ? null : JSON.stringify({ id: newId(), ...settlement.question }),
    JSON.stringify(settlement.closedIntents ?? []),
    held.runId,
  ]);
  if (settled?.settled !== 1) throw new TurnLost("lease-lost", "Another worker has taken this turn");
}

function exchangeJson({ bytes, ...exchange }: ExchangeRow): Record<string, unknown> {
  return { id: newId(), ...exchange, size: bytes.byteLength, body: Buffer.from(bytes).toString("base64") };
}

const settleStatement = `
  WITH new AS (SELECT * FROM jsonb_to_record($4::jsonb) AS n(
      state text, step text, "reasonCode" text, reason text, "dueAt" timestamptz, attempts int, "failingSince" timestamptz,
      "freeze" text, "freezeReason" text, "frozenAt" timestamptz, "lastWriteAt" timestamptz, "settleMs" int,
      "firstCleanAt" timestamptz, "secondCleanAt" timestamptz, looks int, "accountsSha256" text, inventory text,
      "listedAt" timestamptz, gaps jsonb, "finishedAt" timestamptz, "leaseUntil" text)),
  held AS (
    UPDATE case_target t
       SET state = new.state, step = new.step, reason_code = new."reasonCode", reason = new.reason, due_at = new."dueAt",
           attempts = new.attempts, failing_since = new."failingSince", "freeze" = new."freeze",
           freeze_reason = new."freezeReason", frozen_at = new."frozenAt", last_write_at = new."lastWriteAt",
           settle_ms = new."settleMs", first_clean_at = new."firstCleanAt", second_clean_at = new."secondCleanAt",
           looks = new.looks, accounts_sha256 = new."accountsSha256", inventory = new.inventory,
           listed_at = new."listedAt", gaps = new.gaps, finished_at = new."finishedAt",
           lease_until = CASE WHEN new."leaseUntil" IS NULL THEN NULL ELSE t.lease_until END,
           updated_at = clock_timestamp()
      FROM new WHERE t.case_id = $1 AND t.target = $2 AND t.fencing = $3
    RETURNING 1),
  x AS (SELECT * FROM jsonb_to_recordset($5::jsonb) AS x(
      id uuid, operation text, status int, write boolean, "requestId" text, sha256 text, at timestamptz, size int, body text)
      WHERE EXISTS (SELECT 1 FROM held)),
  e AS (INSERT INTO evidence (sha256, size, media_type) SELECT DISTINCT sha256, size, 'application/json' FROM x
        ON CONFLICT (sha256) DO NOTHING),
  b AS (INSERT INTO evidence_body (sha256, body) SELECT DISTINCT sha256, decode(body, 'base64') FROM x
        ON CONFLICT (sha256) DO NOTHING),
  s AS (SELECT * FROM jsonb_to_record(coalesce($6::jsonb, '{}')) AS s(
      id uuid, kind text, "startedAt" timestamptz, result text, detail jsonb)
      WHERE s.id IS NOT NULL AND EXISTS (SELECT 1 FROM held)),
  xs AS (INSERT INTO exchange (id, case_id, target, step_id, operation, status, write, request_id, sha256, at)
         SELECT x.id, $1, $2, s.id, x.operation, x.status, x.write, x."requestId", x.sha256, x.at FROM x, s),
  st AS (INSERT INTO step (id, case_id, target, run_id, kind, started_at, ended_at, result, detail)
         SELECT id, $1, $2, $12, kind, "startedAt", clock_timestamp(), result, detail FROM s
         ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, result = excluded.result, detail = excluded.detail),
  a AS (INSERT INTO case_account (case_id, target, account_id, label, strength, reason)
        SELECT $1, $2, id, label, strength, reason
          FROM jsonb_to_recordset($7::jsonb) AS a(id text, label text, strength text, reason text)
         WHERE EXISTS (SELECT 1 FROM held)
        ON CONFLICT (case_id, target, account_id) DO NOTHING),
  ni AS (INSERT INTO item (id, case_id, target, kind, ref, account_id, label, holder, risk, facts, created_at_target,
                           last_used_at, expires_at, discovered_at, run_id, disposition, principal, state)
         SELECT id, $1, $2, kind, ref, "accountId", label, holder, risk, facts, "createdAtTarget", "lastUsedAt",
                "expiresAt", "discoveredAt", $12, disposition, principal, state
           FROM jsonb_to_recordset($8::jsonb) AS i(
                id uuid, kind text, ref text, "accountId" text, label text, holder text, risk text, facts jsonb,
                "createdAtTarget" timestamptz, "lastUsedAt" timestamptz, "expiresAt" timestamptz,
                "discoveredAt" timestamptz, disposition text, principal boolean, state text)
          WHERE EXISTS (SELECT 1 FROM held)
         ON CONFLICT (case_id, target, kind, ref) DO NOTHING),
  ci AS (UPDATE item i
            SET outcome = n.outcome, outcome_reason = n."outcomeReason", requested_at = n."requestedAt",
                outcome_at = n."outcomeAt", revoke_step_id = n."revokeStepId", revoke_evidence = n."revokeEvidence",
                attempts = n.attempts, verdict = n.verdict, grade = n.grade, verdict_reason = n."verdictReason",
                verdict_at = n."verdictAt", verify_evidence = n."verifyEvidence", looks = n.looks,
                last_used_at = n."lastUsedAt", task = n.task, rotation = n.rotation, state = n.state, updated_at = clock_timestamp()
           FROM jsonb_to_recordset($9::jsonb) AS n(
                id uuid, outcome text, "outcomeReason" text, "requestedAt" timestamptz, "outcomeAt" timestamptz,
                "revokeStepId" uuid, "revokeEvidence" text, attempts int, verdict text, grade text, "verdictReason" text,
                "verdictAt" timestamptz, "verifyEvidence" text, looks int, "lastUsedAt" timestamptz, task jsonb,
                rotation jsonb, state text)
          WHERE i.id = n.id AND i.disposition IS NULL AND EXISTS (SELECT 1 FROM held)),
  q AS (INSERT INTO question (id, kind, case_id, target, person_id, text, candidates)
        SELECT q.id, q.kind, $1, $2, (SELECT person_id FROM cases WHERE id = $1), q.text, q.candidates
          FROM jsonb_to_record(coalesce($10::jsonb, '{}')) AS q(id uuid, kind text, text text, candidates jsonb)
         WHERE q.id IS NOT NULL AND EXISTS (SELECT 1 FROM held)
        ON CONFLICT DO NOTHING),
  n AS (UPDATE intent i SET closed_at = clock_timestamp(), status = c.status
          FROM jsonb_to_recordset($11::jsonb) AS c(id uuid, status int)
         WHERE i.id = c.id AND EXISTS (SELECT 1 FROM held)),
  au AS (INSERT INTO audit (actor, action, case_id, target, data)
         SELECT 'worker', 'step.' || s.kind || '.ended', $1, $2,
                jsonb_build_object('stepId', s.id, 'result', s.result, 'detail', s.detail) FROM s
          WHERE s.result <> 'running')
  SELECT count(*)::int AS settled FROM held`;

/** A freeze that ends later voids the clean looks of every other target (design section 4). */
async function voidEarlierLooks(client: Queryable, { case: held, target }: Settlement): Promise<void> {
  await client.query(
    `WITH frozen AS (UPDATE cases SET last_freeze_at = clock_timestamp() WHERE id = $1),
          voided AS (
            UPDATE case_target
               SET first_clean_at = NULL, second_clean_at = NULL, finished_at = NULL, step = 'verify',
                   state = CASE WHEN state = 'finished' THEN 'pending' ELSE state END,
                   due_at = coalesce(due_at, clock_timestamp())
             WHERE case_id = $1 AND target <> $2 AND mode = 'enforce' AND first_clean_at IS NOT NULL
               AND step IN ('verify', 'done')
            RETURNING 1)
     INSERT INTO outbox (kind, case_id) SELECT 'wake', $1 WHERE EXISTS (SELECT 1 FROM voided)`,
    [held.id, target.target],
  );
}

async function reopenCase(client: Queryable, { case: held, target }: Settlement): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE cases SET state = 'open', state_reason = 'access-returned', completed_at = NULL, due_at = NULL, priority = 'ordinary'
      WHERE id = $1 AND state IN ('complete', 'complete_with_exceptions')`,
    [held.id],
  );
  if (rowCount === 1)
    await audit(client, { actor: "worker", action: "case.reopened", caseId: held.id, target: target.target });
}

/**
 * Brings the state of the case in line with its targets; a case whose targets all rest is due to be certified. Called
 * under the case's lock, so this statement sees what every other target committed.
 */
async function refreshCase(client: Queryable, caseId: string): Promise<void> {
  await prepared(
    client,
    "refresh-case",
    `UPDATE cases
        SET state = CASE WHEN state NOT IN ('open', 'blocked') THEN state WHEN now."needsSomebody" THEN 'blocked' ELSE 'open' END,
            state_reason = CASE WHEN state IN ('open', 'blocked') AND now."needsSomebody" THEN 'target'
                                WHEN state = 'blocked' THEN NULL ELSE state_reason END,
            due_at = CASE WHEN now.resting THEN clock_timestamp() ELSE due_at END, updated_at = clock_timestamp()
       FROM (SELECT bool_or(state IN ('blocked', 'awaiting_approval')) AS "needsSomebody", bool_and(state = 'finished') AS resting
               FROM case_target WHERE case_id = $1) AS now
      WHERE id = $1 AND state <> 'cancelled'
        AND (now.resting OR (state = 'open' AND now."needsSomebody") OR (state = 'blocked' AND NOT now."needsSomebody"))`,
    [caseId],
  );
}
