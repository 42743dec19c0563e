import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind } from "../../contract/connector.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, joined, verdictBy } from "../finding.ts";
import { firstOf, listed } from "../listing.ts";
import { loginOf } from "../people.ts";
import { nameOfRepository, repositoryOf } from "../repository.ts";
import type { GithubCollaborator, GithubRepository } from "../schema.ts";
import { sweepRepositories } from "../sweep.ts";

const operation = "listCollaborators";

/**
 * Direct access to one repository, of a member or of an outside collaborator, who is nothing but the sum of these. It
 * comes after the membership, with which much of it ends.
 *
 * @see https://docs.github.com/en/rest/collaborators/collaborators
 */
export const repositoryCollaborator: Kind<GithubDeps> = {
  title: "direct access to a repository",
  strategy: "delete",
  risk: "write",
  after: ["sso-authorization", "fine-grained-token", "token-request", "org-membership"],
  stops: "both",
  reversible: false,
  settleMs: 30_000,
  sideEffects: [
    "Private forks of the repository are deleted",
    "Invitations to the repository that the person sent are cancelled, and issues unassigned",
  ],
  discover: (deps, account) =>
    sweepRepositories<GithubCollaborator>(
      {
        kind: "repo-collaborator",
        operation,
        page: (repository, cursor) => deps.github.collaboratorsPage(repository, cursor),
        toFinding: (one, repository) => (String(one.id) === account.id ? toFinding(one, repository, account) : null),
      },
      account,
      deps,
    ),
  revoke: revokeCollaborator,
  verify: verifyCollaborator,
};

async function revokeCollaborator(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  const name = await nameOfRepository(repositoryOf(finding), deps);
  return endOnce(finding, deps, {
    operation: "removeCollaborator",
    async remove() {
      if (name === null || !(await isThereIn(name, finding, deps))) return null; // GitHub says 204 to anybody's name
      const login = await loginOf(finding.accountId, deps);
      return login === null ? null : deps.github.removeCollaborator(name, login);
    },
    isThere: async () => name !== null && isThereIn(name, finding, deps),
  });
}

async function verifyCollaborator(deps: GithubDeps, finding: Finding): Promise<Verdict> {
  const name = await nameOfRepository(repositoryOf(finding), deps);
  return verdictBy(name !== null && (await isThereIn(name, finding, deps)), {
    alive: "the repository still lists this person as let in directly",
    dead: "the repository no longer lists this person as let in directly",
  });
}

async function isThereIn(repository: string, { accountId }: Finding, deps: GithubDeps): Promise<boolean> {
  const pages = listed(deps.target, operation, (cursor) => deps.github.collaboratorsPage(repository, cursor));
  return (await firstOf(pages, ({ id }) => String(id) === accountId)) !== null;
}

function toFinding(one: GithubCollaborator, { id, name, visibility }: GithubRepository, account: Account): Finding {
  const { role_name: role } = one;
  return findingOf(account, {
    kind: "repo-collaborator",
    ref: joined(id, account.id),
    label: `${role} on ${name}`,
    risk: role === "admin" ? "admin" : role === "read" || role === "triage" ? "read" : "write",
    facts: { repositoryId: id, repository: name, role, visibility: visibility ?? null },
  });
}
