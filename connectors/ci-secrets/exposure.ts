import { fits } from "./name-pattern.ts";
import { storeTitles } from "./place.ts";
import type { RepositoryRef, SecretPlace, SecretStore } from "./place.ts";
import { daysSince, looksLikeProduction, rankOf } from "./rank.ts";
import type { Rank } from "./rank.ts";

/** What a person could do in a repository, as GitHub sums it up over teams, roles and the organization. */
export type RepositoryPermission = "admin" | "write" | "read" | "none";

export interface SecretRow {
  name: string;
  createdAt: Date | null;
  updatedAt: Date | null;
}

export interface OrganizationSecret extends SecretRow {
  store: SecretStore;
  visibility: "all" | "private" | "selected";
  /** Ids; only of a secret with the visibility `selected`. */
  selected: readonly number[];
}

/** What has to happen before a job may use an environment. */
export interface Gate {
  /** User ids that may approve, each of them alone. */
  reviewers: readonly number[];
  /** Teams that may approve; who is in them is not looked up. */
  reviewingTeams: readonly string[];
  preventsSelfReview: boolean;
  /** An app has to agree. */
  isCustom: boolean;
  /** Only some branches may deploy there. */
  limitsBranches: boolean;
}

export interface EnvironmentRow {
  name: string;
  gate: Gate;
  secrets: readonly SecretRow[];
}

export interface ReachedRepository extends RepositoryRef {
  isPublic: boolean;
  permission: RepositoryPermission;
  /** Of the repository itself; read only where the person could write. */
  secrets: readonly (SecretRow & { store: SecretStore })[];
  environments: readonly EnvironmentRow[];
}

/** Everything that decides what one person could read. */
export interface Survey {
  userId: number;
  /** Organization owners administer every repository. */
  isOwner: boolean;
  /** Every repository of the organization. */
  repositories: readonly ReachedRepository[];
  organizationSecrets: readonly OrganizationSecret[];
}

export interface ExposedSecret extends SecretRow {
  place: SecretPlace;
  /** Repositories whose runs can read it. */
  reach: number;
  isProduction: boolean;
  /** What stands between a writer and the value; null: nothing. */
  narrowedBy: string | null;
  score: number;
  rank: Rank;
  /** One sentence for the person who replaces it. */
  reason: string;
}

/**
 * The secrets that a person could read, the most urgent first. GitHub shows no value to anybody, so this follows from what
 * they could make read one: whoever may write to a repository can push a workflow, or open a codespace, that has every
 * secret of the repository. Reading alone exposes nothing: a pushed workflow needs write access, runs from forks get no
 * secrets, and a codespace gets none "if you don't have write access".
 *
 * @see https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information "Any user with write access"
 * @see https://docs.github.com/en/codespaces/reference/security-in-github-codespaces#using-secrets-to-access-sensitive-information
 * @see https://docs.github.com/en/code-security/reference/secret-security/understanding-github-secret-types
 */
export function exposureOf(survey: Survey, production: readonly string[], now: Date): readonly ExposedSecret[] {
  const writable = survey.repositories.filter((repository) => mayWrite(survey, repository));
  const found = [
    ...survey.organizationSecrets.flatMap((secret) => ofOrganization(secret, survey, writable)),
    ...writable.flatMap(ofRepository),
    ...writable.flatMap((repository) => ofEnvironments(repository, survey)),
  ];
  return found
    .map((raw) => withRank(raw, production, now))
    .sort((a, b) => b.score - a.score || (a.reason < b.reason ? -1 : a.reason > b.reason ? 1 : 0));
}

/** How many repositories a person could write to. */
export function writableCount(survey: Survey): number {
  return survey.repositories.filter((repository) => mayWrite(survey, repository)).length;
}

export function mayWrite(
  { isOwner }: Pick<Survey, "isOwner">,
  { permission }: Pick<ReachedRepository, "permission">,
): boolean {
  return isOwner || permission === "admin" || permission === "write";
}

type Raw = Omit<ExposedSecret, "isProduction" | "score" | "rank" | "reason"> & { through: readonly string[] };

function ofOrganization(
  secret: OrganizationSecret,
  { isOwner, repositories }: Survey,
  writable: readonly ReachedRepository[],
): readonly Raw[] {
  const through = writable.filter((repository) => isVisibleTo(secret, repository));
  // An owner can make any secret of the organization visible to a repository of their own.
  if (through.length === 0 && !isOwner) return [];
  const reach = repositories.filter((repository) => isVisibleTo(secret, repository)).length;
  const place: SecretPlace = { store: secret.store, scope: { kind: "organization" }, name: secret.name };
  return [{ ...rowOf(secret), place, reach, narrowedBy: null, through: through.map(({ name }) => name) }];
}

/** `private` means private and internal repositories. */
export function isVisibleTo(
  { visibility, selected }: Pick<OrganizationSecret, "visibility" | "selected">,
  { id, isPublic }: Pick<ReachedRepository, "id" | "isPublic">,
): boolean {
  return visibility === "all" || (visibility === "private" ? !isPublic : selected.includes(id));
}

function ofRepository({ id, name, secrets }: ReachedRepository): readonly Raw[] {
  return secrets.map((secret) => ({
    ...rowOf(secret),
    place: { store: secret.store, scope: { kind: "repository", repository: { id, name } }, name: secret.name },
    reach: 1,
    narrowedBy: null,
    through: [name],
  }));
}

function ofEnvironments({ id, name, permission, environments }: ReachedRepository, survey: Survey): readonly Raw[] {
  const isAdmin = survey.isOwner || permission === "admin";
  return environments.flatMap(({ name: environment, gate, secrets }) =>
    secrets.map((secret) => ({
      ...rowOf(secret),
      place: {
        store: "actions",
        scope: { kind: "environment", repository: { id, name }, environment },
        name: secret.name,
      } satisfies SecretPlace,
      reach: 1,
      narrowedBy: isAdmin ? null : narrowingOf(gate, survey.userId),
      through: [name],
    })),
  );
}

/**
 * What keeps a writer from an environment's secrets: "A workflow job cannot access environment secrets until approval is
 * granted". An administrator is kept from nothing, since they can change the rule; nor is a reviewer who may approve
 * their own run. Whoever is in a reviewing team cannot be told, so a team narrows nothing.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
 */
export function narrowingOf(gate: Gate, userId: number): string | null {
  const isReviewed = gate.reviewers.length + gate.reviewingTeams.length > 0;
  const mayApprove = gate.reviewers.includes(userId) || gate.reviewingTeams.length > 0;
  if (isReviewed && (gate.preventsSelfReview || !mayApprove)) return "someone else has to approve the run";
  if (gate.isCustom) return "an app has to approve the run";
  if (gate.limitsBranches) return "only some branches may use the environment";
  return null;
}

function rowOf({ name, createdAt, updatedAt }: SecretRow): SecretRow {
  return { name, createdAt, updatedAt };
}

function withRank({ through, ...raw }: Raw, production: readonly string[], now: Date): ExposedSecret {
  const { place, reach, updatedAt, narrowedBy } = raw;
  const names = [place.name, ...(place.scope.kind === "environment" ? [place.scope.environment] : [])];
  const isMarked = names.some((name) => production.some((pattern) => fits(pattern, name)));
  const isProduction = isMarked || names.some(looksLikeProduction);
  const ranked = rankOf({ isProduction, reach, updatedAt, isNarrowed: narrowedBy !== null }, now);
  const parts = [
    howRead(place.store, through),
    ...(narrowedBy === null ? [] : [`but ${narrowedBy}`]),
    ...(isProduction ? [isMarked ? "marked as production" : "production by its name"] : []),
    ...(reach > 1 ? [`read by ${reach} repositories`] : []),
    updatedAt === null ? "age unknown" : `unchanged for ${daysSince(updatedAt, now)} days`,
  ];
  return { ...raw, isProduction, ...ranked, reason: parts.join("; ") };
}

function howRead(store: SecretStore, through: readonly string[]): string {
  if (through.length === 0) return "an owner can give it to a repository of their own";
  const named = through.slice(0, 3).join(", ");
  const where = through.length > 3 ? `${named} and ${through.length - 3} more` : named;
  const how = { actions: "a workflow pushed to", dependabot: "a Dependabot run in", codespaces: "a codespace on" }[
    store
  ];
  return `${how} ${where} has this ${storeTitles[store]} secret`;
}
