import { audit, wake } from "../../store/audit.ts";
import { inTransaction } from "../../store/pool.ts";
import type { Queryable } from "../../store/sql.ts";
import { findTaskRow } from "../../store/views/tasks.ts";
import type { TaskRow } from "../../store/views/tasks.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { notFound, Problem } from "../problem.ts";
import { lockCase, requireLive } from "./change-case.ts";

/**
 * A named person answers for it that the work is done: the item no longer holds its target, and the certificate names who
 * said so. A look outranks a word: what a later look saw working cannot be attested away.
 *
 * @throws {Problem} `not-found`, `already-ended`, `already-answered`, `still-works`.
 */
export async function attestTask(
  { taskId, reason }: { taskId: string; reason: string },
  actor: Actor,
  deps: HttpDeps,
): Promise<void> {
  await inTransaction(deps.pool, async (client) => {
    const task = await lockTask(client, taskId);
    if (task.verdict === "alive" && task.grade === "probe")
      throw new Problem("still-works", "The old value was tried and let through: replace it first.");
    await client.query(
      `UPDATE item SET disposition = 'attested', disposed_by = ARRAY[$2::text], disposed_at = clock_timestamp(),
                       disposed_reason = $3, state = 'attested', verdict = 'unknown', grade = NULL, looks = 0,
                       verdict_reason = NULL, verdict_at = NULL, verify_evidence = NULL, updated_at = clock_timestamp()
        WHERE id = $1`,
      [taskId, actor.label, reason],
    );
    await audit(client, {
      actor: actor.label,
      action: "task.attested",
      caseId: task.caseId,
      target: task.target,
      data: { itemId: taskId, reason },
    });
    await lookAgain(client, task);
  });
}

/**
 * Takes the value that was replaced, so that the next look can try it: refused, the task is closed by proof rather than by
 * a word. It is sealed before anything else, and erased at the verdict.
 *
 * @throws {Problem} `not-found`, `already-ended`, `already-answered`, `cannot-seal`.
 */
export async function tryOldValue(
  { taskId, value }: { taskId: string; value: string },
  actor: Actor,
  deps: HttpDeps,
): Promise<void> {
  const { sealProbe } = deps;
  if (sealProbe === null)
    throw new Problem(
      "cannot-seal",
      "This process has no sealing key: ask one that runs workers (lastday start), or attest the task.",
    );
  await inTransaction(deps.pool, async (client) => {
    const task = await lockTask(client, taskId);
    await audit(client, {
      actor: actor.label,
      action: "task.old-value-given",
      caseId: task.caseId,
      target: task.target,
      data: { itemId: taskId },
    });
    await lookAgain(client, task);
    await sealProbe(task, value); // last: on a connection of its own, it is durable whatever becomes of this one
  });
}

/** Person, case, target, item: locks go in the one order. */
async function lockTask(client: Queryable, taskId: string): Promise<TaskRow> {
  const asked = await findTaskRow(client, taskId);
  if (asked === null) throw notFound();
  requireLive(await lockCase(client, asked.caseId));
  await client.query(`SELECT 1 FROM case_target WHERE case_id = $1 AND target = $2 FOR NO KEY UPDATE`, [
    asked.caseId,
    asked.target,
  ]);
  await client.query(`SELECT 1 FROM item WHERE id = $1 FOR NO KEY UPDATE`, [taskId]);
  const task = await findTaskRow(client, taskId);
  if (task === null) throw notFound();
  if (!task.open) throw new Problem("already-answered", `This task is closed: ${task.disposition ?? "proven dead"}.`);
  return task;
}

/** The target does not wait for its next hourly look; one that is going on began too early, and its turn is lost. */
async function lookAgain(client: Queryable, { caseId, target }: TaskRow): Promise<void> {
  await client.query(
    `UPDATE case_target SET due_at = clock_timestamp(), fencing = fencing + 1, lease_until = NULL, updated_at = clock_timestamp()
      WHERE case_id = $1 AND target = $2 AND state <> 'finished'`,
    [caseId, target],
  );
  await wake(client, caseId);
}
