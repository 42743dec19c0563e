import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { CursorPage } from "../../contract/paging.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { KongToken } from "./client.ts";
import type { CredentialKind, ListedCredential } from "./credentials.ts";
import { fromSeconds } from "./credentials.ts";
import type { KongDeps } from "./deps.ts";
import { listCredentials } from "./discover.ts";
import { outcomeOf } from "./revoke.ts";

const operation = "listOauth2Tokens";

/**
 * The tokens of a consumer's OAuth 2.0 applications. Tokens know their application only, so they are found through it;
 * one whose application is gone was deleted with it.
 * @see https://github.com/Kong/kong/blob/master/kong/plugins/oauth2/daos.lua (`on_delete = "cascade"`)
 */
export async function* discoverTokens(
  applications: CredentialKind,
  account: Account,
  deps: KongDeps,
): AsyncGenerator<Page<Finding>> {
  let isEmpty = true;
  for await (const page of listCredentials(applications, account.id, deps)) {
    for (const application of page.items) {
      for await (const { items, complete } of listTokens(application, deps)) {
        isEmpty = false;
        yield { items: items.map((token) => toFinding(token, application)), complete };
      }
    }
  }
  if (isEmpty) yield { items: [], complete: true };
}

async function* listTokens(application: ListedCredential, { kong, target }: KongDeps): AsyncGenerator<Page<KongToken>> {
  const applicationId = application.finding.ref;
  const fetchPage = async (cursor: string | null): Promise<CursorPage<KongToken>> => {
    const page = await kong.tokensPage(applicationId, cursor);
    if (page === null) {
      const what = `${target}: this Kong does not list the tokens of an application`;
      throw new ConnectorError("unsupported", what, { target, operation, status: 404 });
    }
    if (page.items.every(({ credential }) => credential.id === applicationId)) return page;
    throw new ConnectorError("invalid-response", `${target}: ${operation} lists another application's`, {
      target,
      operation,
    });
  };
  yield* pagesOf({ target, operation }, fetchPage, ({ id }) => id);
}

export async function revokeToken(finding: Finding, deps: KongDeps): Promise<Outcome> {
  const deletion = await deps.kong.deleteToken(finding.ref);
  return outcomeOf(deletion, "deleteOauth2Token", deps.target, () => isThere(finding, deps));
}

export async function verifyToken(finding: Finding, deps: KongDeps): Promise<Verdict> {
  return (await isThere(finding, deps))
    ? { state: "alive", by: "absence", reason: "the Admin API still has it" }
    : { state: "dead", by: "absence", reason: "the Admin API, which shows other tokens, no longer has it" };
}

/** Kong also finds a token by its value: one whose value is spelled like the id is another one. */
async function isThere(finding: Finding, { kong, target }: KongDeps): Promise<boolean> {
  const token = await kong.token(finding.ref);
  if (token !== null) return token.id === finding.ref;
  if ((await kong.look("oauth2_tokens")) === 200) return false;
  const what = `${target}: tokens cannot be seen at all: check the permission read /oauth2_tokens`;
  throw new ConnectorError("not-visible", what, { target, operation: "getOauth2Token", status: 404 });
}

function toFinding(token: KongToken, { finding }: ListedCredential): Finding {
  const { created_at: createdAt, expires_in: expiresIn } = token;
  const lifetime = typeof createdAt === "number" && typeof expiresIn === "number" && expiresIn > 0 ? expiresIn : null;
  return {
    kind: "oauth2-token",
    ref: token.id,
    accountId: finding.accountId,
    label: `token of ${finding.label}`,
    holder: "owned",
    risk: "write",
    createdAt: fromSeconds(createdAt),
    lastUsedAt: null,
    expiresAt: lifetime === null ? null : fromSeconds((createdAt ?? 0) + lifetime),
    facts: { application: finding.ref, scope: token.scope ?? null },
  };
}
