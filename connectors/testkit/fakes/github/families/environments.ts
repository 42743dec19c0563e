import { type Context, type Handlers, ok, param, timestamp } from "../context.ts";
import { refuse } from "../errors.ts";
import { theRepository, userById } from "../lookup.ts";
import { listIn } from "../paging.ts";
import type { Environment } from "../rows.ts";
import { nodeId, simpleUser } from "../views/people.ts";
import { fullName, repositoryUrl } from "../views/repositories.ts";
import { teamWithParent } from "../views/teams.ts";

/**
 * Where a workflow deploys to, and who has to agree before it gets the secrets.
 *
 * @see https://docs.github.com/rest/deployments/environments
 */
export const environments: Handlers = {
  "GET /repos/{owner}/{repo}/environments": (context) => {
    const repository = theRepository(context);
    const found = context.state.environments.filter((one) => one.repositoryId === repository.id);
    return listIn(context, "environments", found, (one) => view(context, one));
  },
  "GET /repos/{owner}/{repo}/environments/{environment_name}": (context) => ok(view(context, environmentOf(context))),
};

export function environmentOf(context: Context): Environment {
  const repository = theRepository(context);
  const name = param(context, "environment_name");
  const found = context.state.environments.find((one) => one.repositoryId === repository.id && one.name === name);
  if (found === undefined) throw refuse.notFound();
  return found;
}

function view(context: Context, one: Environment): Record<string, unknown> {
  const repository = theRepository(context);
  const name = encodeURIComponent(one.name);
  return {
    id: one.id,
    node_id: nodeId("EN", one.id),
    name: one.name,
    url: `${repositoryUrl(context, repository)}/environments/${name}`,
    html_url: `https://github.com/${fullName(context, repository)}/deployments/activity_log?environments_filter=${name}`,
    created_at: timestamp(one.createdAt),
    updated_at: timestamp(one.createdAt),
    protection_rules: rulesOf(context, one),
    deployment_branch_policy: null,
  };
}

function rulesOf(context: Context, one: Environment): Record<string, unknown>[] {
  const { state, settings } = context;
  const reviewers = [
    ...one.reviewerIds.flatMap((id) => {
      const user = userById(state, id);
      return user === undefined ? [] : [{ type: "User", reviewer: simpleUser(settings, user) }];
    }),
    ...state.teams
      .filter((team) => one.reviewerTeamIds.includes(team.id))
      .map((team) => ({ type: "Team", reviewer: teamWithParent(context, team) })),
  ];
  const rule = (at: number) => ({ id: one.id * 10 + at, node_id: nodeId("GA", one.id * 10 + at) });
  return [
    ...(one.waitMinutes === 0 ? [] : [{ ...rule(1), type: "wait_timer", wait_timer: one.waitMinutes }]),
    ...(reviewers.length === 0
      ? []
      : [{ ...rule(2), type: "required_reviewers", prevent_self_review: one.preventsSelfReview, reviewers }]),
  ];
}
