import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf } from "../domain/error.ts";
import { CliError } from "./exit.ts";

/**
 * A secret from a file, without the line break that editors add. It is never taken from the command line, which other
 * users of the machine can read (law 9).
 * @throws {CliError} naming the file, never its content.
 */
export function readSecretFile(file: string, cwd: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new CliError("usage", `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw new CliError("usage", `${file} is empty`);
  return value;
}
