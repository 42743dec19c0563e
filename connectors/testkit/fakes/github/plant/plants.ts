import type {
  Collaborator,
  CredentialAuthorization,
  DeployKey,
  Environment,
  ExternalIdentity,
  Grant,
  GrantRequest,
  Membership,
  OrganizationInvitation,
  OrganizationRole,
  OrganizationRoleUser,
  Permissions,
  Repository,
  RepositoryInvitation,
  Runner,
  ScimUser,
  Secret,
  SecretApp,
  SshKey,
  Team,
  TeamMember,
  Token,
  User,
} from "../rows.ts";

/** What may be planted. People are named by login and made when they are not there; repositories by name or `owner/name`. */
export interface Plants {
  readonly users?: readonly (Partial<User> & { readonly login: string })[];
  readonly members?: readonly { readonly login: string; readonly role?: "admin" | "member" | "billing_manager" }[];
  readonly enterpriseOwners?: readonly string[];
  readonly enterpriseTeams?: readonly {
    readonly slug: string;
    readonly members: readonly string[];
    /** Default true: its people are members of the organization. */
    readonly isAssigned?: boolean;
  }[];
  readonly repositories?: readonly {
    readonly name: string;
    readonly visibility?: Repository["visibility"];
    /** Left out: the organization. */
    readonly owner?: string;
    readonly forkOf?: string;
  }[];
  readonly collaborators?: readonly { readonly repository: string; readonly login: string; readonly role?: string }[];
  readonly teams?: readonly {
    readonly slug: string;
    readonly parent?: string;
    readonly members?: readonly (string | { readonly login: string; readonly role: "member" | "maintainer" })[];
    readonly repositories?: Readonly<Record<string, string>>;
  }[];
  /** Into teams that are there already. */
  readonly teamMembers?: readonly {
    readonly team: string;
    readonly login: string;
    readonly role?: "member" | "maintainer";
  }[];
  readonly organizationRoles?: readonly {
    readonly name: string;
    readonly baseRole?: OrganizationRole["baseRole"];
    readonly source?: OrganizationRole["source"];
    readonly users?: readonly string[];
    readonly teams?: readonly string[];
  }[];
  /** To roles that are there already. */
  readonly organizationRoleUsers?: readonly { readonly role: string; readonly login: string }[];
  readonly organizationInvitations?: readonly {
    readonly login?: string;
    readonly email?: string;
    readonly role?: OrganizationInvitation["role"];
    readonly teams?: readonly string[];
    readonly failure?: string;
  }[];
  readonly repositoryInvitations?: readonly {
    readonly repository: string;
    readonly login: string;
    readonly role?: string;
    readonly inviter?: string;
  }[];
  readonly sshKeys?: readonly { readonly login: string; readonly title: string }[];
  readonly tokens?: readonly {
    readonly login: string;
    readonly name: string;
    readonly type?: Token["type"];
    readonly value?: string;
    readonly scopes?: readonly string[];
    readonly permissions?: Permissions;
    readonly expiresAt?: number;
    readonly lastUsedAt?: number;
  }[];
  /** By the name of the owner's token or the title of the owner's SSH key; neither: a token of an app. */
  readonly credentialAuthorizations?: readonly {
    readonly login: string;
    readonly token?: string;
    readonly sshKey?: string;
  }[];
  readonly grants?: readonly PlantGrant[];
  readonly grantRequests?: readonly (PlantGrant & { readonly reason?: string })[];
  readonly deployKeys?: readonly {
    readonly repository: string;
    readonly title: string;
    readonly addedBy?: string;
    /** The name of the adder's token that it was made with. */
    readonly madeWith?: string;
    readonly isReadOnly?: boolean;
    readonly isEnabled?: boolean;
    readonly lastUsedAt?: number;
  }[];
  readonly runners?: readonly {
    readonly name: string;
    readonly repository?: string;
    readonly setUpBy?: string;
    readonly labels?: readonly string[];
    readonly isBusy?: boolean;
  }[];
  readonly externalIdentities?: readonly {
    readonly login?: string;
    readonly nameId?: string;
    readonly scimUserName?: string;
    readonly place?: "organization" | "enterprise";
  }[];
  readonly scimUsers?: readonly (Partial<ScimUser> & { readonly userName: string; readonly login?: string })[];
  readonly environments?: readonly {
    readonly repository: string;
    readonly name: string;
    readonly reviewers?: readonly string[];
    readonly reviewerTeams?: readonly string[];
    readonly preventsSelfReview?: boolean;
    readonly waitMinutes?: number;
  }[];
  readonly secrets?: readonly {
    readonly name: string;
    readonly value: string;
    readonly app?: SecretApp;
    /** Left out: the organization. */
    readonly repository?: string;
    readonly environment?: string;
    readonly visibility?: Secret["visibility"];
    readonly selected?: readonly string[];
    readonly createdAt?: number;
    readonly updatedAt?: number;
  }[];
}

export interface PlantGrant {
  readonly login: string;
  /** The name of the owner's token. */
  readonly token: string;
  /** Names, for a subset; left out: all. */
  readonly repositories?: readonly string[];
}

/** What was planted, in the order it was asked for. */
export interface Planted {
  readonly users: readonly User[];
  readonly memberships: readonly Membership[];
  readonly repositories: readonly Repository[];
  readonly collaborators: readonly Collaborator[];
  readonly teams: readonly Team[];
  readonly teamMembers: readonly TeamMember[];
  readonly organizationRoles: readonly OrganizationRole[];
  readonly organizationRoleUsers: readonly OrganizationRoleUser[];
  readonly organizationInvitations: readonly OrganizationInvitation[];
  readonly repositoryInvitations: readonly RepositoryInvitation[];
  readonly sshKeys: readonly SshKey[];
  readonly tokens: readonly Token[];
  readonly credentialAuthorizations: readonly CredentialAuthorization[];
  readonly grants: readonly Grant[];
  readonly grantRequests: readonly GrantRequest[];
  readonly deployKeys: readonly DeployKey[];
  readonly runners: readonly Runner[];
  readonly externalIdentities: readonly ExternalIdentity[];
  readonly scimUsers: readonly ScimUser[];
  readonly environments: readonly Environment[];
  readonly secrets: readonly Secret[];
}
