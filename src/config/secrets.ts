import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Environment } from "./environment.ts";
import type { ConfigProblem, ConfigWarning } from "./problem.ts";
import { Secret } from "../domain/secret.ts";
import { secretRefText } from "./values.ts";
import type { SecretRef } from "./values.ts";

const largestFileBytes = 64 * 1024;

export interface SecretSources {
  env: Environment;
  /** Relative `file:` references start here. */
  folder: string;
  /** Reads the sealed store; null where none is open, and then `sealed:` is refused. */
  sealed: ((name: string) => string | null) | null;
}

/** A reference with the value it led to. */
export interface ResolvedSecret {
  /** As written: `env:NAME`. */
  ref: string;
  value: Secret;
}

export interface SecretReader {
  /** The secret behind a reference; null after adding the problem that says why there is none. */
  resolve(path: string, ref: SecretRef): ResolvedSecret | null;
  problems: ConfigProblem[];
  warnings: ConfigWarning[];
  /** The environment variables that were referred to. */
  variables: Set<string>;
  /** Every value that was read. */
  read: Secret[];
}

/** Reads secrets where they are kept, once, at start. No problem or warning ever holds a value. */
export function createSecretReader(sources: SecretSources): SecretReader {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigWarning[] = [];
  const variables = new Set<string>();
  const values: Secret[] = [];

  function resolveRef(path: string, ref: SecretRef): ResolvedSecret | null {
    const text = read(path, ref);
    if (text === null) return null;
    const value = new Secret(text);
    values.push(value);
    return { ref: secretRefText(ref), value };
  }

  function read(path: string, ref: SecretRef): string | null {
    if (ref.from === "file") return readFile(path, ref);
    if (ref.from === "sealed") return present(path, ref, sources.sealed?.(ref.name) ?? undefined, "the sealed store");
    variables.add(ref.name);
    return present(path, ref, sources.env[ref.name], "the environment variable");
  }

  function readFile(path: string, ref: SecretRef): string | null {
    const file = resolve(sources.folder, ref.name);
    try {
      const stat = statSync(file);
      if (!stat.isFile() || stat.size > largestFileBytes) {
        problems.push({
          path,
          found: `${secretRefText(ref)}, which is not a plain file of at most 64 kB`,
          expected: "a file that holds the secret and nothing else",
        });
        return null;
      }
      if (isOpenToOthers(stat.mode)) warnings.push(openToOthers(path, file));
      return present(path, ref, readFileSync(file, "utf8").replace(/\r?\n$/, ""), "a file");
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
      problems.push({
        path,
        found: `${secretRefText(ref)}, which cannot be read (${why}) in ${dirname(file)}`,
        expected: "a file that this user can read",
      });
      return null;
    }
  }

  function present(path: string, ref: SecretRef, value: string | undefined, where: string): string | null {
    if (value !== undefined && value.trim() !== "") return value;
    const state = value === undefined ? "not set" : "empty";
    problems.push({ path, found: `${secretRefText(ref)}, which is ${state}`, expected: `${where} to hold the secret` });
    return null;
  }

  return { resolve: resolveRef, problems, warnings, variables, read: values };
}

/** Group or others may read or write. Windows reports no such rights. */
export function isOpenToOthers(mode: number): boolean {
  return process.platform !== "win32" && (mode & 0o077) !== 0;
}

function openToOthers(path: string, file: string): ConfigWarning {
  return { path, message: `${file} can be read by other users of this machine`, fix: `chmod 600 ${file}` };
}
