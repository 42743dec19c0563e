import { CodedError } from "../domain/error.ts";

/** One thing wrong with the configuration: where, what was found, what is expected. Never holds a secret. */
export interface ConfigProblem {
  /** The key as written in the file (`targets[0].mode`), or the name of an environment variable. */
  path: string;
  found: string;
  expected: string;
}

/** Something that works but should be mended. */
export interface ConfigWarning {
  path: string;
  message: string;
  fix: string;
}

export type ConfigErrorCode = "config-missing" | "config-unreadable" | "config-invalid";

/** The configuration cannot be used. The message lists every problem, one per line, and can be shown as it is. */
export class ConfigError extends CodedError<ConfigErrorCode> {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(code: ConfigErrorCode, origin: string, problems: readonly ConfigProblem[], cause?: unknown) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(code, [`${origin} has ${count}:`, ...problems.map((problem) => `  ${sentenceOf(problem)}`)].join("\n"), {
      cause,
    });
    this.problems = problems;
  }
}

function sentenceOf({ path, found, expected }: ConfigProblem): string {
  return `${path === "" ? "the file" : path}: found ${found}; expected ${expected}`;
}

/** `["targets", 0, "mode"]` as an operator would write it: `targets[0].mode`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
}

/** Any value in a few words, without what could be a secret. */
export function describeFound(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "an empty value";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "a section";
  if (typeof value === "number" || typeof value === "boolean") return `${value} (a ${typeof value})`;
  if (typeof value !== "string") return `a ${typeof value}`;
  if (value === "") return "an empty text";
  return mayBeSecret(value) ? `a text of ${value.length} characters` : JSON.stringify(value);
}

/** Long runs of letters with digits are how tokens and keys look; a URL may carry a password. */
function mayBeSecret(text: string): boolean {
  return text.length > 60 || /@|[\w+/=-]*(?=[\w+/=-]{16})(?=[^\s]*\d)[\w+/=-]{16}/.test(text);
}
