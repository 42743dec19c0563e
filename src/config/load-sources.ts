import type { z } from "zod";
import type { SourceConfig } from "./loaded.ts";
import type { ConfigProblem } from "./problem.ts";
import type { SecretReader } from "./secrets.ts";
import type { source } from "./source.ts";
import { repeated } from "./repeated.ts";

type ParsedSource = z.output<typeof source>;

/** Reads the tokens of each source. No two sources may share one: the token is what names the source. */
export function loadSources(
  sources: readonly (ParsedSource | null)[],
  reader: SecretReader,
  { readTokens }: { readTokens: boolean },
): { sources: SourceConfig[]; problems: ConfigProblem[] } {
  const problems = repeated(
    sources,
    (source) => source.name,
    (index) => `sources[${index}].name`,
  );
  const owners = new Map<string, string>();
  const loaded = sources.flatMap((source, index): SourceConfig[] => {
    if (source === null) return [];
    const tokens = !readTokens
      ? []
      : source.tokens.flatMap((ref, position) => {
          const path = `sources[${index}].tokens[${position}]`;
          const token = reader.resolve(path, ref);
          if (token === null) return [];
          const owner = owners.get(token.value.reveal());
          if (owner !== undefined && owner !== source.name)
            problems.push({ path, found: `the same token as source ${owner}`, expected: "a token of its own" });
          owners.set(token.value.reveal(), source.name);
          return [token];
        });
    return [{ ...source, tokens }];
  });
  return { sources: loaded, problems };
}
