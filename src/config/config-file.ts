import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import type { Environment } from "./environment.ts";
import { ConfigError } from "./problem.ts";
import type { ConfigWarning } from "./problem.ts";

const largestFileBytes = 1024 * 1024;

export interface ConfigDocument {
  /** Absolute; null when there is no file. */
  file: string | null;
  /** Relative paths in the file start here. */
  folder: string;
  /** What the file holds, not yet validated. */
  content: unknown;
  warnings: readonly ConfigWarning[];
}

/**
 * Finds and reads the configuration file: the one asked for, else LASTDAY_CONFIG, else lastday.yaml in the working
 * folder, else none. A file that was named must exist; one that exists must say something.
 *
 * @throws {ConfigError} `config-missing`, `config-unreadable`; never with a line of the file, which may hold a secret.
 */
export function readConfigFile(options: { file?: string | undefined; env: Environment; cwd: string }): ConfigDocument {
  const { env, cwd } = options;
  const named = options.file ?? env["LASTDAY_CONFIG"];
  if (named === "") {
    throw new ConfigError("config-missing", "LASTDAY_CONFIG", [
      { path: "LASTDAY_CONFIG", found: "an empty text", expected: "the path of a file; or unset it" },
    ]);
  }
  const file = resolve(cwd, named ?? "lastday.yaml");
  if (named === undefined && !existsSync(file)) {
    refuseOtherSpelling(cwd);
    const warnings = [
      {
        path: "lastday.yaml",
        message: "no configuration file: there are no sources and no targets",
        fix: `Write ${file}, or name one with --config or LASTDAY_CONFIG`,
      },
    ];
    return { file: null, folder: cwd, content: {}, warnings };
  }
  return { file, folder: dirname(file), ...readYaml(file) };
}

function readYaml(file: string): { content: unknown; warnings: ConfigWarning[] } {
  const name = basename(file);
  const text = readText(file);
  const document = parseDocument(text, { prettyErrors: false, version: "1.2" });
  const [error] = document.errors;
  if (error !== undefined) {
    const before = text.slice(0, error.pos[0]).split("\n");
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    const what = error.code.toLowerCase().replaceAll("_", " ");
    throw unreadable(name, `${place}: ${what}`, "YAML, with each key once and spaces for indentation");
  }
  const content = toPlain(document, name);
  if (content === null || content === undefined)
    throw unreadable(name, "an empty file", "at least one key, such as organization");
  return { content, warnings: writableByOthers(file) };
}

function readText(file: string): string {
  const name = basename(file);
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw unreadable(name, `${file}, which is not a file`, "a YAML file");
    if (stat.size > largestFileBytes) throw unreadable(name, `${stat.size} bytes`, "at most 1 MB");
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    if (code === "ENOENT")
      throw new ConfigError("config-missing", name, [{ path: file, found: "no such file", expected: "a YAML file" }]);
    throw unreadable(name, `${file}, which cannot be read (${code})`, "a file that this user can read", error);
  }
}

/** Aliases multiply: the library stops a document that grows without end. */
function toPlain(document: ReturnType<typeof parseDocument>, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw unreadable(name, "aliases that multiply or lead nowhere", "at most 100 uses of YAML aliases", error);
  }
}

function refuseOtherSpelling(cwd: string): void {
  const other = ["lastday.yml", "lastday.json"].find((name) => existsSync(join(cwd, name)));
  if (other === undefined) return;
  throw new ConfigError("config-missing", other, [
    { path: other, found: "this name", expected: `lastday.yaml; rename it, or start with --config ${other}` },
  ]);
}

function writableByOthers(file: string): ConfigWarning[] {
  const isWritable = process.platform !== "win32" && (statSync(file).mode & 0o022) !== 0;
  if (!isWritable) return [];
  return [
    {
      path: basename(file),
      message: `${file} can be changed by other users of this machine`,
      fix: `chmod go-w ${file}`,
    },
  ];
}

function unreadable(origin: string, found: string, expected: string, cause?: unknown): ConfigError {
  return new ConfigError("config-unreadable", origin, [{ path: "", found, expected }], cause);
}
