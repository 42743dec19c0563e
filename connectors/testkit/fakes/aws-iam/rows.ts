/** Key and value, as IAM tags things. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A user. What it holds points at `id`, so that a rename leaves all of it in place. */
export interface UserRow {
  /** `AIDA...`; never given twice. */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly createdAt: Date;
  readonly tags: readonly Tag[];
  readonly passwordLastUsed: Date | null;
  /** ARN of the managed policy that bounds it. */
  readonly boundary: string | null;
}

export interface AccessKeyRow {
  /** `AKIA...` */
  readonly id: string;
  readonly userId: string;
  readonly secret: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

/** A console password. Its id is its user's: there is one at most. */
export interface LoginRow {
  readonly id: string;
  readonly userId: string;
  readonly password: string;
  readonly createdAt: Date;
  readonly isResetRequired: boolean;
}

export interface GroupRow {
  /** `AGPA...` */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly createdAt: Date;
}

export interface MembershipRow {
  readonly id: string;
  readonly userId: string;
  readonly groupId: string;
}

/** A managed policy, with one version. */
export interface PolicyRow {
  /** Its ARN. */
  readonly id: string;
  /** `ANPA...` */
  readonly policyId: string;
  readonly name: string;
  readonly path: string;
  readonly document: string;
  readonly createdAt: Date;
}

/** A managed policy on a user, a group or a role. */
export interface AttachmentRow {
  readonly id: string;
  readonly ownerId: string;
  readonly policyArn: string;
}

/** A policy inside a user, a group or a role. */
export interface InlinePolicyRow {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly document: string;
}

export interface MfaDeviceRow {
  /** Serial number; an ARN unless it is a key fob. */
  readonly id: string;
  readonly kind: "virtual" | "hardware" | "fido";
  /** Null for a virtual device that was made and not enabled, or deactivated and not deleted. */
  readonly userId: string | null;
  readonly enabledAt: Date | null;
}

export interface SshKeyRow {
  /** `APKA...` */
  readonly id: string;
  readonly userId: string;
  readonly body: string;
  readonly fingerprint: string;
  readonly isActive: boolean;
  readonly uploadedAt: Date;
}

export interface CertificateRow {
  readonly id: string;
  readonly userId: string;
  readonly body: string;
  readonly isActive: boolean;
  readonly uploadedAt: Date;
}

/** Git, Keyspaces or API-key credentials. */
export interface ServiceCredentialRow {
  /** `ACCA...` */
  readonly id: string;
  readonly userId: string;
  readonly serviceName: string;
  /** What IAM calls service user name for some services and credential alias for others. */
  readonly publicName: string;
  readonly secret: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export interface RoleRow {
  /** `AROA...` */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly trust: string;
  readonly maxSessionSeconds: number;
  readonly createdAt: Date;
}

/** Temporary credentials: of a user (GetSessionToken) or of a role (AssumeRole). No API lists them. */
export interface SessionRow {
  /** `ASIA...` */
  readonly id: string;
  readonly secret: string;
  readonly token: string;
  readonly ownerKind: "user" | "role";
  readonly ownerId: string;
  /** Session name of an assumed role. */
  readonly name: string;
  readonly hasMfa: boolean;
  /** Session policy that narrows it. */
  readonly policy: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A principal of another account that may knock at STS here, with a key of its own account. */
export interface OutsiderRow {
  /** Its access key id. */
  readonly id: string;
  readonly secret: string;
  readonly arn: string;
  readonly accountId: string;
}

/** Every kind of thing the fake keeps. */
export interface Tables {
  readonly users: UserRow;
  readonly accessKeys: AccessKeyRow;
  readonly logins: LoginRow;
  readonly groups: GroupRow;
  readonly memberships: MembershipRow;
  readonly policies: PolicyRow;
  readonly attachments: AttachmentRow;
  readonly inlinePolicies: InlinePolicyRow;
  readonly mfaDevices: MfaDeviceRow;
  readonly sshKeys: SshKeyRow;
  readonly certificates: CertificateRow;
  readonly serviceCredentials: ServiceCredentialRow;
  readonly roles: RoleRow;
  readonly sessions: SessionRow;
  readonly outsiders: OutsiderRow;
}
export type TableName = keyof Tables;

/** Tables whose rows belong to a user by `userId`. */
export type OwnedTable =
  "accessKeys" | "logins" | "memberships" | "mfaDevices" | "sshKeys" | "certificates" | "serviceCredentials";
