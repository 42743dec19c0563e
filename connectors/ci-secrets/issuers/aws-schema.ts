import { z } from "zod";
import { secretText } from "../../contract/secret.ts";

/**
 * What IAM answers, as far as it is read; evidence keeps these fields and no others.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
 */
const keyId = z.string().regex(/^[A-Z0-9]{16,128}$/);

const accessKey = z.object({
  UserName: z.string(),
  AccessKeyId: keyId,
  Status: z.enum(["Active", "Inactive", "Expired"]),
  CreateDate: z.date(),
});

export const accessKeys = z.object({
  AccessKeyMetadata: z.array(accessKey),
  IsTruncated: z.boolean().nullish(),
  Marker: z.string().nullish(),
});

export const lastUsed = z.object({
  UserName: z.string().nullish(),
  AccessKeyLastUsed: z.object({ LastUsedDate: z.date().nullish() }).nullish(),
});

export const createdKey = z.object({
  AccessKey: z.object({ UserName: z.string(), AccessKeyId: keyId, SecretAccessKey: secretText }),
});

/** The answer to a change, of which nothing is read. */
export const nothing = z.object({});
