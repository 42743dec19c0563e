import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind } from "../../contract/connector.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, verdictBy } from "../finding.ts";
import { firstOf, listed } from "../listing.ts";
import { nameOfRepository, repositoryOf } from "../repository.ts";
import type { GithubRepository, GithubRepositoryInvitation } from "../schema.ts";
import { sweepRepositories } from "../sweep.ts";

const operation = "listRepositoryInvitations";

/**
 * An invitation to one repository, which outlives the membership and lets its holder in again.
 * @see https://docs.github.com/en/rest/collaborators/invitations
 */
export const repositoryInvitation: Kind<GithubDeps> = {
  title: "invitation to a repository",
  strategy: "delete",
  risk: "write",
  stops: "new-logins",
  reversible: false,
  settleMs: 30_000,
  discover: (deps, account) =>
    sweepRepositories<GithubRepositoryInvitation>(
      {
        kind: "repo-invitation",
        operation,
        page: (repository, cursor) => deps.github.repositoryInvitationsPage(repository, cursor),
        toFinding: (one, repository) =>
          String(one.invitee?.id) === account.id ? toFinding(one, repository, account) : null,
      },
      account,
      deps,
    ),
  revoke: revokeInvitation,
  verify: verifyInvitation,
};

async function revokeInvitation(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  const name = await nameOfRepository(repositoryOf(finding), deps);
  return endOnce(finding, deps, {
    operation: "cancelRepositoryInvitation",
    remove: async () => (name === null ? null : deps.github.cancelRepositoryInvitation(name, finding.ref)),
    isThere: async () => name !== null && isThereIn(name, finding, deps),
  });
}

async function verifyInvitation(deps: GithubDeps, finding: Finding): Promise<Verdict> {
  const name = await nameOfRepository(repositoryOf(finding), deps);
  return verdictBy(name !== null && (await isThereIn(name, finding, deps)), {
    alive: "the invitation is still open",
    dead: "the invitation is no longer open",
  });
}

async function isThereIn(repository: string, { ref }: Finding, deps: GithubDeps): Promise<boolean> {
  const pages = listed(deps.target, operation, (cursor) => deps.github.repositoryInvitationsPage(repository, cursor));
  return (await firstOf(pages, ({ id }) => String(id) === ref)) !== null;
}

function toFinding(one: GithubRepositoryInvitation, { id, name }: GithubRepository, account: Account): Finding {
  const { permissions: role } = one;
  return findingOf(account, {
    kind: "repo-invitation",
    ref: String(one.id),
    label: `invitation to ${role} ${name}`,
    risk: role === "admin" ? "admin" : role === "read" || role === "triage" ? "read" : "write",
    createdAt: one.created_at,
    facts: { repositoryId: id, repository: name, role, expired: one.expired ?? null },
  });
}
