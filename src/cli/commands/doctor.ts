import type { Command } from "commander";
import type { ConnectOptions } from "../api/connect.ts";
import type { CliDeps } from "../context.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { exitCode } from "../exit.ts";
import { things } from "../terminal/size.ts";
import { styleFor } from "../terminal/style.ts";
import type { Style } from "../terminal/style.ts";
import { field } from "../terminal/table.ts";
import { printJson, withClientOptions, withExample } from "./options.ts";

/** `lastday doctor`: what breaks in practice, with the fix beside each finding. */
export function registerDoctor(program: Command, deps: CliDeps): void {
  const command = program
    .command("doctor")
    .summary("look for what breaks in practice")
    .description("Look at Node, configuration, data folder, database, Redis, ports and targets. Changes nothing.");
  withExample(withClientOptions(command), "lastday doctor");
  command.addHelpText("after", "\nExit codes: 0 nothing is broken; 1 something is; 2 wrong usage.");
  command.action(async () => {
    const options = command.optsWithGlobals<ConnectOptions & { json?: boolean }>();
    const findings = await examine(options, deps);
    const errors = findings.filter(({ level }) => level === "error").length;
    const warnings = findings.filter(({ level }) => level === "warning").length;
    if (options.json === true) printJson(deps, { ok: errors === 0, findings });
    else {
      const style = styleFor(deps.io);
      const labelWidth = Math.min(26, Math.max(...findings.map(({ check }) => check.length)) + 2);
      deps.io.out(findings.map((finding) => findingText(finding, labelWidth, style)).join(""));
      deps.io.out(`\n${things(errors, "error")}, ${things(warnings, "warning")}.\n`);
    }
    deps.finish(errors === 0 ? exitCode.ok : exitCode.failed);
  });
}

function findingText({ check, level, what, fix }: Finding, labelWidth: number, style: Style): string {
  if (level === "ok") return field(check, what, labelWidth);
  const word = `${level}:`;
  const painted = level === "error" ? style.bad(word) : style.careful(word);
  const text = field(check, `${word} ${what}`, labelWidth).replace(word, painted);
  return `${text}${fix === null ? "" : field("", `-> ${fix}`, labelWidth)}`;
}
