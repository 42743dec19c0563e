import { atLeast, roleName } from "../access.ts";
import type { Settings } from "../context.ts";
import { userById } from "../lookup.ts";
import type { Repository, RepositoryRole, State } from "../rows.ts";
import { repositoryRoles } from "../rows.ts";
import { longAgo, nodeId, organizationAsUser, simpleUser } from "./people.ts";

/** What a view of a repository is made from. */
export interface Shown {
  readonly settings: Settings;
  readonly state: State;
}

export function fullName({ settings, state }: Shown, repository: Repository): string {
  const owner = userById(state, repository.ownerId);
  return `${owner?.login ?? settings.organization.login}/${repository.name}`;
}

/** The address of a repository in the API. */
export function repositoryUrl(shown: Shown, repository: Repository): string {
  return `${shown.settings.apiUrl}/repos/${fullName(shown, repository)}`;
}

/** A repository as lists show it. */
export function minimalRepository(shown: Shown, repository: Repository): Record<string, unknown> {
  const { settings, state } = shown;
  const name = fullName(shown, repository);
  const url = repositoryUrl(shown, repository);
  const owner = userById(state, repository.ownerId);
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: name,
    owner: owner === undefined ? organizationAsUser(settings) : simpleUser(settings, owner),
    private: repository.visibility !== "public",
    visibility: repository.visibility,
    html_url: `https://github.com/${name}`,
    description: null,
    fork: repository.parentId !== null,
    url,
    ...linksBelow(url),
    archived: false,
    disabled: false,
    default_branch: "main",
    created_at: longAgo,
    updated_at: longAgo,
    pushed_at: longAgo,
  };
}

/** A repository by itself. */
export function fullRepository(shown: Shown, repository: Repository): Record<string, unknown> {
  const parent = shown.state.repositories.find((one) => one.id === repository.parentId);
  const name = fullName(shown, repository);
  const zeros = ["forks", "open_issues", "stargazers", "watchers"].flatMap((what) => [
    ...(what === "stargazers" ? [] : [[what, 0] as const]),
    [`${what}_count`, 0] as const,
  ]);
  return {
    ...minimalRepository(shown, repository),
    clone_url: `https://github.com/${name}.git`,
    git_url: `git://github.com/${name}.git`,
    ssh_url: `git@github.com:${name}.git`,
    svn_url: `https://github.com/${name}`,
    homepage: null,
    language: null,
    license: null,
    mirror_url: null,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    has_downloads: true,
    allow_forking: true,
    size: 0,
    ...Object.fromEntries(zeros),
    network_count: 0,
    subscribers_count: 0,
    ...(parent === undefined ? {} : { parent: null, source: null }),
  };
}

/** The role as GitHub spells it out: five flags, each holding those below it. */
export function flagsOf(role: RepositoryRole | null): Record<RepositoryRole, boolean> {
  return Object.fromEntries(repositoryRoles.map((one) => [one, atLeast(role, one)])) as Record<RepositoryRole, boolean>;
}

export function roleNameOf(role: RepositoryRole | null): string {
  return role === null ? "none" : roleName(role);
}

function linksBelow(url: string): Record<string, string> {
  const plain = ["contributors", "deployments", "downloads", "events", "forks", "hooks", "languages", "merges"];
  const more = ["stargazers", "subscribers", "subscription", "tags", "teams"];
  const templates: Readonly<Record<string, string>> = {
    archive_url: "/{archive_format}{/ref}",
    assignees_url: "/assignees{/user}",
    blobs_url: "/git/blobs{/sha}",
    branches_url: "/branches{/branch}",
    collaborators_url: "/collaborators{/collaborator}",
    comments_url: "/comments{/number}",
    commits_url: "/commits{/sha}",
    compare_url: "/compare/{base}...{head}",
    contents_url: "/contents/{+path}",
    git_commits_url: "/git/commits{/sha}",
    git_refs_url: "/git/refs{/sha}",
    git_tags_url: "/git/tags{/sha}",
    issue_comment_url: "/issues/comments{/number}",
    issue_events_url: "/issues/events{/number}",
    issues_url: "/issues{/number}",
    keys_url: "/keys{/key_id}",
    labels_url: "/labels{/name}",
    milestones_url: "/milestones{/number}",
    notifications_url: "/notifications{?since,all,participating}",
    pulls_url: "/pulls{/number}",
    releases_url: "/releases{/id}",
    statuses_url: "/statuses/{sha}",
    trees_url: "/git/trees{/sha}",
  };
  return Object.fromEntries([
    ...[...plain, ...more].map((name) => [`${name}_url`, `${url}/${name}`]),
    ...Object.entries(templates).map(([name, path]) => [name, `${url}${path}`]),
  ]) as Record<string, string>;
}
