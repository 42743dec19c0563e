import type { Account, Finding } from "../../../src/domain/access.ts";
import type { Kind, Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { CursorPage } from "../../contract/paging.ts";
import type { Deletion } from "../client/index.ts";
import type { GithubDeps } from "../deps.ts";
import { endOnce, findingOf, verdictBy } from "../finding.ts";
import { firstOf, listed } from "../listing.ts";
import { loginOf } from "../people.ts";
import type { GithubTokenGrant, GithubTokenRequest } from "../schema.ts";

/** What is granted to a fine-grained token, and what one has asked for, differ in their endpoints alone. */
interface TokenEndpoints<Item> {
  kind: "fine-grained-token" | "token-request";
  list: string;
  end: string;
  page: (deps: GithubDeps, login: string, cursor: string | null) => Promise<CursorPage<Item>>;
  remove: (deps: GithubDeps, id: string) => Promise<Deletion>;
  since: (item: Item) => string;
}

const shared = {
  strategy: "delete",
  risk: "write",
  stops: "both",
  reversible: false,
  settleMs: 30_000,
} as const;

/** @see https://docs.github.com/en/rest/orgs/personal-access-tokens */
export const fineGrainedToken: Kind<GithubDeps> = {
  ...shared,
  title: "fine-grained personal access token",
  sideEffects: [
    "SSH keys that were made with the token go on working; deploy keys made with it last as long as the token",
  ],
  ...tokenKind<GithubTokenGrant>({
    kind: "fine-grained-token",
    list: "listTokenGrants",
    end: "revokeTokenGrant",
    page: ({ github }, login, cursor) => github.tokenGrantsPage(login, cursor),
    remove: ({ github }, id) => github.revokeTokenGrant(id),
    since: (grant) => grant.access_granted_at,
  }),
};

/** A request that somebody could still approve once its owner has left. */
export const tokenRequest: Kind<GithubDeps> = {
  ...shared,
  title: "request for a fine-grained token",
  ...tokenKind<GithubTokenRequest>({
    kind: "token-request",
    list: "listTokenRequests",
    end: "denyTokenRequest",
    page: ({ github }, login, cursor) => github.tokenRequestsPage(login, cursor),
    remove: ({ github }, id) => github.denyTokenRequest(id),
    since: (request) => request.created_at,
  }),
};

type TokenItem = GithubTokenGrant | GithubTokenRequest;

function tokenKind<Item extends TokenItem>(
  endpoints: TokenEndpoints<Item>,
): Pick<Kind<GithubDeps>, "discover" | "revoke" | "verify"> {
  return {
    discover: (deps, account) => discoverTokens(endpoints, deps, account),
    revoke: (deps, finding) =>
      endOnce(finding, deps, {
        operation: endpoints.end,
        remove: () => endpoints.remove(deps, finding.ref),
        isThere: () => isThere(endpoints, finding, deps),
      }),
    verify: async (deps, finding) =>
      verdictBy(await isThere(endpoints, finding, deps), {
        alive: "the organization still lists it",
        dead: "the organization, which lists those of members, no longer lists it",
      }),
  };
}

async function* discoverTokens<Item extends TokenItem>(
  endpoints: TokenEndpoints<Item>,
  deps: GithubDeps,
  account: Account,
): AsyncGenerator<Page<Finding>> {
  requireApp(endpoints.list, deps);
  const login = await loginOf(account.id, deps);
  if (login === null) return yield { items: [], complete: true };
  for await (const { items, complete } of tokensOf(endpoints, account.id, login, deps)) {
    yield { items: items.map((item) => toFinding(item, account, endpoints)), complete };
  }
}

/** Those of this very user: the filter takes a login, and says nothing when it does not know one. */
async function* tokensOf<Item extends TokenItem>(
  { list, page }: TokenEndpoints<Item>,
  userId: string,
  login: string,
  deps: GithubDeps,
): AsyncGenerator<Page<Item>> {
  for await (const { items, complete } of listed(deps.target, list, (cursor) => page(deps, login, cursor))) {
    if (items.some(({ owner }) => String(owner.id) !== userId)) {
      const where = { target: deps.target, operation: list };
      throw new ConnectorError("invalid-response", `${deps.target}: ${list} lists another user's`, where);
    }
    yield { items, complete };
  }
}

async function isThere<Item extends TokenItem>(
  endpoints: TokenEndpoints<Item>,
  { accountId, ref }: Finding,
  deps: GithubDeps,
): Promise<boolean> {
  requireApp(endpoints.list, deps);
  const login = await loginOf(accountId, deps);
  if (login === null) return false;
  return (await firstOf(tokensOf(endpoints, accountId, login, deps), ({ id }) => String(id) === ref)) !== null;
}

/** @throws {ConnectorError} `unsupported`: GitHub lets Apps alone see and end these. */
function requireApp(operation: string, { credential, target }: GithubDeps): void {
  if (credential.kind === "app") return;
  const what = `${target}: fine-grained tokens can be seen and ended by a GitHub App alone; ours is a token`;
  throw new ConnectorError("unsupported", what, { target, operation });
}

function toFinding<Item extends TokenItem>(
  item: Item,
  account: Account,
  { kind, since }: TokenEndpoints<Item>,
): Finding {
  const { organization = {}, repository = {} } = item.permissions;
  const administers = [organization.members, organization.organization_administration, repository.administration];
  return findingOf(account, {
    kind,
    ref: String(item.id),
    label: item.token_name,
    risk: administers.includes("write") ? "admin" : "write",
    createdAt: since(item),
    lastUsedAt: item.token_last_used_at,
    expiresAt: item.token_expires_at,
    facts: {
      tokenId: item.token_id,
      repositories: item.repository_selection,
      expired: item.token_expired,
      contents: repository.contents ?? null,
      secrets: repository.secrets ?? null,
      workflows: repository.workflows ?? null,
    },
  });
}
