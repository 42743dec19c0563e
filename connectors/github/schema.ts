import { z } from "zod";

/**
 * What GitHub answers, as far as it is read; evidence keeps these fields and no others. Names that go into a path are
 * held to the form that GitHub gives them.
 * @see https://docs.github.com/en/rest
 */
const id = z.int().min(1);
const login = z.string().regex(/^[A-Za-z0-9_-]{1,100}(\[bot\])?$/);
const slug = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);
const repositoryName = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/);
const instant = z.string().nullish();

export const user = z.object({ id, login });
export type GithubUser = z.output<typeof user>;

/** A user by itself: with the address that its owner made public. */
export const wholeUser = z.object({
  id,
  login,
  type: z.string(),
  name: z.string().nullish(),
  email: z.string().nullish(),
});

export const organization = z.object({ id, login });

export const membership = z.object({
  state: z.enum(["active", "pending"]),
  role: z.enum(["admin", "member", "billing_manager"]),
  direct_membership: z.boolean().optional(),
  enterprise_teams_providing_indirect_membership: z.array(z.string()).optional(),
  user: user.nullable(),
});
export type GithubMembership = z.output<typeof membership>;

export const invitation = z.object({
  id,
  login: login.nullable(),
  email: z.string().nullable(),
  role: z.string(),
  created_at: z.string(),
  inviter: z.object({ login }).nullish(),
});
export type GithubInvitation = z.output<typeof invitation>;

/** Inherited: by a child team, which lists the person as well. Older servers do not tell. */
export const teamMember = z.object({ id, login, inherited: z.boolean().optional() });
export type GithubTeamMember = z.output<typeof teamMember>;

export const team = z.object({
  id,
  slug,
  name: z.string(),
  type: z.enum(["enterprise", "organization"]).optional(),
});
export type GithubTeam = z.output<typeof team>;

export const organizationRoles = z.object({
  roles: z.array(
    z.object({ id, name: z.string(), base_role: z.string().nullish(), permissions: z.array(z.string()).optional() }),
  ),
});
export type GithubRole = z.output<typeof organizationRoles>["roles"][number];

export const roleHolder = z.object({ id, login, assignment: z.enum(["direct", "indirect", "mixed"]).optional() });
export type GithubRoleHolder = z.output<typeof roleHolder>;

/** Not its last eight characters, which GitHub shows too: they are a piece of a secret. */
export const authorization = z.object({
  login,
  credential_id: id,
  credential_type: z.string(),
  credential_authorized_at: z.string(),
  credential_accessed_at: instant,
  authorized_credential_title: z.string().nullish(),
  authorized_credential_note: z.string().nullish(),
  authorized_credential_expires_at: instant,
  fingerprint: z.string().nullish(),
  scopes: z.array(z.string()).optional(),
});
export type GithubAuthorization = z.output<typeof authorization>;

const level = z.string().optional();
const tokenFields = {
  id,
  owner: user,
  token_id: z.int(),
  token_name: z.string(),
  token_expired: z.boolean(),
  token_expires_at: z.string().nullable(),
  token_last_used_at: z.string().nullable(),
  repository_selection: z.string(),
  permissions: z.object({
    organization: z.object({ members: level, organization_administration: level }).optional(),
    repository: z.object({ administration: level, contents: level, secrets: level, workflows: level }).optional(),
  }),
};
export const tokenGrant = z.object({ ...tokenFields, access_granted_at: z.string() });
export const tokenRequest = z.object({ ...tokenFields, created_at: z.string() });
export type GithubTokenGrant = z.output<typeof tokenGrant>;
export type GithubTokenRequest = z.output<typeof tokenRequest>;

export const repository = z.object({
  id,
  name: repositoryName,
  visibility: z.string().optional(),
  archived: z.boolean().optional(),
});
export type GithubRepository = z.output<typeof repository>;

export const collaborator = z.object({ id, login, role_name: z.string() });
export type GithubCollaborator = z.output<typeof collaborator>;

export const repositoryInvitation = z.object({
  id,
  invitee: user.nullable(),
  permissions: z.string(),
  created_at: z.string(),
  expired: z.boolean().optional(),
});
export type GithubRepositoryInvitation = z.output<typeof repositoryInvitation>;

export const deployKey = z.object({
  id,
  title: z.string(),
  created_at: z.string(),
  read_only: z.boolean(),
  added_by: z.string().nullish(),
  last_used: instant,
  enabled: z.boolean().optional(),
});
export type GithubDeployKey = z.output<typeof deployKey>;

export const runners = z.object({
  runners: z.array(
    z.object({
      id,
      name: z.string(),
      os: z.string(),
      status: z.string(),
      labels: z.array(z.object({ name: z.string() })),
    }),
  ),
});
export type GithubRunner = z.output<typeof runners>["runners"][number];

export const installation = z.object({ id, suspended_at: instant });

const externalIdentity = z.object({
  guid: z.string(),
  samlIdentity: z.object({ nameId: z.string().nullish() }).nullish(),
  scimIdentity: z.object({ username: z.string().nullish() }).nullish(),
  user: z.object({ databaseId: z.int().nullable(), login, email: z.string().nullish() }).nullish(),
});
export type ExternalIdentity = z.output<typeof externalIdentity>;

/** Of an organization or enterprise without SAML, or to whom it is not shown, null. */
const identityProvider = z
  .object({
    externalIdentities: z.object({
      nodes: z.array(externalIdentity),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
    }),
  })
  .nullable();

export const organizationIdentities = z.object({ organization: z.object({ samlIdentityProvider: identityProvider }) });
export const enterpriseIdentities = z.object({
  enterprise: z.object({ ownerInfo: z.object({ samlIdentityProvider: identityProvider }).nullable() }),
});
export type IdentityProvider = z.output<typeof identityProvider>;
