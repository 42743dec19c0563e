import type { Command } from "commander";
import { z } from "zod";
import { caseDetail, caseSummary, page } from "../api/views.ts";
import { casePage, caseList } from "../case/render.ts";
import type { CliDeps } from "../context.ts";
import { CliError } from "../exit.ts";
import { things } from "../terminal/size.ts";
import { styleFor } from "../terminal/style.ts";
import { clientOf, printJson, withClientOptions, withExample } from "./options.ts";

/** `lastday cases`, `lastday approve`: looking and deciding. */
export function registerCases(program: Command, deps: CliDeps): void {
  const cases = program
    .command("cases")
    .summary("list, show or cancel cases")
    .description("The cases and where they stand.");

  const list = cases
    .command("list", { isDefault: true })
    .description("Cases, newest first.")
    .option("--state <states>", "only these, separated by commas: open, blocked, awaiting_approval, complete, …")
    .option("--limit <n>", "at most so many", "50");
  withExample(withClientOptions(list), "lastday cases --state awaiting_approval,blocked");
  list.action(async ({ state, limit }: { state?: string; limit: string }) => {
    const { api, json } = clientOf(list, deps);
    const answer = page(caseSummary);
    const found = await api.call({ path: "/cases", query: { state, limit }, answer });
    if (json) return printJson(deps, found);
    deps.io.out(caseList(found.items));
    if (found.next !== null) deps.io.out("There are more: raise --limit, or narrow with --state.\n");
  });

  const show = cases
    .command("show")
    .description("One case: verdict, credentials, what it needs.")
    .argument("<case>", "case id");
  withExample(withClientOptions(show), "lastday cases show 019a8f00-0000-7000-8000-000000000001");
  show.action(async (id: string) => {
    const { api, json } = clientOf(show, deps);
    const found = await api.call({ path: `/cases/${encodeURIComponent(id)}`, answer: caseDetail });
    if (json) printJson(deps, found);
    else deps.io.out(casePage(found, styleFor(deps.io)));
  });

  const cancel = cases
    .command("cancel")
    .description("End a case without a certificate. What was frozen or revoked stays as it is.")
    .argument("<case>", "case id")
    .requiredOption("--reason <text>", "why; kept in the audit");
  withExample(
    withClientOptions(cancel),
    'lastday cases cancel 019a8f00-0000-7000-8000-000000000001 --reason "wrong person"',
  );
  cancel.action(async (id: string, { reason }: { reason: string }) => {
    const { api, json } = clientOf(cancel, deps);
    const path = `/cases/${encodeURIComponent(id)}/cancellation`;
    const found = await api.call({ method: "POST", path, body: { reason }, answer: caseDetail });
    if (json) printJson(deps, found);
    else deps.io.out(`Case ${found.id} is ${found.state}.\n`);
  });

  registerApprove(program, deps);
}

const approval = z.looseObject({ given: z.int(), needed: z.int(), released: z.boolean() });

function registerApprove(program: Command, deps: CliDeps): void {
  const approve = program
    .command("approve")
    .summary("consent to a case that awaits approval")
    .description("Consent to what a held case would do. Shows the plan's digest; the consent is bound to it.")
    .argument("<case>", "case id")
    .option("--plan <sha256>", "the digest you were shown; without it, the present one is approved");
  withExample(withClientOptions(approve), "lastday approve 019a8f00-0000-7000-8000-000000000001");
  approve.action(async (id: string, { plan }: { plan?: string }) => {
    const { api, json } = clientOf(approve, deps);
    const path = `/cases/${encodeURIComponent(id)}`;
    const held = await api.call({ path, answer: caseDetail });
    if (held.state !== "awaiting_approval")
      throw new CliError("refused", `The case is ${held.state}: there is nothing to approve`);
    const planSha256 = plan ?? held.planSha256;
    const given = await api.call({ method: "POST", path: `${path}/approval`, body: { planSha256 }, answer: approval });
    if (json) return printJson(deps, given);
    const rest = given.needed - given.given;
    deps.io.out(
      given.released
        ? `Case ${id} for ${held.subject.userName} is released.\n`
        : `Your approval counts. ${things(rest, "more approver")} must consent.\n`,
    );
  });
}
