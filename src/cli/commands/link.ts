import type { Command } from "commander";
import { z } from "zod";
import { page } from "../api/views.ts";
import type { CliDeps } from "../context.ts";
import { table } from "../terminal/table.ts";
import { clientOf, printJson, withClientOptions, withExample } from "./options.ts";
import { personKey } from "./offboard.ts";

const link = z.looseObject({
  id: z.string(),
  personId: z.string(),
  userName: z.string(),
  target: z.string(),
  accountId: z.string(),
});

/** `lastday link`: says for certain which account is whose. */
export function registerLink(program: Command, deps: CliDeps): void {
  const links = program
    .command("link")
    .summary("say which account is whose")
    .description("Confirmed links between people and their accounts. A link acts; a match by name only suggests.");

  const add = links
    .command("add", { isDefault: true })
    .description("Confirm that an account at a target is this person's.")
    .argument("<userName>", "the person, by user name or person id")
    .argument("<target>", "name of the target")
    .argument("<account>", "the account's immutable id at the target")
    .option("--source <name>", "whose person, where the name exists in several sources")
    .option("--create-person", "for somebody no source knows, such as a contractor");
  withExample(
    withClientOptions(add),
    "lastday link sam@example.com gateway 2f6c1a90-7c2e-4f7e-9e57-0f5f3c1f1a11",
    "lastday link add kit@contractor.example gateway 77 --create-person",
  );
  add.action(
    async (who: string, target: string, accountId: string, options: { source?: string; createPerson?: boolean }) => {
      const { api, json } = clientOf(add, deps);
      const made = await api.call({
        method: "POST",
        path: "/links",
        body: {
          ...(options.createPerson === true ? { createPerson: { userName: who } } : personKey(who, options)),
          target,
          accountId,
        },
        answer: link,
      });
      if (json) printJson(deps, made);
      else deps.io.out(`${target} ${accountId} is linked to ${who} (link ${made.id}).\n`);
    },
  );

  const list = links.command("list").description("Links in force.").option("--target <name>", "only of this target");
  withExample(withClientOptions(list), "lastday link list --target gateway");
  list.action(async ({ target }: { target?: string }) => {
    const { api, json } = clientOf(list, deps);
    const found = await api.call({ path: "/links", query: { target }, answer: page(link) });
    if (json) return printJson(deps, found);
    if (found.items.length === 0) deps.io.out("No links.\n");
    else {
      const rows = found.items.map((one) => [one.id, one.target, one.accountId, one.userName]);
      deps.io.out(table(["LINK", "TARGET", "ACCOUNT", "PERSON"], rows, 2));
    }
  });

  const remove = links.command("remove").description("End a link.").argument("<link>", "link id");
  withExample(withClientOptions(remove), "lastday link remove 019a8f00-0000-7000-8000-000000000003");
  remove.action(async (id: string) => {
    const { api } = clientOf(remove, deps);
    await api.call({ method: "DELETE", path: `/links/${encodeURIComponent(id)}`, answer: z.unknown() });
    deps.io.out("The link is ended.\n");
  });
}
