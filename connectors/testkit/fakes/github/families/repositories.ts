import { roleOn } from "../access.ts";
import { type Context, type Handlers, ok } from "../context.ts";
import { theOrganization, theRepository } from "../lookup.ts";
import { list } from "../paging.ts";
import { isWithin } from "../permissions.ts";
import type { Repository } from "../rows.ts";
import { flagsOf, fullRepository, minimalRepository } from "../views/repositories.ts";
import { teamWithParent } from "../views/teams.ts";

/** Repositories of the organization, their forks and teams. */
export const repositories: Handlers = {
  "GET /orgs/{org}/repos": (context) => {
    theOrganization(context);
    const type = context.call.query.get("type") ?? "all";
    const isWanted = (one: Repository) =>
      type === "all" ||
      (type === "forks" && one.parentId !== null) ||
      (type === "sources" && one.parentId === null) ||
      (type === "private" ? one.visibility !== "public" : type === one.visibility);
    const found = context.state.repositories.filter(
      (one) => one.ownerId === null && isWanted(one) && sees(context, one),
    );
    return list(context, found, (one) => ({ ...minimalRepository(context, one), ...flags(context, one) }));
  },
  "GET /repos/{owner}/{repo}": (context) => {
    const found = theRepository(context);
    return ok({ ...fullRepository(context, found), ...flags(context, found) });
  },
  "GET /repos/{owner}/{repo}/forks": (context) => {
    const original = theRepository(context);
    const forks = context.state.repositories.filter((one) => one.parentId === original.id);
    return list(context, forks, (fork) => minimalRepository(context, fork));
  },
  "GET /repos/{owner}/{repo}/teams": (context) => {
    const repository = theRepository(context);
    const links = context.state.teamRepositories.filter((one) => one.repositoryId === repository.id);
    const found = context.state.teams.flatMap((team) => {
      const link = links.find((one) => one.teamId === team.id);
      return link === undefined ? [] : [{ team, role: link.role }];
    });
    return list(context, found, ({ team, role }) => teamWithParent(context, team, role));
  },
};

/** Whether lists show it to the caller. */
function sees({ caller, state, settings }: Context, repository: Repository): boolean {
  if (repository.visibility === "public") return true;
  if (caller.kind !== "user") return isWithin(caller, repository);
  return roleOn(state, settings, caller.user.id, repository) !== null;
}

/** What the caller may do with it: an app's are its permissions, which the repository does not tell. */
function flags({ caller, state, settings }: Context, repository: Repository): object {
  if (caller.kind !== "user") return {};
  return { permissions: flagsOf(roleOn(state, settings, caller.user.id, repository)) };
}
