import type { Scope, SecretStore } from "../place.ts";

/** Where the secrets of one store and scope are, as GitHub's API spells it, with the values of the path's variables. */
export interface ScopeRoute {
  path: string;
  parameters: Readonly<Record<string, string>>;
  /** In operations: `OrgActions`. */
  suffix: string;
}

const storeWords = { actions: "Actions", dependabot: "Dependabot", codespaces: "Codespaces" } as const;

/**
 * @see https://docs.github.com/en/rest/actions/secrets
 * @see https://docs.github.com/en/rest/dependabot/secrets
 * @see https://docs.github.com/en/rest/codespaces/repository-secrets
 * @see https://docs.github.com/en/rest/codespaces/organization-secrets
 */
export function routeOf(org: string, store: SecretStore, scope: Scope): ScopeRoute {
  const word = storeWords[store];
  switch (scope.kind) {
    case "organization":
      return { path: `/orgs/{org}/${store}/secrets`, parameters: { org }, suffix: `Org${word}` };
    case "repository":
      return {
        path: `/repos/{owner}/{repo}/${store}/secrets`,
        parameters: { owner: org, repo: scope.repository.name },
        suffix: `Repo${word}`,
      };
    case "environment":
      return {
        path: "/repos/{owner}/{repo}/environments/{environment_name}/secrets",
        parameters: { owner: org, repo: scope.repository.name, environment_name: scope.environment },
        suffix: "Environment",
      };
  }
}
