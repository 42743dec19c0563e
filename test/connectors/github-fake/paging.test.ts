import type { Octokit } from "@octokit/rest";
import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asUser, each } from "./support.ts";

const logins = Array.from({ length: 7 }, (_, at) => `user-${at}`);

async function aCrowd(pageSize?: number): Promise<FakeGithub> {
  const fake = await aGithub(pageSize === undefined ? {} : { pageSize });
  fake.plant({
    repositories: [{ name: "api" }],
    members: logins.map((login) => ({ login })),
    teams: [{ slug: "all", members: logins, repositories: { api: "push" } }],
    collaborators: logins.map((login) => ({ repository: "api", login })),
    deployKeys: logins.map((title) => ({ repository: "api", title })),
    organizationRoles: [{ name: "reader", users: logins }],
    secrets: logins.map((login, at) => ({ name: `KEY_${at}`, value: login })),
    runners: logins.map((name) => ({ name })),
  });
  return fake;
}

/** Every list that has to be followed to its end, and how the client's own paging reads it. */
const lists: readonly { name: string; all: (github: Octokit) => Promise<unknown[]> }[] = [
  { name: "members", all: ({ paginate, rest }) => paginate(rest.orgs.listMembers, { org: "acme", role: "member" }) },
  {
    name: "team",
    all: ({ paginate, rest }) => paginate(rest.teams.listMembersInOrg, { org: "acme", team_slug: "all" }),
  },
  { name: "keys", all: ({ paginate, rest }) => paginate(rest.repos.listDeployKeys, { owner: "acme", repo: "api" }) },
  {
    name: "collaborators",
    all: ({ paginate, rest }) =>
      paginate(rest.repos.listCollaborators, { owner: "acme", repo: "api", affiliation: "direct" }),
  },
  { name: "secrets", all: ({ paginate, rest }) => paginate(rest.actions.listOrgSecrets, { org: "acme" }) },
  { name: "runners", all: ({ paginate, rest }) => paginate(rest.actions.listSelfHostedRunnersForOrg, { org: "acme" }) },
];

describe.each([{ pageSize: 1 }, { pageSize: 3 }, { pageSize: undefined }])("pages of $pageSize", ({ pageSize }) => {
  it.each(lists)("$name: everything once", async ({ all }) => {
    const fake = await aCrowd(pageSize);

    const found = await all(asUser(fake));

    expect(found).toHaveLength(7);
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(7);
    expect(fake.calls()).toHaveLength(pageSize === undefined ? 1 : Math.ceil(7 / pageSize));
    expect(fake.violations()).toEqual([]);
  });
});

it("links name the organization, the team and the repository by id, as GitHub's do", async () => {
  const fake = await aCrowd(3);
  const github = asUser(fake);
  const { id } = fake.state().teams[0] ?? { id: 0 };
  const [repository] = fake.state().repositories;

  const team = await github.rest.teams.listMembersInOrg({ org: "acme", team_slug: "all", page: 2, per_page: 50 });
  const keys = await github.rest.repos.listDeployKeys({ owner: "acme", repo: "api" });

  const [organizationId] = /\d+/.exec(team.headers.link?.split("/organizations/")[1] ?? "") ?? [];
  const to = (page: number) =>
    `${fake.url}/organizations/${organizationId}/team/${id}/members?page=${page}&per_page=50`;
  expect(team.headers.link).toBe(
    `<${to(1)}>; rel="prev", <${to(3)}>; rel="next", <${to(3)}>; rel="last", <${to(1)}>; rel="first"`,
  );
  expect(keys.headers.link).toContain(`${fake.url}/repositories/${repository?.id}/keys?page=2`);
});

it.each([
  { query: { per_page: 2, page: 4 }, names: ["user-6"] },
  { query: { per_page: 2, page: 9 }, names: [] },
  { query: { per_page: 0 }, names: logins },
  { query: { per_page: 1_000 }, names: logins },
])("$query: $names", async ({ query, names }) => {
  const fake = await aCrowd();

  const { data } = await asUser(fake).rest.repos.listDeployKeys({ owner: "acme", repo: "api", ...query });

  expect(each(data, "title")).toEqual(names);
});

it("pages go by position: what is removed between two of them hides another", async () => {
  const fake = await aCrowd(3);
  const [first] = fake.state().deployKeys;
  const between = fake.lies.pagesDrift(() => fake.remove({ kind: "deployKeys", id: first?.id ?? 0 }));
  fake.faults.add({ on: { path: /keys$/ }, fault: between });

  const found = await asUser(fake).paginate("GET /repos/{owner}/{repo}/keys", { owner: "acme", repo: "api" });

  expect(each(found, "title")).toEqual(["user-0", "user-1", "user-2", "user-4", "user-5", "user-6"]);
  expect(fake.faults.unfired()).toEqual([]);
});
