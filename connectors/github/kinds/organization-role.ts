import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, firstPart, joined, verdictBy } from "../finding.ts";
import { firstOf, listed } from "../listing.ts";
import { loginOf } from "../people.ts";
import type { GithubRole, GithubRoleHolder } from "../schema.ts";

const operation = "listOrganizationRoles";

/**
 * A role on the whole organization that was given to the person: security manager, all-repository admin, a custom one.
 * What comes by a team goes with the team.
 *
 * @see https://docs.github.com/en/rest/orgs/organization-roles
 */
export const organizationRole: Kind<GithubDeps> = {
  title: "organization role",
  strategy: "delete",
  risk: "admin",
  after: ["sso-authorization", "fine-grained-token", "token-request"],
  stops: "both",
  reversible: false,
  settleMs: 30_000,
  discover: discoverRoles,
  revoke: revokeRole,
  verify: verifyRole,
};

async function* discoverRoles(deps: GithubDeps, account: Account): AsyncGenerator<Page<Finding>> {
  yield { items: [], complete: true };
  for (const role of await rolesOf(deps)) {
    const holder = await holderOf(String(role.id), account.id, deps);
    if (holder !== null) yield { items: [toFinding(role, account)], complete: true };
  }
}

async function rolesOf({ github, inside, target }: GithubDeps): Promise<readonly GithubRole[]> {
  await inside.standing();
  const roles = await github.organizationRoles();
  if (roles !== null) return roles;
  await inside.requireOrganization();
  const what = `${target}: this organization shows no roles: it has none to give, or our credential may not see them`;
  throw new ConnectorError("unsupported", what, { target, operation, status: 404 });
}

/** Somebody who holds the role by themselves, whatever they hold by a team. */
async function holderOf(roleId: string, userId: string, deps: GithubDeps): Promise<GithubRoleHolder | null> {
  const pages = listed(deps.target, "listRoleHolders", (cursor) => deps.github.roleHoldersPage(roleId, cursor));
  return firstOf(pages, ({ id, assignment }) => String(id) === userId && assignment !== "indirect");
}

async function revokeRole(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  const roleId = firstPart(finding.ref);
  return endOnce(finding, deps, {
    operation: "removeRole",
    async remove() {
      const login = await loginOf(finding.accountId, deps);
      if (login === null || !(await isThere(finding, deps))) return null; // GitHub says 204 to a role that nobody holds
      return deps.github.removeRole(roleId, login);
    },
    isThere: () => isThere(finding, deps),
  });
}

async function verifyRole(deps: GithubDeps, finding: Finding): Promise<Verdict> {
  return verdictBy(await isThere(finding, deps), {
    alive: "the role still lists this person",
    dead: "the role no longer lists this person",
  });
}

/** The role itself may be gone, which its own address alone would not prove. */
async function isThere({ ref, accountId }: Finding, deps: GithubDeps): Promise<boolean> {
  const roleId = firstPart(ref);
  const roles = await rolesOf(deps);
  if (!roles.some(({ id }) => String(id) === roleId)) return false;
  return (await holderOf(roleId, accountId, deps)) !== null;
}

function toFinding(role: GithubRole, account: Account): Finding {
  const changes = role.base_role === "admin" || (role.permissions ?? []).length > 0;
  return findingOf(account, {
    kind: "org-role",
    ref: joined(role.id, account.id),
    label: role.name,
    risk: changes ? "admin" : role.base_role === "read" || role.base_role === "triage" ? "read" : "write",
    facts: { role: role.name, baseRole: role.base_role ?? null },
  });
}
