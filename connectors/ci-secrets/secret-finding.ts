import type { Finding } from "../../src/domain/access.ts";
import type { ExposedSecret } from "./exposure.ts";
import { refOf, secretStores, textOf } from "./place.ts";
import type { SecretPlace } from "./place.ts";

export function secretFinding(accountId: string, exposed: ExposedSecret, exposedAt: Date): Finding {
  const { place, createdAt, updatedAt } = exposed;
  const { scope } = place;
  return {
    kind: "secret",
    ref: refOf(place),
    accountId,
    label: textOf(place).replace(/^the /, ""),
    holder: "can-read",
    risk: "write",
    createdAt: createdAt?.toISOString() ?? null,
    lastUsedAt: null, // GitHub keeps no record of use
    expiresAt: null,
    facts: {
      store: place.store,
      name: place.name,
      repository: scope.kind === "organization" ? null : scope.repository.name,
      environment: scope.kind === "environment" ? scope.environment : null,
      updatedAt: updatedAt?.toISOString() ?? null,
      exposedAt: exposedAt.toISOString(),
      production: exposed.isProduction,
      reach: exposed.reach,
      narrowedBy: exposed.narrowedBy,
      rank: exposed.rank,
      score: exposed.score,
      reason: exposed.reason,
    },
  };
}

/**
 * Where a finding's secret lies; null when its ref is none of ours. The repository's name is the one it had when the
 * secret was found: its id decides.
 */
export function placeOfFinding({ ref, facts }: Finding): SecretPlace | null {
  const [storeText, kind, ...rest] = ref.split("/").map(decode);
  const store = secretStores.find((one) => one === storeText);
  const repositoryName = facts["repository"];
  if (store === undefined) return null;
  if (kind === "organization") {
    const [name] = rest;
    return name === undefined ? null : { store, scope: { kind }, name };
  }
  if (typeof repositoryName !== "string") return null;
  const repository = { id: Number(rest[0]), name: repositoryName };
  if (kind === "repository" && rest[1] !== undefined) return { store, scope: { kind, repository }, name: rest[1] };
  const [, environment, name] = rest;
  if (kind !== "environment" || environment === undefined || name === undefined) return null;
  return { store, scope: { kind, repository, environment }, name };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
