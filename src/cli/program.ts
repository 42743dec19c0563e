import { Command, CommanderError } from "commander";
import { CodedError, messageOf } from "../domain/error.ts";
import { registerCases } from "./commands/cases.ts";
import { registerConfig } from "./commands/config.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerExport } from "./commands/export.ts";
import { registerLink } from "./commands/link.ts";
import { registerOffboard } from "./commands/offboard.ts";
import { registerQuestions } from "./commands/questions.ts";
import { registerServers } from "./commands/server.ts";
import { registerTasks } from "./commands/tasks.ts";
import { registerToken } from "./commands/token.ts";
import type { CliDeps } from "./context.ts";
import { CliError, exitCode } from "./exit.ts";
import { styleFor } from "./terminal/style.ts";
import { registerVerify } from "./verify/index.ts";
import { visible } from "./verify/layout.ts";

/**
 * Runs one command.
 * @param words as typed after `lastday`.
 * @returns the exit code: 0 done, 1 not done, 2 wrong usage; `verify` has more. What went wrong is on standard error.
 */
export async function runCli(words: readonly string[], deps: Omit<CliDeps, "finish">): Promise<number> {
  let code: number = exitCode.ok;
  const program = createProgram({ ...deps, finish: (given) => void (code = given) });
  try {
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    return report(error, deps);
  }
}

function createProgram(deps: CliDeps): Command {
  const { io } = deps;
  const program = new Command("lastday")
    .description("Ends every credential a leaver holds, proves each one dead, and signs a certificate of it.")
    .version(deps.version)
    .option("--config <file>", "configuration file (LASTDAY_CONFIG); else lastday.yaml in this folder")
    .showHelpAfterError("(lastday <command> --help shows how)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      "after",
      "\nExit codes: 0 done; 1 not done; 2 wrong usage. `verify` has more.\n\nExample:\n  $ lastday demo",
    );
  registerServers(program, deps);
  registerDemo(program, deps);
  registerOffboard(program, deps);
  registerCases(program, deps);
  registerQuestions(program, deps);
  registerTasks(program, deps);
  registerLink(program, deps);
  registerToken(program, deps);
  registerVerify(program);
  registerExport(program, deps);
  registerConfig(program, deps);
  registerDoctor(program, deps);
  return program;
}

/** A sentence, what to do, never a stack trace; and no control characters, whatever a server or a file said. */
function report(error: unknown, { io }: Pick<CliDeps, "io">): number {
  const style = styleFor(io, "err");
  const text = messageOf(error).split("\n").map(visible).join("\n");
  io.err(`${style.bad("lastday:")} ${text}\n`);
  if (error instanceof CliError) {
    if (error.fix !== null) io.err(`${visible(error.fix)}\n`);
    return error.exitCode;
  }
  if (!(error instanceof CodedError)) {
    io.err("This is a defect of Lastday. Please report it, with the output of lastday doctor.\n");
  }
  return exitCode.failed;
}
