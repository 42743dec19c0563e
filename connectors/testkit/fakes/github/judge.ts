import { atLeast, isMember, legacyLevel, reachesAnything, roleOn } from "./access.ts";
import { isExpired } from "./callers.ts";
import type { Settings } from "./context.ts";
import { isFor } from "./families/secrets.ts";
import { isSame, repositoryNamed, userById, userNamed } from "./lookup.ts";
import { belongings, ownerOf } from "./ownership.ts";
import type { Kind, Ref, Row, RowId, Secret, SecretApp, State, Tables, Token, User } from "./rows.ts";
import { find } from "./world.ts";

/** What is true, whatever the API says. */
export interface Judge {
  /** Whether the thing is there and still opens something, or lets its owner open something. */
  alive(kind: Kind, id: RowId): boolean;
  /** All of a user's that still gives access in the organization, or would once accepted; by kind, then id. */
  aliveOf(user: string | number): Ref[];
  /** All that is a user's, as one canonical text: byte-equal as long as nobody touched any of it. */
  stateOf(user: string | number): string;
  /** What a user may do on a repository, `name` or `owner/name`. What anybody may read does not count. */
  canReach(user: string | number, repository: string): "admin" | "write" | "read" | null;
  /** The value that a secret holds, by its name and where it is kept; null when it is not there. */
  secretValue(name: string, place?: SecretPlace): string | null;
  /** Secrets that a user can have a workflow tell: those of each repository that the user may write to. */
  readableSecrets(user: string | number): Secret[];
}

/** Default: a secret of Actions, of the organization. */
export interface SecretPlace {
  readonly app?: SecretApp;
  readonly repository?: string;
  readonly environment?: string;
}

export function judge(state: () => State, settings: Settings, clock: () => number): Judge {
  const theUser = (key: string | number): User => {
    const user = typeof key === "number" ? userById(state(), key) : userNamed(state(), key);
    if (user === undefined) throw new Error(`no user ${key}`);
    return user;
  };
  const alive = (kind: Kind, id: RowId): boolean => {
    const row = find(state(), kind, id);
    const opens = opening[kind] as ((row: Row, at: Looked) => boolean) | undefined;
    return row !== undefined && (opens?.(row, { state: state(), settings, now: clock() }) ?? true);
  };
  const theRepository = (repository: string) => {
    const [name = "", owner = settings.organization.login] = repository.split("/").reverse();
    const found = repositoryNamed(state(), settings.organization.login, owner, name);
    if (found === undefined) throw new Error(`no repository ${repository}`);
    return found;
  };
  return {
    alive,
    aliveOf: (key) => {
      const held = belongings(state(), theUser(key).id).filter(({ kind }) => givesAccess.has(kind));
      return held.flatMap(({ kind, rows }) => rows.map(({ id }) => ({ kind, id })).filter(({ id }) => alive(kind, id)));
    },
    stateOf: (key) => canonical(belongings(state(), theUser(key).id)),
    canReach: (key, repository) => legacyLevel(roleOn(state(), settings, theUser(key).id, theRepository(repository))),
    secretValue: (name, { app = "actions", repository, environment } = {}) => {
      const repositoryId = repository === undefined ? null : theRepository(repository).id;
      const found = state().secrets.find(
        (one) =>
          one.app === app &&
          one.repositoryId === repositoryId &&
          isSame(one.name, name) &&
          find(state(), "environments", one.environmentId ?? 0)?.name === environment,
      );
      return found?.value ?? null;
    },
    readableSecrets: (key) => {
      const { id } = theUser(key);
      const writable = state().repositories.filter(
        (one) => one.ownerId === null && atLeast(roleOn(state(), settings, id, one), "push"),
      );
      return state().secrets.filter((secret) =>
        writable.some((one) =>
          secret.repositoryId === null ? isFor(secret, one.id, one.visibility) : secret.repositoryId === one.id,
        ),
      );
    },
  };
}

interface Looked {
  readonly state: State;
  readonly settings: Settings;
  readonly now: number;
}

/**
 * What somebody can come in by. Identities at the identity provider are none: they say who somebody is, and GitHub leaves
 * them behind.
 */
const givesAccess: ReadonlySet<Kind> = new Set<Kind>([
  "memberships",
  "enterpriseTeamMembers",
  "repositories",
  "collaborators",
  "repositoryInvitations",
  "organizationInvitations",
  "teamMembers",
  "organizationRoleUsers",
  "deployKeys",
  "runners",
  "tokens",
  "sshKeys",
  "credentialAuthorizations",
  "grants",
  "grantRequests",
]);

/** When a thing that is there opens something; kinds that are not here always do. */
const opening: { readonly [K in Kind]?: (row: Tables[K], at: Looked) => boolean } = {
  users: ({ id }, { state, settings }) => reachesAnything(state, settings, id),
  enterpriseTeamMembers: ({ teamId }, { state }) => find(state, "enterpriseTeams", teamId)?.isAssigned === true,
  organizationInvitations: ({ failure }) => failure === null,
  deployKeys: ({ isEnabled }) => isEnabled,
  tokens: (token, at) => works(token, at),
  sshKeys: ({ id, userId }, at) => isThroughSso(id, userId, at) && reachesAnything(at.state, at.settings, userId),
  credentialAuthorizations: ({ credentialId }, { state }) =>
    credentialId === null ||
    find(state, "tokens", credentialId) !== undefined ||
    find(state, "sshKeys", credentialId) !== undefined,
  grants: ({ tokenId }, at) => isUsable(tokenId, at),
  grantRequests: ({ tokenId }, at) => isUsable(tokenId, at),
};

/** Whether a token opens anything of the organization. */
function works(token: Token, at: Looked): boolean {
  if (isExpired(token, at.now) || !reachesAnything(at.state, at.settings, token.userId)) return false;
  if (token.type === "fine-grained") return at.state.grants.some((one) => one.tokenId === token.id);
  return isThroughSso(token.id, token.userId, at);
}

function isThroughSso(credentialId: number, userId: number, { state, settings }: Looked): boolean {
  const isAsked = settings.requiresSso && isMember(state, userId);
  return !isAsked || state.credentialAuthorizations.some((one) => one.credentialId === credentialId);
}

function isUsable(tokenId: number, { state, now }: Looked): boolean {
  const token = find(state, "tokens", tokenId);
  return token !== undefined && !isExpired(token, now);
}

/** Ids of what a row is about: itself and whose it is. */
export function subjectsOfRow(state: State, kind: Kind, row: Row): string[] {
  const owner = ownerOf(state, kind, row);
  return [`${kind}:${row.id}`, ...(owner === null ? [] : [`users:${owner}`])];
}

export function subjectOfLogin(state: State, text: string): string[] {
  return state.users.filter((one) => isSame(one.login, text)).map((one) => `users:${one.id}`);
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
