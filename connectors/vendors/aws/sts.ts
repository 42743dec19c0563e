import type * as Sdk from "@aws-sdk/client-sts";
import { z } from "zod";
import type { Clock } from "../../../src/domain/ports.ts";
import type { TargetHttp } from "../../contract/http.ts";
import { secretText } from "../../contract/secret.ts";
import { clientSettings, createAwsCaller } from "./client.ts";
import type { AwsCredentials, AwsKeys } from "./keys.ts";
import type { AwsPlace } from "./endpoints.ts";
import type { AwsSettings } from "./settings.ts";

/** Who a request is from. */
export interface CallerIdentity {
  /** `AIDA...` of an IAM user; `AROA...:session` of a role; the account's own number of its root user. */
  userId: string;
  account: string;
  arn: string;
}

/** Operations of STS that are reads, as they are declared in `Connector.reads`. */
export const stsReads = ["AssumeRole", "GetCallerIdentity"] as const;

export type Sts = Awaited<ReturnType<typeof openSts>>;

const identity = z.object({
  UserId: z.string().min(1),
  Account: z.string().regex(/^\d{12}$/),
  Arn: z.string().min(1),
});

const assumed = z.object({
  Credentials: z.object({
    AccessKeyId: z.string().min(1),
    SecretAccessKey: secretText,
    SessionToken: secretText,
    Expiration: z.date(),
  }),
});

/**
 * The Security Token Service, called with the given credentials.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
 */
export async function openSts(
  place: AwsPlace,
  credentials: AwsCredentials,
  { http, clock }: { http: TargetHttp; clock: Clock },
) {
  const sdk: typeof Sdk = await import("@aws-sdk/client-sts");
  const client = new sdk.STSClient(clientSettings(place, credentials));
  const call = createAwsCaller("sts", { http, clock, credentials });

  return {
    /**
     * Needs no permission, and no policy can deny it: it tells who a key belongs to, never what a policy does.
     *
     * @returns null when the credentials are refused, where that is an answer.
     * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
     */
    async callerIdentity({ expect = [] }: { expect?: readonly string[] } = {}): Promise<CallerIdentity | null> {
      const { body } = await call({ client, command: new sdk.GetCallerIdentityCommand({}), schema: identity, expect });
      return body === null ? null : { userId: body.UserId, account: body.Account, arn: body.Arn };
    },

    /** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
    async assumeRole({ roleArn, externalId, sessionName }: NonNullable<AwsSettings["assumeRole"]>): Promise<AwsKeys> {
      const command = new sdk.AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      });
      const { body } = await call({ client, command, schema: assumed });
      if (body === null) throw new TypeError("AssumeRole expects no failure");
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = body.Credentials;
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey.reveal(),
        sessionToken: SessionToken.reveal(),
        expiration: Expiration,
      };
    },
  };
}
