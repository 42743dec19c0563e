import { atLeast, isMember, isOwner, roleOn } from "./access.ts";
import type { Caller } from "./callers.ts";
import type { Settings } from "./context.ts";
import type { Operation } from "./description.ts";
import { refuse } from "./errors.ts";
import { type Need, needOf } from "./needs.ts";
import type { Permissions, Repository, State, Token } from "./rows.ts";

export interface Asked {
  readonly operation: Operation;
  readonly caller: Caller;
  /** The truth: permissions do not lag. */
  readonly state: State;
  readonly settings: Settings;
  /** That the call names; undefined: it names one that is not there, or none. */
  readonly repository: Repository | undefined;
}

/**
 * Lets a call pass, or says what GitHub says. A repository that the caller may not see is 404; the rest is 403.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function checkPermission(asked: Asked): void {
  const need = needOf(asked.operation.name);
  const { caller } = asked;
  if (need.who === "anyone") return;
  if (need.who === "nobody") {
    if (caller.kind !== "nobody") throw refuse.forbidden("This endpoint does not accept authenticated requests.");
    return;
  }
  if (need.who === "jwt") {
    if (caller.kind !== "app") throw refuse.jwt("A JSON web token could not be decoded");
    return;
  }
  switch (caller.kind) {
    case "nobody":
      throw refuse.requiresAuthentication();
    case "app":
      throw refuse.jwt("Requires authentication");
    case "installation":
      return checkInstallation(need, asked, caller);
    case "user":
      return checkUser(need, asked, caller.user.id, caller.token);
  }
}

/** Headers that tell what would have been needed. */
export function permissionHeaders(operation: Operation, caller: Caller): Record<string, string> {
  const { permission, scopes = [] } = needOf(operation.name);
  if (caller.kind === "user" && caller.token.type === "classic") {
    return { "x-oauth-scopes": caller.token.scopes.join(", "), "x-accepted-oauth-scopes": scopes.join(", ") };
  }
  return permission === undefined ? {} : { "x-accepted-github-permissions": `${permission.name}=${permission.level}` };
}

/** Whether a permission covers what is needed. */
export function covers(permissions: Permissions, { name, level }: NonNullable<Need["permission"]>): boolean {
  const held = permissions[name];
  return held !== undefined && (level === "read" || held === "write" || held === "admin");
}

/** Whether the repository is among those that an installation token is for. */
export function isWithin(caller: Caller, repository: Repository): boolean {
  return caller.kind !== "installation" || (caller.repositoryIds?.includes(repository.id) ?? true);
}

function checkInstallation(need: Need, asked: Asked, caller: Caller & { kind: "installation" }): void {
  if (need.who === "installation") return;
  if (!asked.operation.forApps || need.who === "user" || need.permission === undefined) throw refuse.notForApps();
  const { repository } = asked;
  const isForeign = repository !== undefined && (repository.ownerId !== null || !isWithin(caller, repository));
  if (isForeign && repository.visibility !== "public") throw refuse.notFound();
  if (!covers(caller.permissions, need.permission)) throw refuse.notForApps();
}

function checkUser(need: Need, asked: Asked, userId: number, token: Token): void {
  const { state, settings, repository } = asked;
  if (need.who === "user") return;
  if (need.who === "installation") throw refuse.notForToken();
  if (need.isForAppsOnly === true) throw refuse.notForToken();
  checkSso(asked, userId, token);
  const role = repository === undefined ? null : roleOn(state, settings, userId, repository);
  const isHidden = repository !== undefined && repository.visibility !== "public" && role === null;
  if (isHidden) throw refuse.notFound();
  if (token.type === "fine-grained") checkFineGranted(need, state, token);
  else if (need.scopes?.some((scope) => token.scopes.includes(scope)) === false) {
    if (repository !== undefined && repository.visibility !== "public") throw refuse.notFound();
    throw refuse.notAdmin();
  }
  const stands = {
    member: () => isMember(state, userId),
    owner: () => isOwner(state, userId),
    "enterprise-owner": () => settings.enterpriseOwnerIds.has(userId),
    reads: () => true,
    writes: () => repository === undefined || atLeast(role, "push"),
    administers: () => repository === undefined || atLeast(role, "admin"),
  };
  const who = need.who as keyof typeof stands;
  if (!stands[who]())
    throw who === "member"
      ? refuse.forbidden(`You must be a member of ${settings.organization.login}.`)
      : refuse.notAdmin();
}

/** A classic token of a member opens nothing of the organization before it went through single sign-on. */
function checkSso({ state, settings }: Asked, userId: number, token: Token): void {
  if (!settings.requiresSso || token.type !== "classic" || !isMember(state, userId)) return;
  const isAuthorized = state.credentialAuthorizations.some((one) => one.credentialId === token.id);
  if (!isAuthorized) throw refuse.sso(settings.organization.login);
}

function checkFineGranted(need: Need, state: State, token: Token): void {
  const isGranted = state.grants.some((one) => one.tokenId === token.id);
  if (!isGranted || need.permission === undefined || !covers(token.permissions, need.permission)) {
    throw refuse.notForToken();
  }
}
