import type { Command } from "commander";
import { z } from "zod";
import { page, question } from "../api/views.ts";
import type { CliDeps } from "../context.ts";
import { field } from "../terminal/table.ts";
import { clientOf, printJson, withClientOptions, withExample } from "./options.ts";

/** `lastday questions`: what only a person can decide. */
export function registerQuestions(program: Command, deps: CliDeps): void {
  const questions = program
    .command("questions")
    .summary("what only a person can decide")
    .description("Questions that hold a case or a target until somebody answers.");

  const list = questions.command("list", { isDefault: true }).description("Open questions, oldest first.");
  withExample(withClientOptions(list), "lastday questions");
  list.action(async () => {
    const { api, json } = clientOf(list, deps);
    const found = await api.call({ path: "/questions", answer: page(question) });
    if (json) return printJson(deps, found);
    if (found.items.length === 0) deps.io.out("Nobody has to decide anything.\n");
    for (const one of found.items) deps.io.out(`${questionText(one)}\n`);
  });

  const answer = questions
    .command("answer")
    .description("Answer one; the audit keeps who did.")
    .argument("<question>", "question id")
    .argument("<answer>", "one of the answers that `lastday questions` shows for it")
    .option("--account <id...>", "which accounts, when the answer is link");
  withExample(
    withClientOptions(answer),
    "lastday questions answer 019a8f00-0000-7000-8000-000000000002 link --account 4f1c",
  );
  answer.action(async (id: string, given: string, { account = [] }: { account?: string[] }) => {
    const { api, json } = clientOf(answer, deps);
    const answered = await api.call({
      method: "POST",
      path: `/questions/${encodeURIComponent(id)}/answer`,
      body: { answer: given, accountIds: account },
      answer: z.unknown(),
    });
    if (json) printJson(deps, answered);
    else deps.io.out("Answered.\n");
  });
}

function questionText(one: z.output<typeof question>): string {
  return [
    field("question", one.id),
    field("asks", one.target === null ? one.text : `${one.target}: ${one.text}`),
    ...(one.caseId === null ? [] : [field("case", one.caseId)]),
    ...one.candidates.map(({ account, reason }) => field("account", `${account.id} ${account.label} (${reason})`)),
    field("answers", one.answers.join(", ")),
  ].join("");
}
