import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { ParsedConfig } from "./schema.ts";
import { secretRefText } from "./values.ts";

/**
 * SHA-256, hex, of what decides how the product acts: sources, targets, policy and the names it goes by. Secrets count
 * by reference alone, so a rotation does not change it; where a process listens or keeps its files is its own affair,
 * so an API and a worker on two hosts can agree (design section 7).
 *
 * @see RFC 8785 for the canonical bytes.
 */
export function configDigest(config: ParsedConfig): string {
  const { organization, publicUrl = null, basePath = "", sources, targets, policy, demo } = config;
  const acting = {
    organization,
    publicUrl,
    basePath,
    sources: sources.map((source) => ({ ...source, tokens: source.tokens.map(secretRefText) })),
    targets: targets.map((target) => ({
      ...target,
      secrets: Object.fromEntries(Object.entries(target.secrets).map(([name, ref]) => [name, secretRefText(ref)])),
    })),
    policy,
    demo,
  };
  const plain: unknown = JSON.parse(JSON.stringify(acting));
  return createHash("sha256")
    .update(canonicalize(plain) ?? "")
    .digest("hex");
}
