import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import type { ApiClient } from "../api/client.ts";
import { previewPage, previewView } from "../case/preview.ts";
import { caseDetail } from "../api/views.ts";
import type { CaseDetail } from "../api/views.ts";
import { followCase } from "../case/follow.ts";
import { casePage, changeLine, namingTarget } from "../case/render.ts";
import type { CliDeps } from "../context.ts";
import { CliError, exitCode } from "../exit.ts";
import { styleFor } from "../terminal/style.ts";
import { clientOf, printJson, withClientOptions, withExample } from "./options.ts";

interface OffboardOptions {
  dryRun?: boolean;
  at?: string;
  urgent?: boolean;
  reason?: string;
  source?: string;
  wait: boolean;
}

/** `lastday offboard`: the manual door, under the same guard as every other. */
export function registerOffboard(program: Command, deps: CliDeps): void {
  const command = program
    .command("offboard")
    .summary("end a person's access now, or at a time")
    .description("End every credential of a person, and follow it to the certificate.")
    .argument("<userName>", "the person, by user name or person id")
    .option("--dry-run", "show what would be ended; starts nothing and writes nowhere")
    .option("--at <time>", "not before this time (RFC 3339), such as 2026-12-01T17:00:00+01:00", rfc3339)
    .option("--urgent", "pass the guard and go before every other case; takes an approver's token")
    .option("--reason <text>", "why; kept in the audit (required unless --dry-run)")
    .option("--source <name>", "whose person, where the name exists in several sources")
    .option("--no-wait", "return once the case is opened");
  withClientOptions(command);
  withExample(
    command,
    "lastday offboard sam@example.com --dry-run",
    'lastday offboard sam@example.com --urgent --reason "left today, ticket 4711"',
  );
  command.addHelpText("after", "\nExit codes: 0 gone, or opened with --no-wait; 1 not gone (yet); 2 wrong usage.");
  command.action(async (userName: string, options: OffboardOptions) => {
    const { api, json } = clientOf(command, deps);
    deps.finish(
      options.dryRun === true
        ? await preview(userName, options, { api, json, deps })
        : await offboard(userName, options, { api, json, deps }),
    );
  });
}

interface Run {
  api: ApiClient;
  json: boolean;
  deps: CliDeps;
}

async function offboard(who: string, options: OffboardOptions, { api, json, deps }: Run): Promise<number> {
  if (options.reason === undefined || options.reason.trim() === "") {
    throw new CliError("usage", "A reason is needed: it is what the audit will show", { fix: 'Add --reason "…".' });
  }
  const opened = await api.call({
    method: "POST",
    path: "/cases",
    body: {
      ...personKey(who, options),
      reason: options.reason,
      urgent: options.urgent === true,
      ...(options.at === undefined ? {} : { at: options.at }),
    },
    answer: caseDetail,
  });
  if (!options.wait) {
    if (json) printJson(deps, opened);
    else deps.io.out(`Case ${opened.id} is ${opened.state}.\n`);
    return exitCode.ok;
  }
  const ended = await follow(opened, { api, json, deps });
  if (json) printJson(deps, ended);
  else deps.io.out(`\n${casePage(ended, styleFor(deps.io))}`);
  return ended.state === "complete" || ended.state === "complete_with_exceptions" || ended.state === "scheduled"
    ? exitCode.ok
    : exitCode.failed;
}

/** Progress goes to standard error, so that the result can be piped. */
async function follow(opened: CaseDetail, { api, deps }: Run): Promise<CaseDetail> {
  const style = styleFor(deps.io, "err");
  const startedAt = Date.now();
  const stop = new AbortController();
  const leave = (): void => {
    deps.io.err(`\nStopped following; case ${opened.id} goes on. See it with: lastday cases show ${opened.id}\n`);
    stop.abort();
  };
  void deps.io.interrupted.then(leave);
  deps.io.err(`Case ${opened.id} for ${opened.subject.userName}\n`);
  return await followCase({
    api,
    caseId: opened.id,
    everyMs: 500,
    signal: stop.signal,
    onChange: (change, { targetList }) => {
      const told = targetList.length > 1 ? namingTarget(change) : change;
      deps.io.err(changeLine(told, Date.now() - startedAt, style));
    },
  });
}

async function preview(who: string, options: OffboardOptions, { api, json, deps }: Run): Promise<number> {
  for (const [given, name] of [
    [options.at, "--at"],
    [options.urgent, "--urgent"],
  ] as const) {
    if (given !== undefined) throw new CliError("usage", `${name} has no meaning with --dry-run`);
  }
  let seen = await api.call({ method: "POST", path: "/previews", body: personKey(who, options), answer: previewView });
  const stop = new AbortController();
  void deps.io.interrupted.then(() => stop.abort());
  while (!seen.finished && !stop.signal.aborted) {
    await sleep(300, undefined, { signal: stop.signal }).catch(() => undefined);
    seen = await api.call({ path: `/previews/${encodeURIComponent(seen.id)}`, answer: previewView });
  }
  if (json) printJson(deps, seen);
  else deps.io.out(previewPage(seen));
  return seen.finished && seen.targets.every(({ result }) => result?.kind !== "failed") ? exitCode.ok : exitCode.failed;
}

/** A UUID is a person id; anything else a user name. */
export function personKey(who: string, { source }: { source?: string | undefined }): Record<string, string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(who)) return { personId: who };
  return { userName: who, ...(source === undefined ? {} : { source }) };
}

function rfc3339(text: string): string {
  const form = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;
  const instant = form.test(text) ? new Date(text.toUpperCase()) : new Date(Number.NaN);
  // JavaScript takes 30 February for 2 March; here it is a mistake.
  const isReal =
    !Number.isNaN(instant.getTime()) &&
    new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));
  if (!isReal) throw new InvalidArgumentError("Write it as 2026-12-01T17:00:00+01:00.");
  return instant.toISOString();
}
