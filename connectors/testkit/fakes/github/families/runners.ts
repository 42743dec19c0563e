import { type Context, type Handlers, noContent, ok } from "../context.ts";
import { refuse } from "../errors.ts";
import { theOrganization, theRepository, theRow } from "../lookup.ts";
import { listIn } from "../paging.ts";
import type { Runner } from "../rows.ts";

/**
 * Machines that run workflows. The API does not say who set one up.
 *
 * @see https://docs.github.com/rest/actions/self-hosted-runners
 */
export const runners: Handlers = {
  "GET /orgs/{org}/actions/runners": (context) => {
    theOrganization(context);
    return listRunners(context, null);
  },
  "GET /orgs/{org}/actions/runners/{runner_id}": (context) => {
    theOrganization(context);
    return ok(runnerView(theRow(context, "runner_id", runnersOf(context, null))));
  },
  "DELETE /orgs/{org}/actions/runners/{runner_id}": (context) => {
    theOrganization(context);
    return remove(context, null);
  },
  "GET /repos/{owner}/{repo}/actions/runners": (context) => listRunners(context, theRepository(context).id),
  "GET /repos/{owner}/{repo}/actions/runners/{runner_id}": (context) =>
    ok(runnerView(theRow(context, "runner_id", runnersOf(context, theRepository(context).id)))),
  "DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}": (context) => remove(context, theRepository(context).id),
};

function runnersOf({ state }: Context, repositoryId: number | null): Runner[] {
  return state.runners.filter((one) => one.repositoryId === repositoryId);
}

function listRunners(context: Context, repositoryId: number | null) {
  const name = context.call.query.get("name");
  const found = runnersOf(context, repositoryId).filter((one) => name === null || one.name === name);
  return listIn(context, "runners", found, runnerView);
}

function remove(context: Context, repositoryId: number | null) {
  const { id, isBusy, name } = theRow(context, "runner_id", runnersOf(context, repositoryId));
  if (isBusy) throw refuse.unprocessable(`Bad request - Runner "${name}" is still running a job`);
  context.world.remove("runners", (one) => one.id === id);
  return noContent;
}

function runnerView({ id, name, labels, isBusy }: Runner): Record<string, unknown> {
  return {
    id,
    name,
    os: "linux",
    status: "online",
    busy: isBusy,
    ephemeral: false,
    labels: ["self-hosted", ...labels].map((label, at) => ({
      id: at + 1,
      name: label,
      type: at === 0 ? "read-only" : "custom",
    })),
    runner_group_id: 1,
  };
}
