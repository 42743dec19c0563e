import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Public test vectors; `test/vectors/README.md` names their sources and licences. */
const folder = resolve(fileURLToPath(import.meta.url), "../../vectors");

export function readVector(...path: readonly string[]): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, ...path)));
}

export function readJsonVector(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(folder, ...path), "utf8"));
}

/** Names of the files in a folder of vectors, sub-folders included, in a fixed order. */
export function listVectors(...path: readonly string[]): readonly string[] {
  return readdirSync(join(folder, ...path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, ...path).length + 1))
    .sort();
}
