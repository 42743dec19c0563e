import { parseArgs, type ParseArgsConfig } from "node:util";
import { messageOf } from "../../domain/error.ts";
import { verifyOptions, verifySummary } from "./options.ts";
import { runVerify, type VerifyIo } from "./run-verify.ts";

/**
 * The verifier as a program of its own, without a command-line library, so that the one file an auditor gets holds
 * little more than the checks.
 * @param argv arguments after the program's name. @returns the exit code.
 */
export function runStandalone(argv: readonly string[], io: VerifyIo): number {
  const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const [name, { value }] of Object.entries(verifyOptions)) {
    options[name] = { type: value === null ? "boolean" : "string" };
  }
  try {
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
    const { positionals } = parsed;
    const values: Readonly<Record<string, unknown>> = parsed.values;
    if (values["help"] === true) {
      io.write(usage());
      return 0;
    }
    const [certificate, ...rest] = positionals;
    if (certificate === undefined || rest.length > 0) throw new Error("name one certificate file");
    const text = (name: keyof typeof verifyOptions) => {
      const value = values[name];
      return typeof value === "string" ? value : undefined;
    };
    return runVerify(
      {
        certificate,
        trust: text("trust"),
        require: text("require"),
        evidence: text("evidence"),
        at: text("at"),
        newer: text("newer"),
        expectOrg: text("expect-org"),
        expectCertificate: text("expect-certificate"),
        expectSubject: text("expect-subject"),
        json: values["json"] === true,
      },
      io,
    );
  } catch (error) {
    io.writeError(`${messageOf(error)}\n\n${usage()}`);
    return 2;
  }
}

function usage(): string {
  const options = Object.entries(verifyOptions).flatMap(([name, { value, help }]) => [
    `  --${name}${value === null ? "" : ` ${value}`}`,
    `      ${help}`,
  ]);
  return `Usage: lastday-verify [options] <certificate.json>\n\n${verifySummary}\n\n${options.join("\n")}\n`;
}
