import type { CursorPage } from "../../contract/paging.ts";
import type { GithubApi } from "../../vendors/github/index.ts";
import { collaborator, deployKey, repository, repositoryInvitation, runners } from "../schema.ts";
import type {
  GithubCollaborator,
  GithubDeployKey,
  GithubRepository,
  GithubRepositoryInvitation,
  GithubRunner,
} from "../schema.ts";
import type { Caller, Deletion } from "./call.ts";

/**
 * Repositories, who and what reaches each of them directly, and the machines that run their workflows.
 * @see https://docs.github.com/en/rest/collaborators/collaborators
 * @see https://docs.github.com/en/rest/collaborators/invitations
 * @see https://docs.github.com/en/rest/deploy-keys/deploy-keys
 * @see https://docs.github.com/en/rest/actions/self-hosted-runners
 */
export function repositoryCalls({ get, page, remove }: Caller, api: GithubApi, org: string) {
  const owner = org;
  return {
    repositoriesPage: (cursor: string | null): Promise<CursorPage<GithubRepository>> =>
      page(["listRepositories", "/orgs/{org}/repos"], { org }, repository, cursor),

    /** Null also for a name that has moved: GitHub then redirects. */
    repository: (repo: string): Promise<GithubRepository | null> =>
      get(["getRepository", "/repos/{owner}/{repo}"], { owner, repo }, repository, [301, 404]),

    /** Who was let in directly: members and outside collaborators alike. */
    collaboratorsPage: (repo: string, cursor: string | null): Promise<CursorPage<GithubCollaborator>> =>
      page(
        ["listCollaborators", "/repos/{owner}/{repo}/collaborators"],
        { owner, repo, affiliation: "direct" },
        collaborator,
        cursor,
      ),

    removeCollaborator: (repo: string, username: string): Promise<Deletion> =>
      remove(["removeCollaborator", "/repos/{owner}/{repo}/collaborators/{username}"], { owner, repo, username }),

    repositoryInvitationsPage: (repo: string, cursor: string | null): Promise<CursorPage<GithubRepositoryInvitation>> =>
      page(
        ["listRepositoryInvitations", "/repos/{owner}/{repo}/invitations"],
        { owner, repo },
        repositoryInvitation,
        cursor,
      ),

    cancelRepositoryInvitation: (repo: string, id: string): Promise<Deletion> =>
      remove(["cancelRepositoryInvitation", "/repos/{owner}/{repo}/invitations/{invitation_id}"], {
        owner,
        repo,
        invitation_id: id,
      }),

    deployKeysPage: (repo: string, cursor: string | null): Promise<CursorPage<GithubDeployKey>> =>
      page(["listDeployKeys", "/repos/{owner}/{repo}/keys"], { owner, repo }, deployKey, cursor),

    deployKey: (repo: string, id: string): Promise<GithubDeployKey | null> =>
      get(["getDeployKey", "/repos/{owner}/{repo}/keys/{key_id}"], { owner, repo, key_id: id }, deployKey),

    removeDeployKey: (repo: string, id: string): Promise<Deletion> =>
      remove(["removeDeployKey", "/repos/{owner}/{repo}/keys/{key_id}"], { owner, repo, key_id: id }),

    /** Of the organization; those of single repositories are not among them. */
    runnersPage: async (cursor: string | null): Promise<CursorPage<GithubRunner>> => {
      const operation = "listRunners";
      const request = { operation, route: "GET /orgs/{org}/actions/runners", parameters: { org }, schema: runners };
      const found = await api.page({ ...request, items: ({ runners }) => runners }, cursor);
      if (found === null) throw new RangeError(`${operation} gave no page`);
      return found;
    },
  };
}
