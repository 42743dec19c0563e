import { createHash } from "node:crypto";
import type { CaseState, FrozenPlan } from "../domain/case.ts";
import { newId } from "../domain/id.ts";
import { audit } from "./audit.ts";
import { startScheduledCase } from "./scheduled.ts";
import { prepared, row } from "./sql.ts";
import type { Queryable } from "./sql.ts";

export interface NoticeInput {
  source: string;
  /** The sender's own id of the delivery where it has one; else a fresh id. Unique per source. */
  deliveryId: string;
  kind: "created" | "updated" | "deactivated" | "activated" | "deleted" | "requested";
  personId: string | null;
  effectiveAt: Date | null;
  /** Who says when the person left. */
  effectiveFrom: "source" | "operator" | "unknown";
  raw: Uint8Array;
  mediaType: string;
}

export interface OpenCaseInput {
  notice: NoticeInput;
  person: { id: string; generation: number };
  /** Written into the audit: `source:okta`, `token:alice`. */
  requestedBy: string;
  reason: string | null;
  urgent: boolean;
  /** Holds the case for a person whatever the guard says; also asked as a question. */
  hold: "first-seen-gone" | "protected" | null;
  /** Acts only from then on; null: now. */
  startAt: Date | null;
}

export interface OpenedCase {
  caseId: string;
  state: CaseState;
  /** False when the person's generation already has a case: the notice was attached to it (I03). */
  created: boolean;
}

export interface CaseOpenerDeps {
  plan: FrozenPlan;
  /** Most cases that may start to act per source (trust rule 7); above them a case awaits approval, never dropped. */
  guard: { tenMinutes: number; day: number };
  demo: boolean;
}

export interface CaseOpener {
  /**
   * Opens the case of a leaver: notice, case, targets, plan, audit and outbox row, in the caller's transaction, which
   * must hold the person's row lock. The guard is decided here, under a lock per source, so it is exact however many
   * calls arrive at once (I13).
   */
  openCase(client: Queryable, input: OpenCaseInput): Promise<OpenedCase>;
  /** Records a notice that opens nothing: a duplicate, an update, a creation. */
  recordNotice(client: Queryable, notice: NoticeInput, caseId?: string | null): Promise<void>;
  /** Ends the live case of an earlier generation because the person is active again (I04, I21). */
  reactivatePerson(
    client: Queryable,
    input: { notice: NoticeInput; person: { id: string; generation: number } },
  ): Promise<void>;
}

const questionText = {
  "first-seen-gone":
    "This person was announced for the first time as already gone. Is it a leaver whose access must end?",
  protected: "This person is on the protected list. Should their access really end?",
} satisfies Record<NonNullable<OpenCaseInput["hold"]>, string>;

export function createCaseOpener(deps: CaseOpenerDeps): CaseOpener {
  const planJson = JSON.stringify(deps.plan.plan);
  const targetsJson = JSON.stringify(deps.plan.plan.targets);

  async function openCase(client: Queryable, input: OpenCaseInput): Promise<OpenedCase> {
    const { notice, person } = input;
    const [existing] = await prepared<{ id: string; state: CaseState }>(
      client,
      "case-of-generation",
      `SELECT id, state FROM cases WHERE person_id = $1 AND generation = $2 AND state <> 'cancelled'`,
      [person.id, person.generation],
    );
    if (existing !== undefined) {
      await recordNotice(client, notice, existing.id);
      // Gone earlier than planned: the source says so now.
      if (existing.state === "scheduled" && input.startAt === null) await startScheduledCase(client, existing.id, deps);
      if (existing.state === "awaiting_approval" && input.urgent) return await passTheGuard(client, existing, input);
      return { caseId: existing.id, state: existing.state, created: false };
    }
    const guarded = input.hold === null && !input.urgent && input.startAt === null;
    // The count below must see what the previous holder of this lock committed, so it is a statement of its own.
    if (guarded)
      await prepared(client, "guard-lock", `SELECT pg_advisory_xact_lock(hashtextextended('guard:' || $1, 0))`, [
        notice.source,
      ]);

    const caseId = newId();
    const [opened] = await prepared<{ state: CaseState }>(client, "open-case", openCaseStatement, [
      caseId,
      person.id,
      person.generation,
      notice.source,
      newId(),
      input.hold,
      guarded,
      deps.guard.tenMinutes,
      deps.guard.day,
      input.reason,
      input.requestedBy,
      input.urgent,
      deps.demo,
      notice.effectiveAt,
      notice.effectiveFrom,
      input.startAt,
      newId(),
      planJson,
      deps.plan.sha256,
      targetsJson,
      notice.deliveryId,
      notice.kind,
      createHash("sha256").update(notice.raw).digest(),
      notice.mediaType,
      notice.raw,
      input.hold === null ? null : questionText[input.hold],
      newId(),
    ]);
    if (opened === undefined) throw new Error("open-case returned no row");
    return { caseId, state: opened.state, created: true };
  }

  /** The urgent one is most likely among those a burst has held: their case passes, and no other (trust rule 7). */
  async function passTheGuard(
    client: Queryable,
    existing: { id: string; state: CaseState },
    { requestedBy, reason }: OpenCaseInput,
  ): Promise<OpenedCase> {
    const [passed] = await prepared<{ state: CaseState }>(client, "pass-the-guard", passTheGuardStatement, [
      existing.id,
      reason,
    ]);
    if (passed === undefined) return { caseId: existing.id, state: existing.state, created: false };
    await audit(client, {
      actor: requestedBy,
      action: "case.released",
      caseId: existing.id,
      data: { because: "urgent" },
    });
    return { caseId: existing.id, state: passed.state, created: false };
  }

  async function recordNotice(client: Queryable, notice: NoticeInput, caseId: string | null = null): Promise<void> {
    await prepared(client, "record-notice", recordNoticeStatement, [
      newId(),
      notice.source,
      notice.deliveryId,
      notice.kind,
      notice.personId,
      caseId,
      notice.effectiveAt,
      notice.effectiveFrom,
      createHash("sha256").update(notice.raw).digest(),
      notice.mediaType,
      notice.raw,
    ]);
  }

  async function reactivatePerson(
    client: Queryable,
    { notice, person }: { notice: NoticeInput; person: { id: string; generation: number } },
  ): Promise<void> {
    await recordNotice(client, notice);
    const cancelled = await row<{ id: string }>(
      client,
      `UPDATE cases SET state = 'cancelled', state_reason = 'reactivated', due_at = NULL, updated_at = now()
        WHERE person_id = $1 AND generation < $2 AND state IN ('scheduled', 'open', 'awaiting_approval', 'blocked')
        RETURNING id`,
      [person.id, person.generation],
    );
    if (cancelled === null) return;
    await audit(client, {
      actor: `source:${notice.source}`,
      action: "case.cancelled",
      caseId: cancelled.id,
      data: { because: "reactivated", generation: person.generation },
    });
  }

  return { openCase, recordNotice, reactivatePerson };
}

/** Only what the guard holds; a question about who somebody is stays a question, however urgent. */
const passTheGuardStatement = `
  WITH passed AS (
    UPDATE cases
       SET state = 'open', state_reason = NULL, urgent = true, priority = 'urgent', reason = coalesce($2, reason), due_at = now(),
           updated_at = now()
     WHERE id = $1 AND state = 'awaiting_approval' AND state_reason = 'guard' RETURNING id, state),
  due AS (UPDATE case_target SET due_at = now() FROM passed WHERE case_id = passed.id),
  told AS (INSERT INTO outbox (kind, case_id) SELECT 'open', id FROM passed)
  SELECT state FROM passed`;

const recordNoticeStatement = `
  WITH new_notice AS (
    INSERT INTO notice (id, source, delivery_id, kind, person_id, case_id, effective_at, effective_from, raw_sha256)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (source, delivery_id) DO NOTHING
    RETURNING id)
  INSERT INTO notice_body (notice_id, media_type, body) SELECT id, $10, $11 FROM new_notice`;

/**
 * One statement for all rows of a new case. `admitted` decides the guard from the cases already admitted; a held case
 * has neither a due time nor an outbox row, so nothing can start it but a release.
 */
const openCaseStatement = `
  WITH input AS (
    SELECT $1::uuid AS case_id, $2::uuid AS person_id, $3::int AS generation, $4::text AS source, $5::uuid AS notice_id,
           $6::text AS hold, $7::boolean AS guarded, $16::timestamptz AS start_at),
  admitted AS (
    SELECT count(*) FILTER (WHERE admitted_at > now() - interval '10 minutes') AS ten_minutes, count(*) AS day
      FROM (SELECT admitted_at FROM cases WHERE source = $4 AND admitted_at > now() - interval '24 hours'
             ORDER BY admitted_at DESC LIMIT $9::int) AS latest),
  decision AS (
    SELECT CASE WHEN input.hold IS NOT NULL THEN 'awaiting_approval'
                WHEN input.start_at > now() THEN 'scheduled'
                WHEN input.guarded AND (admitted.ten_minutes >= $8::int OR admitted.day >= $9::int) THEN 'awaiting_approval'
                ELSE 'open' END AS state,
           CASE WHEN input.hold IS NOT NULL THEN input.hold
                WHEN input.start_at > now() THEN NULL
                WHEN input.guarded AND (admitted.ten_minutes >= $8::int OR admitted.day >= $9::int) THEN 'guard' END AS state_reason
      FROM input, admitted),
  new_notice AS (
    INSERT INTO notice (id, source, delivery_id, kind, person_id, case_id, effective_at, effective_from, raw_sha256)
    SELECT notice_id, source, $21, $22, person_id, case_id, $14, $15, $23 FROM input
    RETURNING id, received_at),
  new_body AS (
    INSERT INTO notice_body (notice_id, media_type, body) SELECT id, $24, $25 FROM new_notice),
  new_case AS (
    INSERT INTO cases (id, person_id, generation, source, notice_id, state, state_reason, reason, requested_by, urgent, demo,
                       priority, effective_at, effective_from, received_at, admitted_at, due_at, run_id, plan, plan_sha256)
    SELECT input.case_id, input.person_id, input.generation, input.source, new_notice.id, decision.state, decision.state_reason,
           $10, $11, $12, $13, CASE WHEN $12 THEN 'urgent' ELSE 'ordinary' END, $14, $15, new_notice.received_at,
           CASE WHEN decision.state = 'open' AND input.guarded THEN now() END,
           CASE decision.state WHEN 'open' THEN now() WHEN 'scheduled' THEN input.start_at END,
           $17, $18::jsonb, $19
      FROM input, decision, new_notice
    RETURNING id, state, state_reason, due_at, run_id),
  new_run AS (
    INSERT INTO run (id, case_id, no, kind) SELECT run_id, id, 1, 'first' FROM new_case),
  new_targets AS (
    INSERT INTO case_target (case_id, target, connector, connector_version, mode, run_id, due_at)
    SELECT new_case.id, t->>'name', t->>'connector', t->>'connectorVersion', t->>'mode', new_case.run_id, new_case.due_at
      FROM new_case, jsonb_array_elements($20::jsonb) AS t),
  new_question AS (
    INSERT INTO question (id, kind, case_id, person_id, text)
    SELECT $27, new_case.state_reason, new_case.id, $2, $26 FROM new_case WHERE $26::text IS NOT NULL),
  new_audit AS (
    INSERT INTO audit (actor, action, case_id, data)
    SELECT $11, 'case.opened', id,
           jsonb_build_object('state', state, 'stateReason', state_reason, 'personId', $2::uuid, 'generation', $3::int,
                              'planSha256', $19::text, 'urgent', $12::boolean)
      FROM new_case),
  new_outbox AS (
    INSERT INTO outbox (kind, case_id) SELECT 'open', id FROM new_case WHERE state = 'open')
  SELECT state FROM new_case`;
