import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Set in CI: what a laptop may lack, and then skips with a loud word, must be there. */
export const requireAll = process.env["LASTDAY_REQUIRE_ALL"] === "1";

/** The first of these programs on the PATH; null when none is installed. */
export function findProgram(...names: string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        continue;
      }
    }
  }
  return null;
}

export const findRedisServer = (): string | null => findProgram("redis-server", "valkey-server");
export const findChromium = (): string | null =>
  findProgram("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");
