import { type Answer, type Context, ok } from "./context.ts";

/**
 * One page of a list, as a bare array, with its `Link` header.
 *
 * Pages go by position, so what is removed meanwhile moves the rest up. GitHub's own links name an organization and a
 * repository by id, on routes that its description does not have: whoever follows them has to take them as they are.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function list<T>(context: Context, items: readonly T[], show: (item: T) => unknown): Answer {
  const { page, headers } = pageOf(context, items);
  return { status: 200, json: page.map(show), headers };
}

/** One page of a list that comes in an object with its total. */
export function listIn<T>(
  context: Context,
  name: string,
  items: readonly T[],
  show: (item: T) => unknown,
  more: object = {},
): Answer {
  const { page, headers } = pageOf(context, items);
  return { ...ok({ total_count: items.length, ...more, [name]: page.map(show) }), headers };
}

function pageOf<T>(context: Context, items: readonly T[]): { page: readonly T[]; headers: Record<string, string> } {
  const { query } = context.call;
  const asked = Math.min(Math.max(Number(query.get("per_page") ?? 30) || 30, 1), 100);
  const size = Math.min(asked, context.settings.pageSize ?? asked);
  const number = Math.max(Number(query.get("page") ?? 1) || 1, 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const links = [
    ...(number > 1 ? [linkTo(context, Math.min(number - 1, last), "prev")] : []),
    ...(number < last ? [linkTo(context, number + 1, "next"), linkTo(context, last, "last")] : []),
    ...(number > 1 ? [linkTo(context, 1, "first")] : []),
  ];
  return {
    page: items.slice((number - 1) * size, number * size),
    headers: links.length === 0 ? {} : { link: links.join(", ") },
  };
}

function linkTo({ call, settings, params, state }: Context, page: number, rel: string): string {
  const query = new URLSearchParams(call.query);
  query.set("page", String(page));
  const repository = state.repositories.find((one) => one.name.toLowerCase() === params["repo"]?.toLowerCase());
  const team = state.teams.find((one) => one.slug === params["team_slug"]);
  const byTeam = team === undefined ? [] : [[/\/teams\/[^/]+/, `/team/${team.id}`] as const];
  const byId = [
    ...(repository === undefined ? [] : [[/^\/repos\/[^/]+\/[^/]+/, `/repositories/${repository.id}`] as const]),
    ...byTeam,
    [/^\/orgs\/[^/]+/, `/organizations/${settings.organization.id}`] as const,
  ];
  const path = byId.reduce((at, [shape, name]) => at.replace(shape, name), call.path);
  return `<${settings.apiUrl}${path}?${query.toString()}>; rel="${rel}"`;
}

/** The path that a link by id stands for; other paths as they are. */
export function namedPath(path: string, context: Pick<Context, "settings" | "state">): string {
  const { organization } = context.settings;
  const team = (id: string) => context.state.teams.find((one) => one.id === Number(id))?.slug ?? id;
  const repository = (id: string) => {
    const found = context.state.repositories.find((one) => one.id === Number(id));
    const owner = context.state.users.find((one) => one.id === found?.ownerId)?.login ?? organization.login;
    return found === undefined ? "" : `/repos/${owner}/${found.name}`;
  };
  return path
    .replace(
      /^\/organizations\/(\d+)\/team\/(\d+)/,
      (_, id: string, slug: string) => `/organizations/${id}/teams/${team(slug)}`,
    )
    .replace(/^\/organizations\/(\d+)/, (whole, id: string) =>
      Number(id) === organization.id ? `/orgs/${organization.login}` : whole,
    )
    .replace(/^\/repositories\/(\d+)/, (whole, id: string) => repository(id) || whole);
}
