import type { ConfigProblem } from "./problem.ts";

/** A problem for each entry whose name an earlier entry has; null entries failed elsewhere. */
export function repeated<Entry>(
  entries: readonly (Entry | null)[],
  nameOf: (entry: Entry) => string,
  pathOf: (index: number) => string,
): ConfigProblem[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    if (entry === null) return [];
    const name = nameOf(entry);
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: pathOf(index), found: `"${name}" a second time`, expected: "a name of its own" }];
  });
}
