import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, verdictBy } from "../finding.ts";
import { isSame } from "../inside.ts";
import { firstOf, listed } from "../listing.ts";
import { loginOf } from "../people.ts";
import { nameOfRepository, repositoryOf } from "../repository.ts";
import type { GithubDeployKey, GithubRepository } from "../schema.ts";
import { sweepRepositories } from "../sweep.ts";

const operation = "listDeployKeys";

/**
 * A key that somebody added to a repository. It belongs to the repository, so it goes on working without whoever added
 * it, who may hold its private half; others may use it as well.
 *
 * @see https://docs.github.com/en/authentication/connecting-to-github-with-ssh/managing-deploy-keys
 * @see https://docs.github.com/en/rest/deploy-keys/deploy-keys
 */
export const deployKey: Kind<GithubDeps> = {
  title: "deploy key",
  strategy: "delete",
  risk: "write",
  after: ["org-membership", "repo-collaborator"], // whoever administers a repository can add another one
  stops: "both",
  reversible: false,
  settleMs: 30_000,
  sideEffects: ["Whatever deploys or reads with this key stops working"],
  discover: discoverKeys,
  revoke: revokeKey,
  verify: verifyKey,
};

async function* discoverKeys(
  deps: GithubDeps,
  account: Account,
  known: readonly Finding[],
): AsyncGenerator<Page<Finding>> {
  const login = await loginOf(account.id, deps);
  // A key tells who added it by login, which is nobody's once the user is gone: then only what was known is theirs.
  const isTheirs = ({ id, added_by: by }: GithubDeployKey): boolean =>
    login === null ? known.some(({ ref }) => ref === String(id)) : typeof by === "string" && isSame(by, login);
  yield* sweepRepositories<GithubDeployKey>(
    {
      kind: "deploy-key",
      operation,
      page: (repository, cursor) => deps.github.deployKeysPage(repository, cursor),
      toFinding: (key, repository) => (isTheirs(key) ? toFinding(key, repository, account) : null),
    },
    account,
    deps,
  );
}

async function revokeKey(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  const name = await nameOfRepository(repositoryOf(finding), deps);
  return endOnce(finding, deps, {
    operation: "removeDeployKey",
    remove: async () => (name === null ? null : deps.github.removeDeployKey(name, finding.ref)),
    isThere: async () => name !== null && isThereIn(name, finding, deps),
  });
}

async function verifyKey(deps: GithubDeps, finding: Finding): Promise<Verdict> {
  const name = await nameOfRepository(repositoryOf(finding), deps);
  return verdictBy(name !== null && (await isThereIn(name, finding, deps)), {
    alive: "the repository still has the key",
    dead: "the repository no longer has the key, in its list and by its id",
  });
}

/** The list first: that it can be read is what makes the 404 of a key's own address mean something. */
async function isThereIn(repository: string, { ref }: Finding, { github, target }: GithubDeps): Promise<boolean> {
  const pages = listed(target, operation, (cursor) => github.deployKeysPage(repository, cursor));
  if ((await firstOf(pages, ({ id }) => String(id) === ref)) !== null) return true;
  return (await github.deployKey(repository, ref)) !== null;
}

function toFinding(key: GithubDeployKey, { id, name }: GithubRepository, account: Account): Finding {
  return findingOf(account, {
    kind: "deploy-key",
    ref: String(key.id),
    label: `${key.title} on ${name}`,
    holder: "created",
    risk: key.read_only ? "read" : "write",
    createdAt: key.created_at,
    lastUsedAt: key.last_used ?? null,
    facts: { repositoryId: id, repository: name, readOnly: key.read_only, enabled: key.enabled ?? null },
  });
}
