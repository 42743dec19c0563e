/** Something in the fake, by kind and id. Ids are GitHub's own where GitHub gives one, else made of the ids they join. */
export interface Ref {
  readonly kind: Kind;
  readonly id: RowId;
}
export type RowId = number | string;
export type Kind = keyof Tables;
export type Row = { readonly id: RowId };

/** What GitHub calls a role on a repository, from the least to the most. */
export const repositoryRoles = ["pull", "triage", "push", "maintain", "admin"] as const;
export type RepositoryRole = (typeof repositoryRoles)[number];

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot";
  readonly name: string | null;
  readonly email: string | null;
}

/** Direct membership; a pending one is an invitation. */
export interface Membership {
  /** Of the user. */
  readonly id: number;
  readonly role: "admin" | "member" | "billing_manager";
}

export interface EnterpriseTeam {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  /** Whether its people are thereby members of the organization. */
  readonly isAssigned: boolean;
}

export interface EnterpriseTeamMember {
  readonly id: string;
  readonly teamId: number;
  readonly userId: number;
}

export interface Repository {
  readonly id: number;
  readonly name: string;
  /** The user it belongs to; null: the organization. Only forks of the organization's own belong to users. */
  readonly ownerId: number | null;
  readonly visibility: "public" | "private" | "internal";
  readonly parentId: number | null;
}

export interface Collaborator {
  readonly id: string;
  readonly repositoryId: number;
  readonly userId: number;
  readonly role: RepositoryRole;
}

export interface RepositoryInvitation {
  readonly id: number;
  readonly repositoryId: number;
  readonly inviteeId: number;
  readonly inviterId: number;
  readonly role: RepositoryRole;
  readonly createdAt: number;
}

export interface OrganizationInvitation {
  readonly id: number;
  /** Null for an invitation by e-mail address. */
  readonly userId: number | null;
  readonly email: string | null;
  readonly role: "admin" | "direct_member" | "billing_manager";
  readonly inviterId: number;
  readonly teamIds: readonly number[];
  readonly createdAt: number;
  readonly failure: { readonly at: number; readonly reason: string } | null;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly privacy: "closed" | "secret";
  readonly parentId: number | null;
}

export interface TeamMember {
  readonly id: string;
  readonly teamId: number;
  readonly userId: number;
  readonly role: "member" | "maintainer";
}

export interface TeamRepository {
  readonly id: string;
  readonly teamId: number;
  readonly repositoryId: number;
  readonly role: RepositoryRole;
}

export interface OrganizationRole {
  readonly id: number;
  readonly name: string;
  /** The role on every repository that comes with it. */
  readonly baseRole: "read" | "triage" | "write" | "maintain" | "admin" | null;
  readonly source: "Organization" | "Predefined";
  readonly permissions: readonly string[];
}

export interface OrganizationRoleUser {
  readonly id: string;
  readonly roleId: number;
  readonly userId: number;
}

export interface OrganizationRoleTeam {
  readonly id: string;
  readonly roleId: number;
  readonly teamId: number;
}

export interface DeployKey {
  readonly id: number;
  readonly repositoryId: number;
  readonly title: string;
  readonly key: string;
  readonly isReadOnly: boolean;
  readonly addedById: number | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly isEnabled: boolean;
  /** The personal access token that it was made with, and that it ends with. */
  readonly madeWithId: number | null;
}

export interface Runner {
  readonly id: number;
  /** Null for one of the organization. */
  readonly repositoryId: number | null;
  readonly name: string;
  readonly labels: readonly string[];
  readonly isBusy: boolean;
  /** Whose machine it is: the judge knows it, the API does not say. */
  readonly setUpById: number | null;
}

/** A personal access token. It exists until it is destroyed; what it opens is another question. */
export interface Token {
  readonly id: number;
  readonly userId: number;
  readonly type: "classic" | "fine-grained";
  readonly name: string;
  readonly value: string;
  /** Of a classic one. */
  readonly scopes: readonly string[];
  /** Of a fine-grained one, by the names that GitHub Apps use. */
  readonly permissions: Permissions;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
}

export type Permissions = Readonly<Record<string, string>>;

export interface SshKey {
  readonly id: number;
  readonly userId: number;
  readonly title: string;
  readonly key: string;
  readonly createdAt: number;
}

/** A credential that its owner took through the organization's single sign-on. */
export interface CredentialAuthorization {
  readonly id: number;
  readonly userId: number;
  readonly type: "personal access token" | "SSH key" | "OAuth app token" | "GitHub app token";
  /** Of the token or SSH key; null for the tokens of apps, which the fake does not have. */
  readonly credentialId: number | null;
  readonly authorizedAt: number;
  readonly accessedAt: number | null;
}

/** What a fine-grained token may do in the organization, granted or asked for. */
export interface Grant {
  readonly id: number;
  readonly tokenId: number;
  readonly repositorySelection: "none" | "all" | "subset";
  readonly repositoryIds: readonly number[];
  /** When it was granted, or asked for. */
  readonly at: number;
}

export interface GrantRequest extends Grant {
  readonly reason: string | null;
}

/** The link between a person at the identity provider and a GitHub user. */
export interface ExternalIdentity {
  /** The guid. */
  readonly id: string;
  readonly place: "organization" | "enterprise";
  readonly userId: number | null;
  readonly nameId: string | null;
  readonly scimUserName: string | null;
}

export interface ScimUser {
  readonly id: string;
  readonly userId: number | null;
  readonly userName: string;
  readonly externalId: string | null;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly isActive: boolean;
  readonly createdAt: number;
}

export interface Environment {
  readonly id: number;
  readonly repositoryId: number;
  readonly name: string;
  readonly reviewerIds: readonly number[];
  readonly reviewerTeamIds: readonly number[];
  readonly preventsSelfReview: boolean;
  readonly waitMinutes: number;
  readonly createdAt: number;
}

export const secretApps = ["actions", "agents", "codespaces", "dependabot"] as const;
export type SecretApp = (typeof secretApps)[number];

export interface Secret {
  readonly id: number;
  readonly app: SecretApp;
  /** Null for one of the organization. */
  readonly repositoryId: number | null;
  /** Null for one of the organization or of a whole repository. */
  readonly environmentId: number | null;
  readonly name: string;
  readonly value: string;
  /** Of one of the organization: for which repositories it is. */
  readonly visibility: "all" | "private" | "selected";
  readonly selectedRepositoryIds: readonly number[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const credentialTypes = ["classic_pat", "fine_grained_pat", "ssh_key", "oauth_app_token"] as const;
export type CredentialType = (typeof credentialTypes)[number];

/** Work that GitHub accepted and has not done. */
export interface Job {
  readonly id: number;
  readonly userId: number;
  readonly types: readonly CredentialType[];
  /** Whether the tokens and keys go too, and not only their authorizations. */
  readonly destroys: boolean;
  readonly dueAt: number;
  readonly readsLeft: number;
}

/** Everything there is, by kind. */
export interface Tables {
  readonly users: User;
  readonly memberships: Membership;
  readonly enterpriseTeams: EnterpriseTeam;
  readonly enterpriseTeamMembers: EnterpriseTeamMember;
  readonly repositories: Repository;
  readonly collaborators: Collaborator;
  readonly repositoryInvitations: RepositoryInvitation;
  readonly organizationInvitations: OrganizationInvitation;
  readonly teams: Team;
  readonly teamMembers: TeamMember;
  readonly teamRepositories: TeamRepository;
  readonly organizationRoles: OrganizationRole;
  readonly organizationRoleUsers: OrganizationRoleUser;
  readonly organizationRoleTeams: OrganizationRoleTeam;
  readonly deployKeys: DeployKey;
  readonly runners: Runner;
  readonly tokens: Token;
  readonly sshKeys: SshKey;
  readonly credentialAuthorizations: CredentialAuthorization;
  readonly grants: Grant;
  readonly grantRequests: GrantRequest;
  readonly externalIdentities: ExternalIdentity;
  readonly scimUsers: ScimUser;
  readonly environments: Environment;
  readonly secrets: Secret;
  readonly jobs: Job;
}

/** All rows by kind, in the order they were made. Rows and lists are never changed, only replaced. */
export type State = { readonly [K in Kind]: readonly Tables[K][] };
