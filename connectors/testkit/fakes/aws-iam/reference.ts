/** What an action's permission is checked against; `none`: only `*` matches. */
export type ResourceKind =
  | "user"
  | "group"
  | "role"
  | "mfa"
  | "access-key"
  | "principal"
  | "every-user"
  | "every-group"
  | "every-role"
  | "every-mfa"
  | "none";

/** What the API reference says of an action, as far as the fake needs it. */
export interface ActionReference {
  readonly service: "iam" | "sts";
  /** Whether it asks for a change of the account; temporary credentials are not one. */
  readonly access: "read" | "write";
  readonly resource: ResourceKind;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const paged = ["Marker", "MaxItems"];
const describe =
  (service: "iam" | "sts", access: "read" | "write") =>
  (resource: ResourceKind, required: readonly string[] = [], optional: readonly string[] = []): ActionReference => ({
    service,
    access,
    resource,
    required,
    optional,
  });
const read = describe("iam", "read");
const write = describe("iam", "write");
const sts = describe("sts", "read");

/**
 * The actions of the fake with the names of their parameters.
 *
 * Parameters: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html and
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html, the page of each action. Resources:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const reference: Readonly<Record<string, ActionReference>> = {
  ListUsers: read("every-user", [], ["PathPrefix", ...paged]),
  GetUser: read("user", [], ["UserName"]),
  ListUserTags: read("user", ["UserName"], paged),
  CreateUser: write("user", ["UserName"], ["Path", "PermissionsBoundary", "Tags"]),
  UpdateUser: write("user", ["UserName"], ["NewPath", "NewUserName"]),
  DeleteUser: write("user", ["UserName"]),
  TagUser: write("user", ["UserName", "Tags"]),
  UntagUser: write("user", ["UserName", "TagKeys"]),
  PutUserPermissionsBoundary: write("user", ["UserName", "PermissionsBoundary"]),
  DeleteUserPermissionsBoundary: write("user", ["UserName"]),

  ListAccessKeys: read("user", [], ["UserName", ...paged]),
  GetAccessKeyLastUsed: read("access-key", ["AccessKeyId"]),
  CreateAccessKey: write("user", [], ["UserName"]),
  UpdateAccessKey: write("user", ["AccessKeyId", "Status"], ["UserName"]),
  DeleteAccessKey: write("user", ["AccessKeyId"], ["UserName"]),

  GetLoginProfile: read("user", [], ["UserName"]),
  CreateLoginProfile: write("user", [], ["UserName", "Password", "PasswordResetRequired"]),
  UpdateLoginProfile: write("user", ["UserName"], ["Password", "PasswordResetRequired"]),
  DeleteLoginProfile: write("user", [], ["UserName"]),

  ListServiceSpecificCredentials: read("user", [], ["UserName", "ServiceName", "AllUsers", ...paged]),
  CreateServiceSpecificCredential: write("user", ["UserName", "ServiceName"], ["CredentialAgeDays"]),
  UpdateServiceSpecificCredential: write("user", ["ServiceSpecificCredentialId", "Status"], ["UserName"]),
  ResetServiceSpecificCredential: write("user", ["ServiceSpecificCredentialId"], ["UserName"]),
  DeleteServiceSpecificCredential: write("user", ["ServiceSpecificCredentialId"], ["UserName"]),

  ListSSHPublicKeys: read("user", [], ["UserName", ...paged]),
  GetSSHPublicKey: read("user", ["UserName", "SSHPublicKeyId", "Encoding"]),
  UploadSSHPublicKey: write("user", ["UserName", "SSHPublicKeyBody"]),
  UpdateSSHPublicKey: write("user", ["UserName", "SSHPublicKeyId", "Status"]),
  DeleteSSHPublicKey: write("user", ["UserName", "SSHPublicKeyId"]),

  ListSigningCertificates: read("user", [], ["UserName", ...paged]),
  UploadSigningCertificate: write("user", ["CertificateBody"], ["UserName"]),
  UpdateSigningCertificate: write("user", ["CertificateId", "Status"], ["UserName"]),
  DeleteSigningCertificate: write("user", ["CertificateId"], ["UserName"]),

  ListMFADevices: read("user", [], ["UserName", ...paged]),
  ListVirtualMFADevices: read("every-mfa", [], ["AssignmentStatus", ...paged]),
  CreateVirtualMFADevice: write("mfa", ["VirtualMFADeviceName"], ["Path", "Tags"]),
  EnableMFADevice: write("user", ["UserName", "SerialNumber", "AuthenticationCode1", "AuthenticationCode2"]),
  DeactivateMFADevice: write("user", ["SerialNumber"], ["UserName"]),
  DeleteVirtualMFADevice: write("mfa", ["SerialNumber"]),

  ListGroups: read("every-group", [], ["PathPrefix", ...paged]),
  ListGroupsForUser: read("user", ["UserName"], paged),
  AddUserToGroup: write("group", ["GroupName", "UserName"]),
  RemoveUserFromGroup: write("group", ["GroupName", "UserName"]),

  ListAttachedUserPolicies: read("user", ["UserName"], ["PathPrefix", ...paged]),
  AttachUserPolicy: write("user", ["UserName", "PolicyArn"]),
  DetachUserPolicy: write("user", ["UserName", "PolicyArn"]),
  ListUserPolicies: read("user", ["UserName"], paged),
  GetUserPolicy: read("user", ["UserName", "PolicyName"]),
  PutUserPolicy: write("user", ["UserName", "PolicyName", "PolicyDocument"]),
  DeleteUserPolicy: write("user", ["UserName", "PolicyName"]),

  ListRoles: read("every-role", [], ["PathPrefix", ...paged]),
  GetRole: read("role", ["RoleName"]),
  UpdateAssumeRolePolicy: write("role", ["RoleName", "PolicyDocument"]),

  ListAccountAliases: read("none", [], paged),
  GetAccountSummary: read("none"),
  GetAccountAuthorizationDetails: read("none", [], ["Filter", ...paged]),
  SimulatePrincipalPolicy: read(
    "principal",
    ["PolicySourceArn", "ActionNames"],
    [
      "PolicyInputList",
      "PermissionsBoundaryPolicyInputList",
      "PolicyExclusionList",
      "ResourceArns",
      "ResourcePolicy",
      "ResourceOwner",
      "CallerArn",
      "ContextEntries",
      "ResourceHandlingOption",
      ...paged,
    ],
  ),

  GetCallerIdentity: sts("none"),
  GetAccessKeyInfo: sts("none", ["AccessKeyId"]),
  GetSessionToken: sts("none", [], ["DurationSeconds", "SerialNumber", "TokenCode", "MinimumSessionTokenSize"]),
  AssumeRole: sts(
    "role",
    ["RoleArn", "RoleSessionName"],
    [
      "PolicyArns",
      "Policy",
      "DurationSeconds",
      "Tags",
      "TransitiveTagKeys",
      "ExternalId",
      "SerialNumber",
      "TokenCode",
      "SourceIdentity",
      "ProvidedContexts",
      "MinimumSessionTokenSize",
    ],
  ),
};

/** Version parameter and XML namespace of each service. */
export const services = {
  iam: { version: "2010-05-08", namespace: "https://iam.amazonaws.com/doc/2010-05-08/" },
  sts: { version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/" },
} as const;

/** Something a caller sent that the reference does not know. */
export interface Violation {
  readonly what: "action" | "version" | "parameter";
  readonly action: string;
  /** The parameter, or the version, that is not described. */
  readonly name?: string;
}

/** Holds a call's names against the reference. `Tags.member.1.Key` counts as `Tags`. */
export function checkNames(params: URLSearchParams): Violation[] {
  const action = params.get("Action") ?? "";
  const version = params.get("Version") ?? "";
  const known = reference[action];
  if (known === undefined) return [{ what: "action", action }];
  if (services[known.service].version !== version) return [{ what: "version", action, name: version }];
  const names = ["Action", "Version", ...known.required, ...known.optional];
  const sent = new Set([...params.keys()].map((name) => name.split(".", 1)[0] ?? ""));
  return [...sent]
    .filter((name) => !names.includes(name))
    .map((name) => ({ what: "parameter" as const, action, name }));
}
