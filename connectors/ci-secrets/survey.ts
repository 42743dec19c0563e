import type { CursorPage } from "../contract/paging.ts";
import { pagesOf } from "../contract/paging.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import { isVisibleTo, mayWrite } from "./exposure.ts";
import type {
  EnvironmentRow,
  OrganizationSecret,
  ReachedRepository,
  RepositoryPermission,
  SecretRow,
  Survey,
} from "./exposure.ts";
import type { RepositoryRow } from "./github/schema.ts";
import { textOfScope } from "./place.ts";
import type { RepositoryRef, Scope, SecretStore } from "./place.ts";

export interface Surveyed {
  userId: number;
  login: string;
  isOwner: boolean;
}

/**
 * Reads everything that decides what a user could read: every repository with their permission there, the secrets of
 * those they could write to, and the organization's. Whole or not at all: one list that cannot be read throws.
 *
 * Costs one call per repository, and per writable one another for each store, its environments and each of these.
 */
export async function surveyOf(user: Surveyed, deps: CiDeps): Promise<Survey> {
  const { settings } = deps;
  const organizationSecrets: OrganizationSecret[] = [];
  for (const store of settings.stores) organizationSecrets.push(...(await secretsOfOrganization(store, deps)));
  const repositories: ReachedRepository[] = [];
  for (const row of await allRepositories(deps)) repositories.push(await reached(row, user, deps));
  return { userId: user.userId, isOwner: user.isOwner, repositories, organizationSecrets };
}

/** Every repository of the organization. */
export async function allRepositories(deps: CiDeps): Promise<readonly RepositoryRow[]> {
  return whole(
    "listRepos",
    "repositories",
    deps,
    (cursor) => deps.github.repositoriesPage(cursor),
    (row) => String(row.id),
  );
}

/** What a user may do in one repository, by every way that gives them access. */
export async function permissionIn(repo: string, user: Surveyed, deps: CiDeps): Promise<RepositoryPermission> {
  if (user.isOwner) return "admin";
  const answer = await deps.github.permission(repo, user.login);
  // GitHub says `none` to a user without access; 404 is said of a repository or a user that our credential may not see.
  if (answer === null) throw unseen("getPermission", `the permission of a user in ${repo}`, deps);
  if ((answer.userId ?? user.userId) !== user.userId) {
    throw failed("invalid-response", deps, "getPermission", `the permission of another user in ${repo} came back`);
  }
  return answer.permission;
}

export async function selectedFor(store: SecretStore, name: string, deps: CiDeps): Promise<readonly number[]> {
  const fetchPage = (cursor: string | null) => deps.github.selectedRepositoriesPage(store, name, cursor);
  return whole("listSecretRepos", `the repositories of ${name}`, deps, fetchPage, String);
}

async function secretsOfOrganization(store: SecretStore, deps: CiDeps): Promise<readonly OrganizationSecret[]> {
  const fetchPage = (cursor: string | null) => deps.github.organizationSecretsPage(store, cursor);
  const rows = await whole(
    "listOrgSecrets",
    `the organization's ${store} secrets`,
    deps,
    fetchPage,
    ({ name }) => name,
  );
  const secrets: OrganizationSecret[] = [];
  for (const { visibility, ...row } of rows) {
    const selected = visibility === "selected" ? await selectedFor(store, row.name, deps) : [];
    secrets.push({ ...row, store, visibility: visibility ?? "all", selected });
  }
  return secrets;
}

async function reached(row: RepositoryRow, user: Surveyed, deps: CiDeps): Promise<ReachedRepository> {
  const repository: RepositoryRef = { id: row.id, name: row.name };
  const permission = await permissionIn(row.name, user, deps);
  const known = { ...repository, isPublic: isPublic(row), permission };
  if (!mayWrite(user, { permission })) return { ...known, secrets: [], environments: [] };
  const secrets: (SecretRow & { store: SecretStore })[] = [];
  for (const store of deps.settings.stores) {
    const own = await secretsIn(store, { kind: "repository", repository }, deps);
    secrets.push(...own.map((secret) => ({ ...secret, store })));
  }
  const environments = deps.settings.stores.includes("actions") ? await environmentsOf(repository, deps) : [];
  return { ...known, secrets, environments };
}

/** Whether a secret of the organization is given to a repository. */
export function isVisible(secret: Pick<OrganizationSecret, "visibility" | "selected">, row: RepositoryRow): boolean {
  return isVisibleTo(secret, { id: row.id, isPublic: isPublic(row) });
}

/** `private` is also true of internal repositories. */
function isPublic({ private: isPrivate, visibility }: RepositoryRow): boolean {
  return !isPrivate && (visibility ?? "public") === "public";
}

async function environmentsOf(repository: RepositoryRef, deps: CiDeps): Promise<readonly EnvironmentRow[]> {
  const fetchPage = (cursor: string | null) => deps.github.environmentsPage(repository.name, cursor);
  const what = `the environments of ${repository.name}`;
  const rows = await whole("listEnvironments", what, deps, fetchPage, ({ name }) => name);
  const environments: EnvironmentRow[] = [];
  for (const row of rows) {
    const scope: Scope = { kind: "environment", repository, environment: row.name };
    environments.push({ ...row, secrets: await secretsIn("actions", scope, deps) });
  }
  return environments;
}

async function secretsIn(store: SecretStore, scope: Scope, deps: CiDeps): Promise<readonly SecretRow[]> {
  const fetchPage = (cursor: string | null) => deps.github.secretsPage(store, scope, cursor);
  const what = `the ${store} secrets of ${textOfScope(scope)}`;
  return whole("listSecrets", what, deps, fetchPage, ({ name }) => name);
}

async function whole<Item>(
  operation: string,
  what: string,
  deps: CiDeps,
  fetchPage: (cursor: string | null) => Promise<CursorPage<Item> | null>,
  idOf: (item: Item) => string,
): Promise<readonly Item[]> {
  const seen = async (cursor: string | null): Promise<CursorPage<Item>> => {
    const page = await fetchPage(cursor);
    if (page === null) throw unseen(operation, what, deps);
    return page;
  };
  const all: Item[] = [];
  for await (const { items } of pagesOf({ target: deps.target, operation }, seen, idOf)) all.push(...items);
  return all;
}

/** A 404 is also what GitHub says to a credential that may not look: a list is never taken for empty because of it. */
function unseen(operation: string, what: string, deps: CiDeps) {
  const fix =
    "check the App's permissions and that it is installed on all repositories; leave out of `stores` what is not used";
  return failed("not-visible", deps, operation, `${what} cannot be seen: ${fix}`);
}
