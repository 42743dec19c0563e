import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version in package.json, from sources and from `dist` alike; printed in certificates. */
export const softwareVersion: string = readVersion(dirname(fileURLToPath(import.meta.url)));

function readVersion(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(at, "package.json"), "utf8")) as Record<string, unknown>;
      if (name === "lastday" && typeof version === "string") return version;
    } catch {
      // Not here: look one folder further up.
    }
  }
  return "0.0.0";
}
