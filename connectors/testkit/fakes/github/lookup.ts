import { type Context, idParam, param } from "./context.ts";
import { refuse } from "./errors.ts";
import type { EnterpriseTeam, Repository, State, Team, User } from "./rows.ts";

/** Finding what a call names; what is not there is 404. Logins, names and slugs are not case-sensitive. */

export function userNamed(state: State, login: string): User | undefined {
  return state.users.find((one) => isSame(one.login, login));
}

export function userById(state: State, id: number | null): User | undefined {
  return state.users.find((one) => one.id === id);
}

export function repositoryNamed(
  state: State,
  organization: string,
  owner: string,
  name: string,
): Repository | undefined {
  const ownerId = isSame(owner, organization) ? null : userNamed(state, owner)?.id;
  return state.repositories.find((one) => one.ownerId === ownerId && isSame(one.name, name));
}

export function repositoryById(state: State, id: number): Repository {
  const found = state.repositories.find((one) => one.id === id);
  if (found === undefined) throw refuse.notFound();
  return found;
}

export function theUser(context: Context): User {
  const found = userNamed(context.state, param(context, "username"));
  if (found === undefined) throw refuse.notFound();
  return found;
}

export function theOrganization(context: Context): void {
  if (!isSame(param(context, "org"), context.settings.organization.login)) throw refuse.notFound();
}

export function theRepository(context: Context): Repository {
  const { organization } = context.settings;
  const found = repositoryNamed(context.state, organization.login, param(context, "owner"), param(context, "repo"));
  if (found === undefined) throw refuse.notFound();
  return found;
}

export function theTeam(context: Context): Team {
  const found = context.state.teams.find((one) => isSame(one.slug, param(context, "team_slug")));
  if (found === undefined) throw refuse.notFound();
  return found;
}

/** By slug or id. */
export function theEnterpriseTeam(context: Context): EnterpriseTeam {
  const key = param(context, "enterprise-team");
  const found = context.state.enterpriseTeams.find((one) => isSame(one.slug, key) || String(one.id) === key);
  if (found === undefined) throw refuse.notFound();
  return found;
}

/** The row that a parameter names by id. */
export function theRow<T extends { readonly id: number | string }>(
  context: Context,
  name: string,
  rows: readonly T[],
): T {
  const id = idParam(context, name);
  const found = rows.find((one) => one.id === id);
  if (found === undefined) throw refuse.notFound();
  return found;
}

export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
