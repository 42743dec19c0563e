import type { Finding } from "../../src/domain/access.ts";
import type { CiDeps } from "./deps.ts";
import type { ExposedSecret } from "./exposure.ts";
import type { HeldKey } from "./issuers/issuer.ts";
import type { Plan } from "./plan-settings.ts";

/** The principal whose credentials a plan replaces. */
export function principalOf({ issuer }: Plan): string {
  return issuer.kind === "kong-key" ? issuer.consumer : issuer.userName;
}

/** The plan that a finding was made by; null once an operator has taken it out of the settings. */
export function planOf({ facts }: Finding, { settings }: Pick<CiDeps, "settings">): Plan | null {
  return settings.plans.find(({ name }) => name === facts["plan"]) ?? null;
}

/**
 * One item for one plan: every credential that its principal had, since which of them the secrets hold nobody can tell.
 *
 * @param keys the newest first; it gives the item its id.
 */
export function credentialFinding(
  plan: Plan,
  { keys: [newest, ...others], noun }: { keys: readonly [HeldKey, ...HeldKey[]]; noun: string },
  {
    accountId,
    exposedAt,
    through,
    consumerFacts,
  }: { accountId: string; exposedAt: Date; through: ExposedSecret | null; consumerFacts: Finding["facts"] },
): Finding {
  return {
    kind: "credential",
    ref: newest.id,
    accountId,
    label: `${noun} ${newest.id} of ${principalOf(plan)} (plan ${plan.name})`,
    holder: "can-read",
    risk: "write",
    createdAt: newest.createdAt?.toISOString() ?? null,
    lastUsedAt: newest.lastUsedAt?.toISOString() ?? null,
    expiresAt: null,
    facts: {
      plan: plan.name,
      issuer: plan.issuer.kind,
      principal: principalOf(plan),
      others: others.length === 0 ? null : others.map(({ id }) => id).join(" "),
      exposedAt: exposedAt.toISOString(),
      rank: through?.rank ?? null,
      score: through?.score ?? null,
      reason: through?.reason ?? null,
      ...consumerFacts,
    },
  };
}

/** Ids of all credentials that an item stands for. */
export function oldIdsOf({ ref, facts }: Finding): ReadonlySet<string> {
  const others = facts["others"];
  return new Set([ref, ...(typeof others === "string" ? others.split(" ") : [])]);
}

/** When the exposure was first seen; null in a finding that does not say. */
export function exposedAtOf({ facts }: Finding): Date | null {
  const text = facts["exposedAt"];
  const date = typeof text === "string" ? new Date(text) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
