import type { Page, Principal } from "../contract/connector.ts";
import type { GithubDeps } from "./deps.ts";
import { readIdentities } from "./identities.ts";
import type { KnownUser } from "./identities.ts";
import { invitations, invitationIdOf, invitedAccountId } from "./invitations.ts";
import { firstOf, listed } from "./listing.ts";
import { loginOf } from "./people.ts";
import type { GithubInvitation, GithubUser } from "./schema.ts";

/** Members, outside collaborators and whoever was invited; each once, by the id that stays. */
export async function* listPrincipals(deps: GithubDeps): AsyncGenerator<Page<Principal>> {
  const { github, inside, target } = deps;
  await inside.standing();
  const known = await readIdentities(deps);
  const given = new Set<string>();
  const fresh = (principal: Principal): boolean => !given.has(principal.id) && given.add(principal.id) !== undefined;

  for (const [operation, page] of [
    ["listMembers", github.membersPage],
    ["listOutsideCollaborators", github.outsideCollaboratorsPage],
  ] as const) {
    for await (const { items, complete } of listed(target, operation, page)) {
      yield { items: items.map((user) => toPrincipal(user, known)).filter(fresh), complete };
    }
  }
  for await (const { items, complete } of (await invitations(deps)) ?? []) {
    const invited: Principal[] = [];
    for (const one of items) invited.push(await invitedPrincipal(one, known, deps));
    yield { items: invited.filter(fresh), complete };
  }
}

/**
 * One user by id, whatever is left of their place here: what outlives a membership is still to be found.
 * @returns null only for an id that no user has, and for an invitation that is no longer pending.
 */
export async function findPrincipal(id: string, deps: GithubDeps): Promise<Principal | null> {
  const invitationId = invitationIdOf(id);
  if (invitationId !== null) {
    const pages = (await invitations(deps)) ?? noPages();
    const found = await firstOf(pages, (one) => String(one.id) === invitationId);
    return found === null ? null : byAddress(found);
  }
  if (!/^[1-9]\d{0,15}$/.test(id)) {
    await deps.inside.standing();
    return null;
  }
  const login = await loginOf(id, deps);
  return login === null ? null : toPrincipal({ id: Number(id), login }, new Map());
}

/** A user who was invited is known by login alone; by now the login may be nobody's, or an address was all there was. */
async function invitedPrincipal(
  one: GithubInvitation,
  known: ReadonlyMap<string, KnownUser>,
  { github }: GithubDeps,
): Promise<Principal> {
  const user = one.login === null ? null : await github.userByLogin(one.login);
  return user === null ? byAddress(one) : toPrincipal(user, known);
}

function byAddress(one: GithubInvitation): Principal {
  const { email, login } = one;
  return {
    id: invitedAccountId(one),
    label: login ?? email ?? `invitation ${one.id}`,
    attributes: { ...(login === null ? {} : { login }), ...(email === null ? {} : { email }) },
    lastUsedAt: null,
  };
}

function toPrincipal({ id, login }: GithubUser, known: ReadonlyMap<string, KnownUser>): Principal {
  const { identities = [], email = null } = known.get(String(id)) ?? {};
  return {
    id: String(id),
    label: login,
    attributes: { login, ...(email === null ? {} : { email }) },
    identities,
    lastUsedAt: null,
  };
}

async function* noPages(): AsyncGenerator<Page<GithubInvitation>> {}
