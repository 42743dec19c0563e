import { z } from "zod";

/**
 * The permissions of an App that any of our connectors may need, by the names that GitHub's API has for them.
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 */
export const permissionNames = [
  "metadata",
  "administration",
  "secrets",
  "environments",
  "actions",
  "dependabot_secrets",
  "codespaces_secrets",
  "members",
  "organization_administration",
  "organization_custom_org_roles",
  "organization_personal_access_tokens",
  "organization_personal_access_token_requests",
  "organization_self_hosted_runners",
  "organization_secrets",
  "organization_dependabot_secrets",
  "organization_codespaces_secrets",
] as const;
export type PermissionName = (typeof permissionNames)[number];

const level = z.enum(["read", "write", "admin"]).optional();

/** `permissions` of an installation token, as far as anything here asks for it. */
export const accessTokenPermissions = z.object(
  Object.fromEntries(permissionNames.map((name) => [name, level])) as Record<PermissionName, typeof level>,
);

/** Whether what was given covers what is wanted: write includes read. */
export function covers(given: string | undefined, wanted: "read" | "write"): boolean {
  return given === wanted || given === "admin" || (given === "write" && wanted === "read");
}
