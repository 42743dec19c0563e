import type { GithubClient } from "./client/index.ts";
import { everyOne, listed } from "./listing.ts";
import type { GithubRepository } from "./schema.ts";

/** The organization's repositories, listed once for all the kinds of one look. */
export interface RepositoryList {
  /**
   * For finding, never for verifying. Within one look each asker comes once; whoever comes again is in a later look, and is
   * given a fresh list.
   * @param asker a kind and an account.
   */
  forLook(asker: string): Promise<readonly GithubRepository[]>;
}

export function createRepositoryList(github: GithubClient, target: string): RepositoryList {
  let look: { askers: Set<string>; repositories: Promise<readonly GithubRepository[]> } | null = null;
  return {
    async forLook(asker) {
      if (look === null || look.askers.has(asker)) {
        look = {
          askers: new Set(),
          repositories: everyOne(listed(target, "listRepositories", github.repositoriesPage)),
        };
      }
      const current = look;
      current.askers.add(asker);
      try {
        return await current.repositories;
      } catch (thrown) {
        if (look === current) look = null;
        throw thrown;
      }
    },
  };
}
