import { type Command, Option } from "commander";
import { z } from "zod";
import { page } from "../api/views.ts";
import type { CliDeps } from "../context.ts";
import { CliError } from "../exit.ts";
import { timeText } from "../terminal/size.ts";
import { table } from "../terminal/table.ts";
import { clientOf, printJson, withClientOptions, withExample } from "./options.ts";

const token = z.looseObject({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  source: z.string().nullable(),
  role: z.string().nullable(),
  prefix: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});
const created = token.extend({ value: z.string() });

interface CreateOptions {
  kind: "source" | "api";
  name: string;
  source?: string;
  role?: string;
  expires?: string;
}

/** `lastday token`: for identity providers and for people; only the digest is kept. */
export function registerToken(program: Command, deps: CliDeps): void {
  const tokens = program
    .command("token")
    .summary("make, list and revoke tokens")
    .description("Tokens for sources (SCIM) and for the API. The value is shown once; only its SHA-256 is kept.");

  const create = tokens
    .command("create")
    .description("Make a token and print its value, once, on standard output.")
    .addOption(
      new Option("--kind <kind>", "source: for an identity provider; api: for a person or a script")
        .choices(["source", "api"])
        .makeOptionMandatory(),
    )
    .requiredOption("--name <name>", "what it is for; two live ones of a name while you rotate")
    .option("--source <name>", "the source it speaks for (with --kind source)")
    .addOption(
      new Option("--role <role>", "what it may do (with --kind api)").choices([
        "viewer",
        "auditor",
        "operator",
        "approver",
        "admin",
      ]),
    )
    .option("--expires <time>", "when it ends (RFC 3339); left out: never");
  withExample(
    withClientOptions(create),
    "lastday token create --kind source --name okta-2026 --source okta",
    "lastday token create --kind api --name soc --role operator > soc.token",
  );
  create.action(async (options: CreateOptions) => {
    requireFitting(options);
    const { api, json } = clientOf(create, deps);
    const { kind, name, source, role, expires } = options;
    const made = await api.call({
      method: "POST",
      path: "/tokens",
      body: {
        kind,
        name,
        ...(source === undefined ? {} : { source }),
        ...(role === undefined ? {} : { role }),
        ...(expires === undefined ? {} : { expiresAt: expires }),
      },
      answer: created,
    });
    if (json) return printJson(deps, made);
    deps.io.err("This value is shown once. Keep it where only its user can read it.\n");
    deps.io.out(`${made.value}\n`);
  });

  const list = tokens
    .command("list", { isDefault: true })
    .description("Tokens, with their last use; never their values.");
  withExample(withClientOptions(list), "lastday token list");
  list.action(async () => {
    const { api, json } = clientOf(list, deps);
    const found = await api.call({ path: "/tokens", answer: page(token) });
    if (json) return printJson(deps, found);
    if (found.items.length === 0) return deps.io.out("No tokens.\n");
    const rows = found.items.map((one) => [
      one.id,
      one.kind,
      one.source ?? one.role ?? "",
      one.revokedAt !== null ? "revoked" : timeText(one.lastUsedAt).slice(0, 10),
      one.name,
    ]);
    deps.io.out(table(["TOKEN", "KIND", "FOR", "LAST USED", "NAME"], rows));
  });

  const revoke = tokens.command("revoke").description("End a token at once.").argument("<token>", "token id");
  withExample(withClientOptions(revoke), "lastday token revoke 019a8f00-0000-7000-8000-000000000004");
  revoke.action(async (id: string) => {
    const { api } = clientOf(revoke, deps);
    await api.call({ method: "DELETE", path: `/tokens/${encodeURIComponent(id)}`, answer: z.unknown() });
    deps.io.out("The token is revoked.\n");
  });
}

function requireFitting({ kind, source, role }: CreateOptions): void {
  if (kind === "source" && source === undefined) throw new CliError("usage", "--kind source needs --source <name>");
  if (kind === "source" && role !== undefined) throw new CliError("usage", "--role belongs to --kind api");
  if (kind === "api" && role === undefined) throw new CliError("usage", "--kind api needs --role <role>");
  if (kind === "api" && source !== undefined) throw new CliError("usage", "--source belongs to --kind source");
}
