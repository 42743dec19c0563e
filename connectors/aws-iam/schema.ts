import { z } from "zod";

/**
 * What IAM answers, as the vendor's SDK reads it and as far as we do; evidence keeps these fields and no others. A list is
 * never optional: IAM sends an empty one, and the SDK gives none at all for an answer that is none.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html
 */
const text = z.string().min(1);
const marked = { IsTruncated: z.boolean().optional(), Marker: z.string().optional() };

export interface Marked {
  IsTruncated?: boolean | undefined;
  Marker?: string | undefined;
}

const tag = z.object({ Key: z.string(), Value: z.string() });
const userFields = { UserId: text, UserName: text, Path: z.string(), Arn: text, CreateDate: z.date().optional() };
const listedUser = z.object({ ...userFields, PasswordLastUsed: z.date().optional() });
const user = listedUser.extend({
  PermissionsBoundary: z.object({ PermissionsBoundaryArn: z.string().optional() }).optional(),
  Tags: z.array(tag).optional(),
});
export type UserRow = z.output<typeof user>;
export type ListedUserRow = z.output<typeof listedUser>;

export const users = z.object({ Users: z.array(listedUser), ...marked });
export const oneUser = z.object({ User: user });
export const userTags = z.object({ Tags: z.array(tag), ...marked });
export const userDetails = z.object({
  UserDetailList: z.array(z.object({ UserId: text, Tags: z.array(tag).optional() })),
  ...marked,
});

const held = { UserName: text, Status: text };
export const accessKeys = z.object({
  AccessKeyMetadata: z.array(z.object({ ...held, AccessKeyId: text, CreateDate: z.date().optional() })),
  ...marked,
});
/** `N/A` for a key that was never used. */
export const accessKeyLastUsed = z.object({
  AccessKeyLastUsed: z.object({
    LastUsedDate: z.date().optional(),
    ServiceName: z.string().optional(),
    Region: z.string().optional(),
  }),
});
export const loginProfile = z.object({ LoginProfile: z.object({ UserName: text, CreateDate: z.date().optional() }) });
export const serviceCredentials = z.object({
  ServiceSpecificCredentials: z.array(
    z.object({
      ...held,
      ServiceSpecificCredentialId: text,
      ServiceName: text,
      CreateDate: z.date().optional(),
      ExpirationDate: z.date().optional(),
    }),
  ),
  ...marked,
});
export const sshPublicKeys = z.object({
  SSHPublicKeys: z.array(z.object({ ...held, SSHPublicKeyId: text, UploadDate: z.date().optional() })),
  ...marked,
});
export const signingCertificates = z.object({
  Certificates: z.array(z.object({ ...held, CertificateId: text, UploadDate: z.date().optional() })),
  ...marked,
});
export const mfaDevices = z.object({
  MFADevices: z.array(z.object({ UserName: text, SerialNumber: text, EnableDate: z.date().optional() })),
  ...marked,
});
export const groups = z.object({ Groups: z.array(z.object({ GroupId: text, GroupName: text })), ...marked });
export const attachedPolicies = z.object({
  AttachedPolicies: z.array(z.object({ PolicyArn: text, PolicyName: z.string().optional() })),
  ...marked,
});
export const inlinePolicies = z.object({ PolicyNames: z.array(text), ...marked });
/** The document comes URL-encoded (RFC 3986). */
export const inlinePolicy = z.object({ UserName: text, PolicyName: text, PolicyDocument: text });

const role = z.object({ RoleId: text, RoleName: text, Arn: text, AssumeRolePolicyDocument: text.optional() });
export const roles = z.object({ Roles: z.array(role), ...marked });
export type RoleRow = z.output<typeof role>;

export const simulation = z.object({
  EvaluationResults: z.array(z.object({ EvalActionName: text, EvalDecision: text })),
  ...marked,
});

/** A change answers nothing. */
export const nothing = z.object({});
