import type { Permission } from "../contract/connector.ts";

/**
 * What our GitHub App has to be given, as GitHub's API names it. A classic token needs the scopes `admin:org` and `repo`
 * in their place, and an owner behind it.
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 */
export const permissions: readonly Permission[] = [
  { name: "metadata=read", for: "read", why: "lists the repositories, and who was let into each directly" },
  { name: "administration=read", for: "read", why: "lists the deploy keys of a repository, and its invitations" },
  {
    name: "members=read",
    for: "read",
    why: "lists members, invitations, outside collaborators, teams and role holders",
  },
  { name: "organization_administration=read", for: "read", why: "lists authorizations for single sign-on" },
  { name: "organization_custom_org_roles=read", for: "read", why: "lists the roles that the organization gives" },
  { name: "organization_personal_access_tokens=read", for: "read", why: "lists what fine-grained tokens may do here" },
  {
    name: "organization_personal_access_token_requests=read",
    for: "read",
    why: "lists what fine-grained tokens have asked for",
  },
  { name: "organization_self_hosted_runners=read", for: "read", why: "lists the runners, to name a leaver's" },
  { name: "organization_administration=write", for: "contain", why: "ends authorizations for single sign-on" },
  {
    name: "organization_personal_access_tokens=write",
    for: "contain",
    why: "ends what fine-grained tokens may do here",
  },
  {
    name: "organization_personal_access_token_requests=write",
    for: "contain",
    why: "denies what fine-grained tokens have asked for",
  },
  { name: "members=write", for: "delete", why: "ends memberships, roles, team memberships and invitations" },
  {
    name: "administration=write",
    for: "delete",
    why: "ends direct access, invitations and deploy keys of a repository",
  },
];
