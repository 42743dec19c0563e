/** What an operation asks of its caller. */
export interface Need {
  /**
   * `jwt`: the app itself. `installation`: an installation token. `anyone`: also without authentication. `nobody`: only
   * without. Else a person with that standing, or an app or fine-grained token with the permission.
   */
  readonly who:
    | "anyone"
    | "nobody"
    | "jwt"
    | "installation"
    | "user"
    | "member"
    | "owner"
    | "enterprise-owner"
    | "reads"
    | "writes"
    | "administers";
  /** For GitHub Apps and fine-grained tokens. Left out: they cannot use it, or need none. */
  readonly permission?: { readonly name: string; readonly level: "read" | "write" };
  /** For classic tokens: one of these. */
  readonly scopes?: readonly string[];
  /** For GitHub Apps alone: people's tokens are refused. */
  readonly isForAppsOnly?: true;
}

/** From what a permission is called to whom it is for. */
type Rule = readonly [shape: RegExp, who: Need["who"], permission: string | null, read: string, write: string];

/**
 * The first shape that fits counts. Permissions are GitHub's own names.
 *
 * @see https://docs.github.com/enterprise-cloud@latest/rest/authentication/permissions-required-for-github-apps
 */
const rules: readonly Rule[] = [
  [/^\/app\b/, "jwt", null, "", ""],
  [/^\/orgs\/[^/]+\/installation$/, "jwt", null, "", ""],
  [/^\/installation\//, "installation", null, "", ""],
  [/^\/credentials\/revoke$/, "nobody", null, "", ""],
  [/^\/(rate_limit$|users\/|user\/)/, "anyone", null, "", ""],
  [/^\/user$/, "user", null, "", ""],
  [/^\/orgs\/[^/]+$/, "anyone", null, "", ""],
  [/^\/enterprises\//, "enterprise-owner", null, "read:enterprise", "admin:enterprise"],
  [/credential-authorizations/, "owner", "organization_administration", "read:org", "admin:org"],
  [/personal-access-tokens/, "owner", "organization_personal_access_tokens", "", ""],
  [/personal-access-token-requests/, "owner", "organization_personal_access_token_requests", "", ""],
  [/organization-roles(\/\{role_id\})?$/, "owner", "organization_custom_org_roles", "admin:org", "admin:org"],
  [/organization-roles/, "owner", "members", "admin:org", "admin:org"],
  [/^\/orgs\/[^/]+\/(failed_)?invitations/, "owner", "members", "admin:org", "admin:org"],
  [/outside_collaborators/, "owner", "members", "read:org", "admin:org"],
  [/^\/orgs\/[^/]+\/actions\/runners/, "owner", "organization_self_hosted_runners", "admin:org", "admin:org"],
  [/^\/orgs\/[^/]+\/actions\/secrets/, "owner", "organization_secrets", "admin:org", "admin:org"],
  [/^\/orgs\/[^/]+\/agents\/secrets/, "owner", "organization_agent_secrets", "admin:org", "admin:org"],
  [/^\/orgs\/[^/]+\/codespaces\/secrets/, "owner", "organization_codespaces_secrets", "admin:org", "admin:org"],
  [/^\/orgs\/[^/]+\/dependabot\/secrets/, "owner", "organization_dependabot_secrets", "admin:org", "admin:org"],
  [/^\/scim\//, "owner", "members", "admin:org", "admin:org"],
  [/^\/orgs\/[^/]+\/repos$/, "member", "metadata", "repo", "repo"],
  [/^\/orgs\//, "member", "members", "read:org", "admin:org"],
  [/\/collaborators$/, "writes", "metadata", "repo", "repo"],
  [/\/collaborators\/[^/]+\/permission$/, "writes", "metadata", "repo", "repo"],
  [
    /\{repo\}\/(collaborators|invitations|keys|teams|actions\/runners)/,
    "administers",
    "administration",
    "repo",
    "repo",
  ],
  [/\{repo\}\/environments(\/\{environment_name\})?$/, "reads", "actions", "repo", "repo"],
  [/\/environments\/.*secrets/, "writes", "environments", "repo", "repo"],
  [/\{repo\}\/actions\/(organization-)?secrets/, "writes", "secrets", "repo", "repo"],
  [/\{repo\}\/agents\/secrets/, "writes", "agent_secrets", "repo", "repo"],
  [/\{repo\}\/codespaces\/secrets/, "writes", "codespaces_secrets", "repo", "repo"],
  [/\{repo\}\/dependabot\/secrets/, "writes", "dependabot_secrets", "repo", "repo"],
  [/^\/repos\//, "reads", "metadata", "repo", "repo"],
];

/** Reads that GitHub counts as such although others of their path change something, and the other way round. */
const checkCollaborator = "GET /repos/{owner}/{repo}/collaborators/{username}";

/** @param operation method and path template. */
export function needOf(operation: string): Need {
  const [method = "", path = ""] = operation.split(" ");
  const rule = rules.find(([shape]) => shape.test(path));
  if (rule === undefined) throw new Error(`nothing says who may ${operation}`);
  const [, who, permission, read, write] = rule;
  const level = method === "GET" ? "read" : "write";
  const scopes = level === "read" ? scopesWith(read) : scopesWith(write);
  if (operation === checkCollaborator) {
    return { who: "writes", permission: { name: "metadata", level }, scopes };
  }
  const isOwnersWrite = who === "member" && level === "write";
  return {
    who: isOwnersWrite ? "owner" : who,
    ...(permission === null ? {} : { permission: { name: permission, level } }),
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(path.includes("personal-access-token") ? { isForAppsOnly: true } : {}),
  };
}

/** A scope and those that hold it. */
function scopesWith(scope: string): string[] {
  const wider: Readonly<Record<string, readonly string[]>> = {
    "read:org": ["write:org", "admin:org"],
    "read:enterprise": ["admin:enterprise"],
  };
  return scope === "" ? [] : [scope, ...(wider[scope] ?? [])];
}
