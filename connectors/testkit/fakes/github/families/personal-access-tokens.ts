import { isMember } from "../access.ts";
import { isExpired } from "../callers.ts";
import { type Answer, type Context, type Handlers, noContent, param, timestamp, timestampOrNull } from "../context.ts";
import { refuse } from "../errors.ts";
import { isSame, theOrganization, theRow, userById } from "../lookup.ts";
import { list } from "../paging.ts";
import type { Grant, GrantRequest, Repository, Token, User } from "../rows.ts";
import { simpleUser } from "../views/people.ts";
import { minimalRepository } from "../views/repositories.ts";

/**
 * What fine-grained tokens of members may do in the organization, granted and asked for. For GitHub Apps only. Only
 * members' are listed. Revoking ends the grant; the token lives on, and so do the SSH keys made with it.
 *
 * @see https://docs.github.com/rest/orgs/personal-access-tokens
 */
export const personalAccessTokens: Handlers = {
  "GET /orgs/{org}/personal-access-tokens": (context) => {
    theOrganization(context);
    return list(context, seen(context, context.state.grants), ({ row, token, owner }) => ({
      ...grantView(context, row, token, owner, "personal-access-tokens"),
      access_granted_at: timestamp(row.at),
    }));
  },
  "POST /orgs/{org}/personal-access-tokens": (context) => {
    theOrganization(context);
    const ids = context.body["pat_ids"] as readonly number[];
    context.world.remove("grants", (one) => ids.includes(one.id));
    return { status: 202, json: {} };
  },
  "POST /orgs/{org}/personal-access-tokens/{pat_id}": (context) => {
    theOrganization(context);
    const { id } = theRow(context, "pat_id", context.state.grants);
    context.world.remove("grants", (one) => one.id === id);
    return noContent;
  },
  "GET /orgs/{org}/personal-access-tokens/{pat_id}/repositories": (context) => {
    theOrganization(context);
    return repositoriesOf(context, theRow(context, "pat_id", context.state.grants));
  },
  "GET /orgs/{org}/personal-access-token-requests": (context) => {
    theOrganization(context);
    return list(context, seen(context, context.state.grantRequests), ({ row, token, owner }) => ({
      ...grantView(context, row, token, owner, "personal-access-token-requests"),
      reason: row.reason,
      created_at: timestamp(row.at),
    }));
  },
  "POST /orgs/{org}/personal-access-token-requests": (context) => {
    theOrganization(context);
    const ids = context.body["pat_request_ids"] as readonly number[] | undefined;
    const meant = context.state.grantRequests.filter((one) => ids?.includes(one.id) ?? false);
    for (const one of meant) review(context, one);
    return { status: 202, json: {} };
  },
  "POST /orgs/{org}/personal-access-token-requests/{pat_request_id}": (context) => {
    theOrganization(context);
    review(context, theRow(context, "pat_request_id", context.state.grantRequests));
    return noContent;
  },
  "GET /orgs/{org}/personal-access-token-requests/{pat_request_id}/repositories": (context) => {
    theOrganization(context);
    return repositoriesOf(context, theRow(context, "pat_request_id", context.state.grantRequests));
  },
};

interface Seen<T extends Grant> {
  readonly row: T;
  readonly token: Token;
  readonly owner: User;
}

/** Of members, newest first unless asked otherwise, narrowed by owner, token and repository. */
function seen<T extends Grant>({ state, call }: Context, rows: readonly T[]): Seen<T>[] {
  const { query } = call;
  const owners = [...query.getAll("owner[]"), ...query.getAll("owner")];
  const tokenIds = [...query.getAll("token_id[]"), ...query.getAll("token_id")];
  const repository = query.get("repository");
  const found = rows.flatMap((row) => {
    const token = state.tokens.find((one) => one.id === row.tokenId);
    const owner = userById(state, token?.userId ?? null);
    if (token === undefined || owner === undefined || !isMember(state, owner.id)) return [];
    const isWanted =
      (owners.length === 0 || owners.some((one) => isSame(one, owner.login))) &&
      (tokenIds.length === 0 || tokenIds.includes(String(token.id))) &&
      (repository === null || reached(state.repositories, row).some((one) => isSame(one.name, repository)));
    return isWanted ? [{ row, token, owner }] : [];
  });
  const sign = query.get("direction") === "asc" ? 1 : -1;
  return found.sort((a, b) => sign * (a.row.at - b.row.at || a.row.id - b.row.id));
}

function reached(all: readonly Repository[], { repositorySelection, repositoryIds }: Grant): Repository[] {
  return all.filter(
    (one) =>
      one.ownerId === null &&
      (repositorySelection === "all" || (repositorySelection === "subset" && repositoryIds.includes(one.id))),
  );
}

function repositoriesOf(context: Context, row: Grant): Answer {
  return list(context, reached(context.state.repositories, row), (one) => minimalRepository(context, one));
}

/** Approving makes a grant of the request; either way the request is over. */
function review(
  { world, body, now }: Context,
  { id, tokenId, repositorySelection, repositoryIds }: GrantRequest,
): void {
  world.remove("grantRequests", (one) => one.id === id);
  if (body["action"] !== "approve") return;
  if (world.state.grants.some((one) => one.tokenId === tokenId)) throw refuse.unprocessable("Already granted.");
  world.insert("grants", { id: world.newId(), tokenId, repositorySelection, repositoryIds, at: now });
}

function grantView(context: Context, row: Grant, token: Token, owner: User, below: string): Record<string, unknown> {
  const { settings, now } = context;
  const organization = Object.entries(token.permissions).filter(([name]) => /^(members$|organization_)/.test(name));
  const repository = Object.entries(token.permissions).filter(([name]) => !/^(members$|organization_)/.test(name));
  return {
    id: row.id,
    owner: simpleUser(settings, owner),
    repository_selection: row.repositorySelection,
    repositories_url: `${settings.apiUrl}/orgs/${param(context, "org")}/${below}/${row.id}/repositories`,
    permissions: { organization: Object.fromEntries(organization), repository: Object.fromEntries(repository) },
    token_id: token.id,
    token_name: token.name,
    token_expired: isExpired(token, now),
    token_expires_at: timestampOrNull(token.expiresAt),
    token_last_used_at: timestampOrNull(token.lastUsedAt),
  };
}
