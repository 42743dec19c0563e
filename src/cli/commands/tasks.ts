import type { Command } from "commander";
import { z } from "zod";
import { page, task } from "../api/views.ts";
import type { CliDeps } from "../context.ts";
import { readSecretFile } from "../secret-file.ts";
import { field } from "../terminal/table.ts";
import { clientOf, printJson, withClientOptions, withExample } from "./options.ts";

/** `lastday tasks`: what only a person can do, such as replacing a secret that no issuer is connected for. */
export function registerTasks(program: Command, deps: CliDeps): void {
  const tasks = program
    .command("tasks")
    .summary("what only a person can do")
    .description("Work that holds a target until it is proven or attested.");

  const list = tasks.command("list", { isDefault: true }).description("Open tasks, what is due first.");
  withExample(withClientOptions(list), "lastday tasks");
  list.action(async () => {
    const { api, json } = clientOf(list, deps);
    const found = await api.call({ path: "/tasks", answer: page(task) });
    if (json) return printJson(deps, found);
    if (found.items.length === 0) deps.io.out("Nobody has to do anything by hand.\n");
    for (const one of found.items) deps.io.out(`${taskText(one)}\n`);
  });

  const attest = tasks
    .command("attest")
    .description("Answer for it that a task is done; the certificate names you.")
    .argument("<task>", "task id")
    .requiredOption("--reason <text>", "how it was done; kept in the audit and the certificate");
  withExample(
    withClientOptions(attest),
    'lastday tasks attest 019a8f00-0000-7000-8000-000000000003 --reason "replaced in the vault"',
  );
  attest.action(async (id: string, { reason }: { reason: string }) => {
    const { api, json } = clientOf(attest, deps);
    const path = `/tasks/${encodeURIComponent(id)}/attestation`;
    const closed = await api.call({ method: "POST", path, body: { reason }, answer: z.unknown() });
    if (json) printJson(deps, closed);
    else deps.io.out("Attested.\n");
  });

  const prove = tasks
    .command("prove")
    .description("Give the value that was replaced: the next look tries it, and it must be refused.")
    .argument("<task>", "task id")
    .requiredOption("--old-value-file <file>", "a file that holds the old value alone; never on the command line");
  withExample(
    withClientOptions(prove),
    "lastday tasks prove 019a8f00-0000-7000-8000-000000000003 --old-value-file ./old",
  );
  prove.action(async (id: string, { oldValueFile }: { oldValueFile: string }) => {
    const { api, json } = clientOf(prove, deps);
    const path = `/tasks/${encodeURIComponent(id)}/old-value`;
    const value = readSecretFile(oldValueFile, deps.io.cwd);
    const given = await api.call({ method: "POST", path, body: { value }, answer: z.unknown() });
    if (json) printJson(deps, given);
    else deps.io.out("Sealed. The next look tries it; `lastday tasks` shows the task until it is refused.\n");
  });
}

function taskText(one: z.output<typeof task>): string {
  return [
    field("task", one.id),
    field("what", one.what),
    field("owner", one.owner),
    field("due", one.dueAt),
    field("where", `${one.target}, ${one.kind} ${one.label}`),
    field("case", one.caseId),
  ].join("");
}
