import type pg from "pg";
import type { CaseSnapshot, ItemSnapshot, TargetSnapshot } from "../domain/case-snapshot.ts";
import { audit } from "./audit.ts";
import { row, rows } from "./sql.ts";

/** A certificate to keep, as the certify stage hands it over. */
interface CertificateRow {
  id: string;
  kind: "final" | "interim";
  outcome: "complete" | "complete_with_exceptions" | "interim";
  keyid: string;
  issued: { json: string; sha256: string; paeSha256: string; statement: { predicate: { summary: unknown } } };
  issuedAt: Date;
}

/** Reads a case under lock and keeps its certificate, in the caller's transaction. */
export function certifyStore(client: pg.ClientBase) {
  return {
    lockCase: (caseId: string) => lockCase(client, caseId),
    save: (snapshot: CaseSnapshot, certificate: CertificateRow) => save(client, snapshot, certificate),
    recordUnfinished: (snapshot: CaseSnapshot) => recordUnfinished(client, snapshot),
    recordWatch: (snapshot: CaseSnapshot) => endRun(client, snapshot),
  };
}

async function lockCase(client: pg.ClientBase, caseId: string): Promise<CaseSnapshot | null> {
  const found = await row<CaseSnapshot["case"] & { personId: string; userName: string; displayName: string | null }>(
    client,
    `SELECT c.id, c.state, c.run_id AS "runId", c.run_no AS "runNo", c.source, coalesce(n.kind, 'requested') AS event,
            c.effective_at AS "effectiveAt", c.effective_from AS "effectiveFrom", c.received_at AS "receivedAt",
            encode(n.raw_sha256, 'hex') AS "rawSha256", c.plan_sha256 AS "planSha256", c.preserve, c.deleting, c.demo,
            encode(sha256(convert_to((c.plan->'policy')::text, 'UTF8')), 'hex') AS "policySha256",
            coalesce(ARRAY(SELECT w::float8 FROM jsonb_array_elements_text(c.plan->'policy'->'watchMs') AS w), '{}') AS "watchMs",
            c.watches_done AS "watchesDone", c.completed_at AS "completedAt", c.last_freeze_at AS "lastFreezeAt",
            p.id AS "personId", p.user_name AS "userName", p.display_name AS "displayName"
       FROM cases c JOIN person p ON p.id = c.person_id LEFT JOIN notice n ON n.id = c.notice_id
      WHERE c.id = $1 FOR NO KEY UPDATE OF c`,
    [caseId],
  );
  if (found === null) return null;
  const { personId, userName, displayName, ...held } = found;
  // The case is locked first, then its targets, like everywhere else.
  const targets = await rows<TargetSnapshot>(
    client,
    `SELECT target, connector, connector_version AS "connectorVersion", mode, state, reason, "freeze",
            freeze_reason AS "freezeReason", first_clean_at AS "firstCleanAt", accounts_sha256 AS "accountsSha256",
            inventory, listed_at AS "listedAt", gaps,
            (SELECT count(*)::int FROM case_account a WHERE a.case_id = case_target.case_id AND a.target = case_target.target) AS accounts
       FROM case_target WHERE case_id = $1 ORDER BY target FOR NO KEY UPDATE`,
    [caseId],
  );
  const items = await rows<ItemSnapshot>(client, itemsStatement, [caseId]);
  const runs = await rows<CaseSnapshot["runs"][number]>(
    client,
    `SELECT id, started_at AS "startedAt", completed_at AS "completedAt" FROM run WHERE case_id = $1 ORDER BY no`,
    [caseId],
  );
  const previous = await row<NonNullable<CaseSnapshot["previous"]>>(
    client,
    `SELECT id, pae_sha256 AS "paeSha256", run_no AS "runNo" FROM certificate
      WHERE case_id = $1 AND kind = 'final' ORDER BY run_no DESC LIMIT 1`,
    [caseId],
  );
  const now = await row<{ at: Date }>(client, `SELECT clock_timestamp()::timestamptz(3) AS at`);
  if (now === null) return null;
  return { at: now.at, case: held, person: { id: personId, userName, displayName }, runs, targets, items, previous };
}

const itemsStatement = `
  SELECT i.target, i.kind, i.ref, i.label, i.created_at_target AS "createdAtTarget", i.discovered_at AS "discoveredAt",
         i.outcome, i.outcome_reason AS "outcomeReason", i.requested_at AS "requestedAt", i.outcome_at AS "outcomeAt",
         i.revoke_step_id AS "revokeStepId", s.run_id AS "revokeRunId", i.verdict, i.grade, i.verdict_at AS "verdictAt",
         i.looks, i.attempts, i.disposition, i.disposed_by AS "disposedBy",
         i.disposed_at AS "disposedAt", i.disposed_reason AS "disposedReason", i.principal, x.operation AS "revokeOperation",
         CASE WHEN r.sha256 IS NOT NULL THEN jsonb_build_object('sha256', r.sha256, 'bytes', r.size, 'mediaType', r.media_type) END
           AS "revokeEvidence",
         CASE WHEN v.sha256 IS NOT NULL THEN jsonb_build_object('sha256', v.sha256, 'bytes', v.size, 'mediaType', v.media_type) END
           AS "verifyEvidence"
    FROM item i
    LEFT JOIN step s ON s.id = i.revoke_step_id
    LEFT JOIN evidence r ON r.sha256 = i.revoke_evidence
    LEFT JOIN evidence v ON v.sha256 = i.verify_evidence
    LEFT JOIN LATERAL (SELECT operation FROM exchange WHERE case_id = $1 AND sha256 = i.revoke_evidence LIMIT 1) x ON true
   WHERE i.case_id = $1 ORDER BY i.target, i.kind, i.ref`;

async function save(client: pg.ClientBase, snapshot: CaseSnapshot, certificate: CertificateRow): Promise<void> {
  const { issued } = certificate;
  await client.query(
    `WITH kept AS (
       INSERT INTO certificate (id, case_id, run_no, kind, outcome, keyid, sha256, pae_sha256, supersedes, issued_at, summary)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id)
     INSERT INTO certificate_body (certificate_id, body) SELECT id, $12 FROM kept`,
    [
      certificate.id,
      snapshot.case.id,
      snapshot.case.runNo,
      certificate.kind,
      certificate.outcome,
      certificate.keyid,
      issued.sha256,
      issued.paeSha256,
      snapshot.previous?.id ?? null,
      certificate.issuedAt,
      JSON.stringify(issued.statement.predicate.summary),
      issued.json,
    ],
  );
  await audit(client, {
    actor: "worker",
    action: "certificate.issued",
    caseId: snapshot.case.id,
    data: {
      certificateId: certificate.id,
      kind: certificate.kind,
      outcome: certificate.outcome,
      sha256: issued.sha256,
    },
  });
  if (certificate.kind === "interim") return;
  await endRun(client, snapshot);
  await client.query(`UPDATE cases SET state = $2, state_reason = NULL WHERE id = $1`, [
    snapshot.case.id,
    certificate.outcome,
  ]);
}

/**
 * Ends the present run; the case is due again at its next watch, or when what was only switched off may be deleted,
 * whichever comes first. A run that deleted is no watch: the next one keeps its time.
 */
async function endRun(client: pg.ClientBase, { case: held, items }: CaseSnapshot): Promise<void> {
  await client.query(`UPDATE run SET completed_at = clock_timestamp() WHERE id = $1 AND completed_at IS NULL`, [
    held.runId,
  ]);
  const isWatch = held.completedAt !== null && !held.deleting;
  const watched = isWatch ? Math.min(held.watchesDone + 1, held.watchMs.length) : held.watchesDone;
  // Each principal has its own time: one that was switched off later goes later.
  const offSince = items.flatMap((item) =>
    item.principal && item.outcome === "disabled" && item.disposition === null && item.outcomeAt !== null
      ? [item.outcomeAt.getTime()]
      : [],
  );
  const firstOff = held.preserve || offSince.length === 0 ? null : new Date(Math.min(...offSince));
  await client.query(
    `UPDATE cases
        SET watches_done = $2, completed_at = coalesce(completed_at, clock_timestamp()), updated_at = clock_timestamp(),
            deleting = false, delete_at = soon.delete_at,
            due_at = least(coalesce(completed_at, clock_timestamp()) + $3 * interval '1 ms', soon.delete_at)
       FROM (SELECT $4::timestamptz + (plan->'policy'->>'deleteAfterMs')::float8 * interval '1 ms' AS delete_at
               FROM cases WHERE id = $1) AS soon
      WHERE id = $1`,
    [held.id, watched, held.watchMs[watched] ?? null, firstOff],
  );
  if (isWatch)
    await audit(client, {
      actor: "worker",
      action: "watch.ended",
      caseId: held.id,
      data: { watch: watched, clean: true },
    });
  if (held.deleting) await audit(client, { actor: "worker", action: "deletion.ended", caseId: held.id, data: {} });
}

/** The targets have due times of their own; the case itself is due again when the last of them rests. */
async function recordUnfinished(client: pg.ClientBase, snapshot: CaseSnapshot): Promise<void> {
  const needsSomebody = snapshot.targets.some(
    (target) => target.state === "blocked" || target.state === "awaiting_approval",
  );
  const empty = snapshot.targets.length === 0;
  await client.query(
    `UPDATE cases SET due_at = NULL, state = $2, state_reason = $3, updated_at = clock_timestamp()
      WHERE id = $1 AND state IN ('open', 'blocked')`,
    [
      snapshot.case.id,
      empty || needsSomebody ? "blocked" : "open",
      empty ? "no-targets" : needsSomebody ? "target" : null,
    ],
  );
}
