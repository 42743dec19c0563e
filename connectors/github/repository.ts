import type { Finding } from "../../src/domain/access.ts";
import { ConnectorError } from "../contract/error.ts";
import type { GithubDeps } from "./deps.ts";
import { firstOf, listed } from "./listing.ts";

/** The repository that something was found in: its id stays, its name may change. */
export interface RepositoryRef {
  id: number;
  name: string;
}

/**
 * The present name of a repository.
 *
 * @returns null only when the organization has no such repository, as told by a credential that is shown all of them.
 * @throws {ConnectorError} `not-visible` when it may only be hidden.
 */
export async function nameOfRepository({ id, name }: RepositoryRef, deps: GithubDeps): Promise<string | null> {
  const { github, inside, target } = deps;
  const standing = await inside.standing();
  if ((await github.repository(name))?.id === id) return name;
  await inside.requireOrganization();
  const moved = await firstOf(listed(target, "listRepositories", github.repositoriesPage), (one) => one.id === id);
  if (moved !== null) return moved.name;
  if (standing.seesAllRepositories) return null;
  const what = `${target}: the repository ${name} is not shown to us, which need not mean that it is gone`;
  throw new ConnectorError("not-visible", what, { target, operation: "listRepositories" });
}

/** Where a finding lies, as its own facts tell. */
export function repositoryOf({ facts }: Finding): RepositoryRef {
  const { repositoryId, repository } = facts;
  if (typeof repositoryId === "number" && typeof repository === "string") return { id: repositoryId, name: repository };
  throw new RangeError("the finding names no repository");
}
