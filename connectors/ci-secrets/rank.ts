/** What a secret's place among the exposed ones follows from. */
export interface RankInput {
  /** Its name, its environment or the operator says that it is a production secret. */
  isProduction: boolean;
  /** Repositories whose runs can read it. */
  reach: number;
  /** When its value was last set; null when GitHub gave no date that can be read. */
  updatedAt: Date | null;
  /** A rule stands between a writer of the repository and the value. */
  isNarrowed: boolean;
}

export type Rank = "high" | "medium" | "low";

export interface Ranked {
  /** 0 to 100, higher first. */
  score: number;
  rank: Rank;
}

const dayMs = 86_400_000;

/**
 * Orders exposed secrets for the people who replace them: production first, then how far the value reaches and how long
 * it has been the same, for the older it is, the likelier it was read. What a rule narrows comes after its equals.
 */
export function rankOf({ isProduction, reach, updatedAt, isNarrowed }: RankInput, now: Date): Ranked {
  const production = isProduction ? 50 : 0;
  const spread = Math.min(25, Math.round(8 * Math.log2(Math.max(1, reach))));
  const age = Math.min(25, Math.round((daysSince(updatedAt, now) / 365) * 12.5));
  const score = Math.round((production + spread + age) * (isNarrowed ? 0.5 : 1));
  return { score, rank: score >= 50 ? "high" : score >= 20 ? "medium" : "low" };
}

/** Whole days; a date that is missing counts as old, because nobody can show that the value is new. */
export function daysSince(updatedAt: Date | null, now: Date): number {
  if (updatedAt === null) return 730;
  return Math.max(0, Math.floor((now.getTime() - updatedAt.getTime()) / dayMs));
}

/** Whether a name says production by itself: `PROD_DB`, `deploy-production`, `live`; not `product` or `deliver`. */
export function looksLikeProduction(name: string): boolean {
  return /(?:^|[^a-z])(?:prod|production|prd|live)(?![a-z])/i.test(name);
}
