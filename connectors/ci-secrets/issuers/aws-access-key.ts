import type * as Sdk from "@aws-sdk/client-iam";
import type { ConnectorContext } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { pagesOf } from "../../contract/paging.ts";
import { openAwsAccount } from "../../vendors/aws/account.ts";
import { clientSettings, createAwsCaller } from "../../vendors/aws/client.ts";
import type { AwsSecrets, AwsSettings } from "../../vendors/aws/settings.ts";
import { openSts } from "../../vendors/aws/sts.ts";
import type { Plan } from "../plan-settings.ts";
import { accessKeys, createdKey, lastUsed, nothing } from "./aws-schema.ts";
import type { HeldKey, Issuer } from "./issuer.ts";

/** AWS reads by POST. */
export const iamReads = ["ListAccessKeys", "GetAccessKeyLastUsed"] as const;

/** `CreateDate` has whole seconds, and the clocks that are compared are two. */
const clockSlackMs = 5_000;

/**
 * Access keys of an IAM user, of which AWS allows two: room for one new key beside the old one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
 */
export async function openAwsAccessKeys(context: ConnectorContext<AwsSettings, AwsSecrets>): Promise<Issuer> {
  const { target, settings, http, clock } = context;
  const sdk: typeof Sdk = await import("@aws-sdk/client-iam");
  const account = await openAwsAccount(context);
  const client = new sdk.IAMClient(clientSettings(settings, account.credentials));
  const call = createAwsCaller("iam", { http, clock, credentials: account.credentials });

  function failed(code: "not-visible" | "invalid-response" | "conflict", operation: string, what: string) {
    return new ConnectorError(code, `${target}: ${what}`, { target, operation });
  }

  /** @returns whether the key is there. */
  async function setStatus(plan: Plan, id: string, status: "Active" | "Inactive"): Promise<boolean> {
    const command = new sdk.UpdateAccessKeyCommand({ UserName: userOf(plan), AccessKeyId: id, Status: status });
    return (await call({ client, command, schema: nothing, expect: ["NoSuchEntity"] })).body !== null;
  }

  return {
    noun: "access key",
    mostKeys: 2,

    async keys(plan) {
      const user = userOf(plan);
      const operation = "ListAccessKeys";
      const fetchPage = async (marker: string | null) => {
        const command = new sdk.ListAccessKeysCommand({
          UserName: user,
          ...(marker === null ? {} : { Marker: marker }),
        });
        const { body } = await call({ client, command, schema: accessKeys, expect: ["NoSuchEntity"] });
        if (body === null)
          throw failed("not-visible", operation, `the IAM user ${user} of the plan ${plan.name} is not there`);
        if (body.AccessKeyMetadata.some(({ UserName }) => UserName !== user)) {
          throw failed("invalid-response", operation, `${operation} lists the keys of another user`);
        }
        const isLast = body.IsTruncated !== true;
        if (!isLast && !body.Marker)
          throw failed("invalid-response", operation, `${operation} has no marker for its next page`);
        return { items: body.AccessKeyMetadata, next: isLast ? null : (body.Marker ?? null) };
      };
      const found: HeldKey[] = [];
      for await (const { items } of pagesOf({ target, operation }, fetchPage, ({ AccessKeyId }) => AccessKeyId)) {
        for (const { AccessKeyId: id, Status, CreateDate } of items) {
          found.push({
            id,
            createdAt: CreateDate,
            lastUsedAt: null,
            isActive: Status === "Active",
            value: null,
            tags: [],
          });
        }
      }
      return found;
    },

    async lastUse(plan, { id }) {
      const operation = "GetAccessKeyLastUsed";
      const command = new sdk.GetAccessKeyLastUsedCommand({ AccessKeyId: id });
      const { body } = await call({ client, command, schema: lastUsed, expect: ["NoSuchEntity", "AccessDenied"] });
      if (body === null) return null; // the use of a key is worth knowing, and nothing depends on it
      if ((body.UserName ?? userOf(plan)) !== userOf(plan)) {
        throw failed("invalid-response", operation, `${operation} tells of another user's key`);
      }
      return body.AccessKeyLastUsed?.LastUsedDate ?? null;
    },

    isLeftBy: ({ since }, { createdAt }) =>
      since !== null &&
      createdAt !== null &&
      createdAt.getTime() >= Math.floor(since.getTime() / 1_000) * 1_000 - clockSlackMs,

    async create(plan) {
      const user = userOf(plan);
      const command = new sdk.CreateAccessKeyCommand({ UserName: user });
      const { body } = await call({ client, command, schema: createdKey, expect: ["LimitExceeded"] });
      if (body === null)
        throw failed("conflict", "CreateAccessKey", `the IAM user ${user} has no room for another access key`);
      const { UserName, AccessKeyId, SecretAccessKey } = body.AccessKey;
      if (UserName !== user) throw failed("invalid-response", "CreateAccessKey", "a key of another user came back");
      return { ref: AccessKeyId, value: SecretAccessKey };
    },

    partsOf: ({ ref, value }) => ({ accessKeyId: ref, secretAccessKey: value.reveal() }),

    /** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
    async attempt(plan, { ref, value }) {
      const keys = { accessKeyId: ref, secretAccessKey: value.reveal() };
      const sts = await openSts(settings, async () => keys, { http, clock });
      const identity = await sts.callerIdentity({ expect: ["InvalidClientTokenId", "SignatureDoesNotMatch"] });
      if (identity === null) return { works: false, reason: "AWS refuses the key" };
      const isTheirs = identity.arn.endsWith(`/${userOf(plan)}`);
      return isTheirs
        ? { works: true, reason: "AWS accepts the key" }
        : { works: null, reason: "AWS takes the key for somebody else's" };
    },

    confirm: (plan, id) => setStatus(plan, id, "Active"),

    async switchOff(plan, id) {
      await setStatus(plan, id, "Inactive");
    },

    async remove(plan, id) {
      const command = new sdk.DeleteAccessKeyCommand({ UserName: userOf(plan), AccessKeyId: id });
      const { body } = await call({ client, command, schema: nothing, expect: ["NoSuchEntity"] });
      return body === null ? "absent" : "removed";
    },

    ownKeyId: async () => (await account.credentials()).accessKeyId,
    problem: null,
  };

  function userOf({ issuer }: Plan): string {
    if (issuer.kind !== "aws-access-key") throw new TypeError(`${issuer.kind} is not AWS's`);
    return issuer.userName;
  }
}
