import type { Settings } from "../context.ts";
import type { User } from "../rows.ts";

/** When everything in the fake that has no time of its own was made. */
export const longAgo = "2024-01-15T09:00:00Z";

export function nodeId(prefix: string, id: number): string {
  return `${prefix}_${Buffer.from(String(id)).toString("base64url")}`;
}

/** A user as lists show it. */
export function simpleUser(settings: Settings, user: User): Record<string, unknown> {
  return { ...account(settings, user.login, user.id, user.type), user_view_type: "public" };
}

/** The organization, where GitHub shows it as it shows a user. */
export function organizationAsUser({ organization, ...settings }: Settings): Record<string, unknown> {
  return account({ organization, ...settings }, organization.login, organization.id, "Organization");
}

/** A user by itself. An e-mail address is there only where its owner made it public. */
export function publicUser(settings: Settings, user: User): Record<string, unknown> {
  return {
    ...simpleUser(settings, user),
    name: user.name,
    company: null,
    blog: "",
    location: null,
    email: user.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: longAgo,
    updated_at: longAgo,
  };
}

export function organizationSimple(settings: Settings): Record<string, unknown> {
  const { id, login } = settings.organization;
  const url = `${settings.apiUrl}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId("O", id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}`,
    description: null,
  };
}

export function organizationFull(settings: Settings): Record<string, unknown> {
  return {
    ...organizationSimple(settings),
    html_url: `https://github.com/${settings.organization.login}`,
    type: "Organization",
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: longAgo,
    updated_at: longAgo,
    archived_at: null,
  };
}

function account(settings: Settings, login: string, id: number, type: string): Record<string, unknown> {
  const url = `${settings.apiUrl}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId(type === "Organization" ? "O" : "U", id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}
