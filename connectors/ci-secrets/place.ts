/** GitHub's stores of secrets that a workflow, a Dependabot run or a codespace reads. */
export const secretStores = ["actions", "dependabot", "codespaces"] as const;
export type SecretStore = (typeof secretStores)[number];

/** Names the stores in sentences. */
export const storeTitles = {
  actions: "Actions",
  dependabot: "Dependabot",
  codespaces: "Codespaces",
} as const satisfies Record<SecretStore, string>;

export interface RepositoryRef {
  /** Immutable; names are renamed and reused. */
  id: number;
  name: string;
}

/** Where secrets lie. Only Actions has them in environments. */
export type Scope =
  | { kind: "organization" }
  | { kind: "repository"; repository: RepositoryRef }
  | { kind: "environment"; repository: RepositoryRef; environment: string };

/** One secret by where it lies and its name, which is unique there. GitHub gives it no id of its own. */
export interface SecretPlace {
  store: SecretStore;
  scope: Scope;
  name: string;
}

/** The same for the same secret for ever: repositories by id. Each part is one segment. */
export function refOf({ store, scope, name }: SecretPlace): string {
  return [store, ...segmentsOf(scope), name].map(encodeURIComponent).join("/");
}

function segmentsOf(scope: Scope): readonly string[] {
  switch (scope.kind) {
    case "organization":
      return ["organization"];
    case "repository":
      return ["repository", String(scope.repository.id)];
    case "environment":
      return ["environment", String(scope.repository.id), scope.environment];
  }
}

/** A secret in a sentence: `the Actions secret DEPLOY_KEY of web, environment production`. */
export function textOf(place: SecretPlace): string {
  return `the ${storeTitles[place.store]} secret ${place.name} of ${textOfScope(place.scope)}`;
}

export function textOfScope(scope: Scope): string {
  switch (scope.kind) {
    case "organization":
      return "the organization";
    case "repository":
      return scope.repository.name;
    case "environment":
      return `${scope.repository.name}, environment ${scope.environment}`;
  }
}
