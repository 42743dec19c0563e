import type { Command } from "commander";
import { verifyOptions, type VerifyOptions, verifySummary } from "./options.ts";
import { runVerify } from "./run-verify.ts";

export { runVerify } from "./run-verify.ts";

/** Adds `verify` to the command line. It sets `process.exitCode`; a wrong call ends with 2. */
export function registerVerify(program: Command): void {
  const command = program.command("verify").description(verifySummary).argument("<certificate>", "certificate.json");
  for (const [name, { value, help }] of Object.entries(verifyOptions)) {
    command.option(value === null ? `--${name}` : `--${name} ${value}`, help);
  }
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.action((certificate: string, options: Omit<VerifyOptions, "certificate">) => {
    process.exitCode = runVerify({ ...options, certificate }, processIo);
  });
}

const processIo = {
  write: (text: string) => void process.stdout.write(text),
  writeError: (text: string) => void process.stderr.write(text),
};
