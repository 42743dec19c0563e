import { z } from "zod";
import type { CursorPage } from "../../contract/paging.ts";
import type { GithubApi } from "../../vendors/github/index.ts";
import type { EnvironmentRow, RepositoryPermission, SecretRow } from "../exposure.ts";
import type { Scope, SecretPlace, SecretStore } from "../place.ts";
import type { PublicKey } from "../sealed-box.ts";
import { gateOf } from "./gate.ts";
import { routeOf } from "./scope-routes.ts";
import * as answers from "./schema.ts";
import type { RepositoryRow, SecretAnswer } from "./schema.ts";

export interface GithubUser {
  id: number;
  login: string;
}

/** A secret as GitHub shows it: everything but its value. */
export interface ShownSecret extends SecretRow {
  /** Only of an organization's. */
  visibility: "all" | "private" | "selected" | null;
}

/** What a secret is set to. */
export interface SealedValue {
  encryptedValue: string;
  keyId: string;
  /** Only of an organization's, which GitHub asks for at every write. */
  sharing: { visibility: "all" | "private" | "selected"; selected: readonly number[] } | null;
}

export type GithubClient = ReturnType<typeof createGithubClient>;

/**
 * One method per endpoint of GitHub's REST API, one page per call. Reads answer null where GitHub says 404: what that
 * proves is for the caller to find out. Repositories are addressed by name, because the API has no other way.
 */
export function createGithubClient(api: GithubApi, org: string) {
  const list = <Answer, Item>(
    operation: string,
    path: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: z.ZodType<Answer>,
    items: (answer: Answer) => readonly Item[],
    cursor: string | null,
  ): Promise<CursorPage<Item> | null> =>
    api.page({ operation, route: `GET ${path}`, parameters, schema, items, expect: [404] }, cursor);

  async function get<T>(
    operation: string,
    path: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
  ): Promise<T | null> {
    return (await api.send({ operation, route: `GET ${path}`, parameters, schema, expect: [404] })).body;
  }

  return {
    organization: () => get("getOrg", "/orgs/{org}", { org }, answers.organization),

    user: (id: string): Promise<GithubUser | null> =>
      get("getUserById", "/user/{account_id}", { account_id: id }, answers.user),

    membership: (login: string) =>
      get("getMembership", "/orgs/{org}/memberships/{username}", { org, username: login }, answers.membership),

    membersPage: (cursor: string | null): Promise<CursorPage<GithubUser> | null> =>
      list("listMembers", "/orgs/{org}/members", { org }, answers.users, (all) => all, cursor),

    outsideCollaboratorsPage: (cursor: string | null): Promise<CursorPage<GithubUser> | null> =>
      list(
        "listOutsideCollaborators",
        "/orgs/{org}/outside_collaborators",
        { org },
        answers.users,
        (all) => all,
        cursor,
      ),

    repositoriesPage: (cursor: string | null): Promise<CursorPage<RepositoryRow> | null> =>
      list("listRepos", "/orgs/{org}/repos", { org, type: "all" }, answers.repositories, (all) => all, cursor),

    repository: (name: string): Promise<RepositoryRow | null> =>
      get("getRepo", "/repos/{owner}/{repo}", { owner: org, repo: name }, answers.repository),

    /** What a user may do there, by all that gives them access; with whose it is, to be compared. */
    async permission(
      repo: string,
      login: string,
    ): Promise<{ permission: RepositoryPermission; userId: number | null } | null> {
      const path = "/repos/{owner}/{repo}/collaborators/{username}/permission";
      const body = await get("getPermission", path, { owner: org, repo, username: login }, answers.permission);
      return body === null ? null : { permission: body.permission, userId: body.user?.id ?? null };
    },

    async organizationSecretsPage(store: SecretStore, cursor: string | null): Promise<CursorPage<ShownSecret> | null> {
      const { path, parameters, suffix } = routeOf(org, store, { kind: "organization" });
      const schema = answers.organizationSecrets;
      return list(`list${suffix}Secrets`, path, parameters, schema, ({ secrets }) => secrets.map(toShown), cursor);
    },

    selectedRepositoriesPage: (store: SecretStore, name: string, cursor: string | null) => {
      const { path, parameters, suffix } = routeOf(org, store, { kind: "organization" });
      return list(
        `list${suffix}SecretRepos`,
        `${path}/{secret_name}/repositories`,
        { ...parameters, secret_name: name },
        answers.selectedRepositories,
        ({ repositories }) => repositories.map(({ id }) => id),
        cursor,
      );
    },

    /** Of a repository or an environment. */
    async secretsPage(store: SecretStore, scope: Scope, cursor: string | null): Promise<CursorPage<SecretRow> | null> {
      const { path, parameters, suffix } = routeOf(org, store, scope);
      const schema = answers.secrets;
      return list(`list${suffix}Secrets`, path, parameters, schema, ({ secrets }) => secrets.map(toShown), cursor);
    },

    environmentsPage: (
      repo: string,
      cursor: string | null,
    ): Promise<CursorPage<Omit<EnvironmentRow, "secrets">> | null> =>
      list(
        "listEnvironments",
        "/repos/{owner}/{repo}/environments",
        { owner: org, repo },
        answers.environments,
        ({ environments }) => (environments ?? []).map((one) => ({ name: one.name, gate: gateOf(one) })),
        cursor,
      ),

    async secret({ store, scope, name }: SecretPlace): Promise<ShownSecret | null> {
      const { path, parameters, suffix } = routeOf(org, store, scope);
      const all = { ...parameters, secret_name: name };
      const where = `${path}/{secret_name}`;
      const body =
        scope.kind === "organization"
          ? await get(`get${suffix}Secret`, where, all, answers.organizationSecret)
          : await get(`get${suffix}Secret`, where, all, answers.secret);
      return body === null || body.name.toUpperCase() !== name.toUpperCase() ? null : toShown(body);
    },

    async publicKey(store: SecretStore, scope: Scope): Promise<PublicKey | null> {
      const { path, parameters, suffix } = routeOf(org, store, scope);
      const body = await get(`get${suffix}PublicKey`, `${path}/public-key`, parameters, answers.publicKey);
      return body === null ? null : { key: body.key, keyId: body.key_id };
    },

    /** @returns when GitHub says that it answered, by its own clock; null where it does not say. */
    async putSecret(
      { store, scope, name }: SecretPlace,
      { encryptedValue, keyId, sharing }: SealedValue,
    ): Promise<Date | null> {
      const { path, parameters, suffix } = routeOf(org, store, scope);
      const shared =
        sharing === null
          ? {}
          : {
              visibility: sharing.visibility,
              ...(sharing.visibility === "selected" ? { selected_repository_ids: [...sharing.selected] } : {}),
            };
      const reply = await api.send({
        operation: `put${suffix}Secret`,
        route: `PUT ${path}/{secret_name}`,
        parameters: { ...parameters, secret_name: name, encrypted_value: encryptedValue, key_id: keyId, ...shared },
        schema: z.null(),
      });
      const date = new Date(reply.headers["date"] ?? "");
      return Number.isNaN(date.getTime()) ? null : date;
    },
  };
}

function toShown(row: SecretAnswer & { visibility?: "all" | "private" | "selected" }): ShownSecret {
  return {
    name: row.name,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    visibility: row.visibility ?? null,
  };
}
