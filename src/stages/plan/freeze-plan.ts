import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { CasePlan, FrozenPlan } from "../../domain/case.ts";

/** Freezes what was decided: the digest is over RFC 8785 canonical JSON, so anybody can compute it again. */
export function freezePlan(plan: CasePlan): FrozenPlan {
  return { plan, sha256: digestOf(plan) };
}

/** SHA-256 over canonical JSON, hex. */
export function digestOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("only JSON values have a digest");
  return createHash("sha256").update(text).digest("hex");
}
