import { audit } from "../../store/audit.ts";
import { inTransaction } from "../../store/pool.ts";
import type { Queryable } from "../../store/sql.ts";
import { findQuestionRow } from "../../store/views/questions.ts";
import type { QuestionRow } from "../../store/views/questions.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { notFound, Problem } from "../problem.ts";
import { questionViewOf } from "../views/question.ts";
import type { Answer, QuestionView } from "../views/question.ts";
import { releaseCase } from "./approve-case.ts";
import { lockCase, markCancelled } from "./change-case.ts";
import { addLink, answerTargetQuestions } from "./links.ts";

export interface AnswerInput {
  questionId: string;
  answer: Answer;
  /** For `link`: which candidates; where none were offered, any account by the target's own id. */
  accountIds: readonly string[];
}

/**
 * Decides what only a person can decide. About a case: `leaver` lets it act, `not-a-leaver` ends it. About an account:
 * `link` confirms candidates, `no-account` says that none of them is the person's.
 *
 * @throws {Problem} `not-found`, `already-answered`, `invalid-request`, `person-active-again`, `account-linked`.
 */
export async function answerQuestion(
  input: AnswerInput,
  actor: Actor,
  deps: HttpDeps,
): Promise<{ caseId: string | null }> {
  return await inTransaction(deps.pool, async (client) => {
    const asked = await findQuestionRow(client, input.questionId);
    if (asked === null) throw notFound();
    // Locks go person, case, question, like everywhere else; only then is what was read still true.
    if (asked.caseId !== null) await lockCase(client, asked.caseId);
    else if (asked.personId !== null)
      await client.query(`SELECT 1 FROM person WHERE id = $1 FOR UPDATE`, [asked.personId]);
    await client.query(`SELECT 1 FROM question WHERE id = $1 FOR UPDATE`, [input.questionId]);
    const question = await findQuestionRow(client, input.questionId);
    if (question === null) throw notFound();
    if (question.answeredAt !== null)
      throw new Problem(
        "already-answered",
        `${question.answeredBy ?? "Somebody"} answered: ${question.answer ?? "nothing"}.`,
      );
    const view = questionViewOf(question);
    if (!view.answers.includes(input.answer))
      throw new Problem("invalid-request", "Check answer.", {
        errors: [{ field: "answer", message: `must be one of ${view.answers.join(", ")}` }],
      });
    await decide(client, question, view, input, actor);
    return { caseId: question.caseId };
  });
}

async function decide(
  client: Queryable,
  question: QuestionRow,
  view: QuestionView,
  { answer, accountIds }: AnswerInput,
  actor: Actor,
): Promise<void> {
  switch (answer) {
    case "leaver":
      await letAct(client, question, actor);
      return;
    case "not-a-leaver":
      await stop(client, question, actor);
      return;
    case "no-account":
      await answerTargetQuestions(client, { ...placeOf(question), answer }, actor);
      return;
    case "link":
      for (const account of chosenAccounts(view, accountIds))
        await addLink(client, { ...placeOf(question), accountId: account.id, label: account.label }, actor);
      await answerTargetQuestions(client, { ...placeOf(question), answer }, actor);
  }
}

function chosenAccounts({ candidates }: QuestionView, accountIds: readonly string[]): { id: string; label: string }[] {
  const offered = new Map(candidates.map(({ account }) => [account.id, account]));
  const chosen = accountIds.flatMap((id) => (offered.size === 0 ? [{ id, label: id }] : (offered.get(id) ?? [])));
  if (chosen.length === accountIds.length && chosen.length > 0) return chosen;
  const message =
    offered.size === 0
      ? "name at least one account"
      : "must be some of the candidates; confirm any other with POST /links";
  throw new Problem("invalid-request", "Check accountIds.", { errors: [{ field: "accountIds", message }] });
}

async function letAct(client: Queryable, { id, caseId }: QuestionRow, actor: Actor): Promise<void> {
  if (caseId === null) throw notFound();
  const locked = await lockCase(client, caseId);
  if (locked.state !== "awaiting_approval") throw new Problem("not-awaiting-approval", `The case is ${locked.state}.`);
  if (locked.person === "returned") throw new Problem("person-active-again", "Nothing is ended for an active person.");
  await audit(client, {
    actor: actor.label,
    action: "question.answered",
    caseId,
    data: { questionId: id, answer: "leaver" },
  });
  await releaseCase(client, locked, { because: "leaver", by: actor });
}

async function stop(client: Queryable, { id, caseId }: QuestionRow, actor: Actor): Promise<void> {
  if (caseId === null) throw notFound();
  const locked = await lockCase(client, caseId);
  await audit(client, {
    actor: actor.label,
    action: "question.answered",
    caseId,
    data: { questionId: id, answer: "not-a-leaver" },
  });
  await markCancelled(client, locked, { because: "not-a-leaver", reason: "answered: not a leaver" }, actor);
  await client.query(`UPDATE question SET answer = 'not-a-leaver' WHERE id = $1`, [id]);
}

function placeOf({ personId, target }: QuestionRow): { personId: string; target: string } {
  if (personId === null || target === null) throw notFound();
  return { personId, target };
}
