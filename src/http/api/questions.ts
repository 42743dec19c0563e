import { z } from "zod";
import { findQuestionRow, listQuestionRows } from "../../store/views/questions.ts";
import { answerQuestion } from "../actions/answer-question.ts";
import { decodeCursor, pageOf, pageQuery } from "../cursor.ts";
import type { HttpDeps } from "../deps.ts";
import { endpoint } from "../operation.ts";
import type { Endpoint } from "../operation.ts";
import { notFound } from "../problem.ts";
import { questionView, questionViewOf } from "../views/question.ts";
import { id, pageView } from "../views/shared.ts";
import { lineText } from "./fields.ts";

/** What only a person can decide. */
export function questionEndpoints(deps: HttpDeps): Endpoint[] {
  return [
    endpoint(
      {
        id: "listQuestions",
        method: "get",
        path: "/questions",
        summary: "Questions, whoever waits longest first",
        tag: "questions",
        role: "viewer",
        query: z.strictObject({
          open: z.stringbool().default(true).describe("Only those nobody has answered"),
          ...pageQuery,
        }),
        success: { status: 200, description: "A page of questions", schema: pageView(questionView) },
        problems: ["invalid-cursor"],
      },
      async ({ query }) => {
        const after = decodeCursor(query.cursor);
        const rows = await listQuestionRows(deps.pool, { open: query.open, after, limit: query.limit + 1 });
        const page = pageOf(rows, query.limit, (row) => ({ at: row.createdAt, id: row.id }));
        return { json: { items: page.items.map(questionViewOf), next: page.next } };
      },
    ),
    endpoint(
      {
        id: "answerQuestion",
        method: "post",
        path: "/questions/{questionId}/answer",
        summary: "Answer a question",
        description:
          "`leaver` lets the case act, `not-a-leaver` ends it; `link` confirms accounts, `no-account` says that none is the person's.",
        tag: "questions",
        role: "operator",
        params: z.strictObject({ questionId: id }),
        body: z.strictObject({
          answer: z.enum(["leaver", "not-a-leaver", "link", "no-account"]),
          accountIds: z.array(lineText).max(50).default([]).describe("For `link`: which accounts"),
        }),
        success: { status: 200, description: "The question, answered", schema: questionView },
        problems: ["already-answered", "not-awaiting-approval", "person-active-again", "account-linked"],
      },
      async ({ params, body, actor }) => {
        await answerQuestion({ questionId: params.questionId, ...body }, actor, deps);
        const row = await findQuestionRow(deps.pool, params.questionId);
        if (row === null) throw notFound();
        return { json: questionViewOf(row) };
      },
    ),
  ];
}
