import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, verdictBy } from "../finding.ts";
import { isSame } from "../inside.ts";
import { firstOf } from "../listing.ts";
import { loginOf } from "../people.ts";
import type { GithubAuthorization } from "../schema.ts";

const operation = "listSsoAuthorizations";

/**
 * Tokens and keys that their owner took through the organization's single sign-on. GitHub lists those of members alone,
 * so they are ended while the membership lasts; one by one, so that each has its own outcome. The call for a whole person
 * at once (202) ends also what nobody has seen, and is not among those that GitHub lists for Apps.
 *
 * @see https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#list-saml-sso-authorizations-for-an-organization
 */
export const ssoAuthorization: Kind<GithubDeps> = {
  title: "SAML single sign-on authorization",
  strategy: "delete",
  risk: "write",
  stops: "both",
  reversible: false,
  settleMs: 60_000, // GitHub ends them in the background, and names no time
  discover: discoverAuthorizations,
  revoke: revokeAuthorization,
  verify: verifyAuthorization,
};

async function* discoverAuthorizations(deps: GithubDeps, account: Account): AsyncGenerator<Page<Finding>> {
  const login = await loginOf(account.id, deps);
  if (login === null) return yield { items: [], complete: true };
  for await (const { items, complete } of authorizationsOf(login, deps)) {
    yield { items: items.map((one) => toFinding(one, account)), complete };
  }
}

async function* authorizationsOf(login: string, deps: GithubDeps): AsyncGenerator<Page<GithubAuthorization>> {
  const { github, inside, target } = deps;
  const fetchPage = async (cursor: string | null) => {
    const page = await github.authorizationsPage(login, cursor);
    if (page === null) {
      await inside.requireOrganization();
      const what = `${target}: this organization shows no authorizations: it has no SAML, or our credential may not see them`;
      throw new ConnectorError("unsupported", what, { target, operation, status: 404 });
    }
    if (page.items.every((one) => isSame(one.login, login))) return page;
    throw new ConnectorError("invalid-response", `${target}: ${operation} lists another user's`, { target, operation });
  };
  yield* pagesOf({ target, operation }, fetchPage, (one) => String(one.credential_id));
}

async function revokeAuthorization(deps: GithubDeps, finding: Finding): Promise<Outcome> {
  return endOnce(finding, deps, {
    operation: "removeSsoAuthorization",
    remove: () => deps.github.removeAuthorization(finding.ref),
    isThere: () => isThere(finding, deps),
  });
}

async function verifyAuthorization(deps: GithubDeps, finding: Finding): Promise<Verdict> {
  return verdictBy(await isThere(finding, deps), {
    alive: "the organization still lists it",
    dead: "the organization, which lists those of members, no longer lists it among this person's",
  });
}

async function isThere({ accountId, ref }: Finding, deps: GithubDeps): Promise<boolean> {
  const login = await loginOf(accountId, deps);
  if (login === null) return false;
  return (await firstOf(authorizationsOf(login, deps), (one) => String(one.credential_id) === ref)) !== null;
}

function toFinding(found: GithubAuthorization, account: Account): Finding {
  const { credential_id: id, credential_type: type, scopes = [], fingerprint } = found;
  const name = found.authorized_credential_title ?? found.authorized_credential_note ?? null;
  return findingOf(account, {
    kind: "sso-authorization",
    ref: String(id),
    label: name === null || name === "" ? type : `${type} ${name}`,
    risk: riskOf(type, scopes),
    createdAt: found.credential_authorized_at,
    lastUsedAt: found.credential_accessed_at ?? null,
    expiresAt: found.authorized_credential_expires_at ?? null,
    facts: { type, scopes: scopes.length === 0 ? null : scopes.join(" "), fingerprint: fingerprint ?? null },
  });
}

/** A classic token may do what its scopes say; a key or an app's token, whatever its owner may. */
function riskOf(type: string, scopes: readonly string[]): Finding["risk"] {
  if (scopes.some((scope) => scope.startsWith("admin:") || scope === "delete_repo")) return "admin";
  const onlyReads = scopes.length > 0 && scopes.every((scope) => scope.startsWith("read:"));
  return type === "personal access token" && onlyReads ? "read" : "write";
}
