import type { Page, Principal, SsoIdentity } from "../contract/connector.ts";
import { pagesOf } from "../contract/paging.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import type { GithubUser } from "./github/client.ts";
import { presenceOf } from "./presence.ts";

/**
 * Everybody who has a place in the organization: members and outside collaborators, by their user id, with who they are
 * at the identity provider where GitHub knows it.
 */
export async function* listAccounts(deps: CiDeps): AsyncGenerator<Page<Principal>> {
  const identities = await identitiesOf(deps);
  const seen = new Set<number>();
  const lists = [
    { operation: "listMembers", fetchPage: deps.github.membersPage },
    { operation: "listOutsideCollaborators", fetchPage: deps.github.outsideCollaboratorsPage },
  ];
  for (const { operation, fetchPage } of lists) {
    const shown = async (cursor: string | null) => {
      const page = await fetchPage(cursor);
      if (page !== null) return page;
      throw failed(
        "not-visible",
        deps,
        operation,
        "the people of the organization cannot be seen: check org and Members (read)",
      );
    };
    for await (const { items, complete } of pagesOf({ target: deps.target, operation }, shown, ({ id }) =>
      String(id),
    )) {
      const fresh = items.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      yield { items: fresh.map((user) => toPrincipal(user, identities.get(user.id) ?? [])), complete };
    }
  }
}

/** One of them by id; null once they have no place in the organization. */
export async function findAccount(deps: CiDeps, id: string): Promise<Principal | null> {
  const presence = await presenceOf(id, deps);
  return presence.kind === "absent" ? null : toPrincipal({ id: Number(id), login: presence.login }, []);
}

/** Single sign-on of the organization, then of the enterprise where one is named: people may be linked to either. */
async function identitiesOf(deps: CiDeps): Promise<ReadonlyMap<number, readonly SsoIdentity[]>> {
  const { org, enterprise } = deps.settings;
  const found = new Map<number, SsoIdentity[]>();
  const places = [
    { kind: "organization" as const, name: org, operation: "listExternalIdentities" },
    ...(enterprise === undefined
      ? []
      : [{ kind: "enterprise" as const, name: enterprise, operation: "listEnterpriseIdentities" }]),
  ];
  for (const { kind, name, operation } of places) {
    const fetchPage = (cursor: string | null) => deps.identities({ kind, name }, cursor);
    const idOf = ({ userId, names }: { userId: number; names: readonly string[] }) => [userId, ...names].join("\n");
    for await (const { items } of pagesOf({ target: deps.target, operation }, fetchPage, idOf)) {
      for (const { userId, names } of items) {
        const by = `single sign-on of the ${kind} ${name}`;
        found.set(userId, [...(found.get(userId) ?? []), ...names.map((one) => ({ by, name: one }))]);
      }
    }
  }
  return found;
}

function toPrincipal({ id, login }: GithubUser, identities: readonly SsoIdentity[]): Principal {
  return { id: String(id), label: login, attributes: { login }, identities, lastUsedAt: null };
}
