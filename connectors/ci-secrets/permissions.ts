import type { Permission } from "../contract/connector.ts";

/**
 * What the App at GitHub needs, by the names that its manifest and its token have for them; then what the issuers ask for.
 * GitHub has no right to see values, and none is asked for.
 *
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 * @see https://developer.konghq.com/gateway/entities/rbac/
 */
export const permissions: readonly Permission[] = [
  { name: "metadata=read", for: "read", why: "lists repositories, and what a user may do in each" },
  { name: "members=read", for: "read", why: "lists members and outside collaborators, to match them to people" },
  {
    name: "organization_secrets=read",
    for: "read",
    why: "lists the organization's Actions secrets, never their values",
  },
  { name: "organization_dependabot_secrets=read", for: "read", why: "the same for Dependabot" },
  { name: "organization_codespaces_secrets=read", for: "read", why: "the same for Codespaces" },
  { name: "secrets=read", for: "read", why: "lists the Actions secrets of repositories" },
  { name: "dependabot_secrets=read", for: "read", why: "the same for Dependabot" },
  { name: "codespaces_secrets=read", for: "read", why: "the same for Codespaces" },
  { name: "actions=read", for: "read", why: "lists the environments of repositories, with who has to approve" },
  { name: "environments=read", for: "read", why: "lists the secrets of environments" },
  { name: "organization_secrets=write", for: "contain", why: "stores new values, where a plan names such a secret" },
  { name: "organization_dependabot_secrets=write", for: "contain", why: "the same for Dependabot" },
  { name: "organization_codespaces_secrets=write", for: "contain", why: "the same for Codespaces" },
  { name: "secrets=write", for: "contain", why: "stores new values in repositories" },
  { name: "dependabot_secrets=write", for: "contain", why: "the same for Dependabot" },
  { name: "codespaces_secrets=write", for: "contain", why: "the same for Codespaces" },
  { name: "environments=write", for: "contain", why: "stores new values in environments" },
  ...iam("read", { ListAccessKeys: "lists the keys of a plan's user", GetAccessKeyLastUsed: "tells which is in use" }),
  ...iam("contain", { CreateAccessKey: "issues the new key", UpdateAccessKey: "switches the old key off" }),
  ...iam("delete", { DeleteAccessKey: "deletes the old key, and a new one that nobody was given" }),
  ...kong("read", { "read /consumers/*": "finds a plan's consumer", "read /consumers/*/*": "lists its keys" }),
  ...kong("contain", {
    "create /consumers/*/key-auth": "issues the new key",
    "update /consumers/*/key-auth/*": "finds out whether a new key that is refused is there at all",
  }),
  ...kong("delete", { "delete /consumers/*/key-auth/*": "deletes the old key, and a new one that nobody was given" }),
];

function iam(stage: Permission["for"], actions: Readonly<Record<string, string>>): readonly Permission[] {
  const where = "plans for AWS access keys";
  return Object.entries(actions).map(([action, why]) => ({ name: `iam:${action}`, for: stage, why, where }));
}

function kong(stage: Permission["for"], endpoints: Readonly<Record<string, string>>): readonly Permission[] {
  const where = "plans for Kong keys";
  return Object.entries(endpoints).map(([name, why]) => ({ name, for: stage, why, where }));
}
