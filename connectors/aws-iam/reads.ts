import type * as Sdk from "@aws-sdk/client-iam";
import { ConnectorError } from "../contract/error.ts";
import type { TargetReply } from "../contract/http.ts";
import type { CursorPage } from "../contract/paging.ts";
import type { AwsCaller } from "../vendors/aws/client.ts";
import { noSuchUser } from "../vendors/aws/failure.ts";
import * as schema from "./schema.ts";

export interface IamCallDeps {
  sdk: typeof Sdk;
  client: Sdk.IAMClient;
  call: AwsCaller;
  target: string;
  pageSize: number;
}

/** Documents are long: a page of a thousand of them would be more than the host takes in. */
const maxDocuments = 100;

/**
 * One method per operation that looks, one page per call. Null is NoSuchEntity: what that proves is for the caller to find
 * out.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export function createReads({ sdk, client, call, target, pageSize }: IamCallDeps) {
  /** What shows that IAM is there at all. */
  const basic = { client, expect: ["NoSuchEntity"] };
  /** What an emulator may lack. */
  const ofKind = { ...basic, mayBeUnknown: true };

  function at(cursor: string | null, most = pageSize) {
    return { MaxItems: Math.min(most, pageSize), ...(cursor === null ? {} : { Marker: cursor }) };
  }

  async function page<Body extends schema.Marked, Row>(
    asked: Promise<TargetReply<Body, string>>,
    rowsOf: (body: Body) => readonly Row[],
  ): Promise<CursorPage<Row> | null> {
    const { body } = await asked;
    if (body === null) return null;
    const { IsTruncated = false, Marker = "" } = body;
    if (IsTruncated && Marker === "") {
      throw new ConnectorError("invalid-response", `${target}: a listing is cut off and does not say where`, {
        target,
      });
    }
    return { items: rowsOf(body), next: Marker === "" ? null : Marker };
  }

  return {
    users: (cursor: string | null, most?: number) =>
      page(
        call({ ...basic, command: new sdk.ListUsersCommand(at(cursor, most)), schema: schema.users }),
        ({ Users }) => Users,
      ),

    async user(name: string): Promise<schema.UserRow | null> {
      const command = new sdk.GetUserCommand({ UserName: name });
      return (await call({ ...basic, command, schema: schema.oneUser })).body?.User ?? null;
    },

    /** Every user with its tags; it also sends policies, which nobody reads here. */
    userDetails(cursor: string | null) {
      const command = new sdk.GetAccountAuthorizationDetailsCommand({ Filter: ["User"], ...at(cursor, maxDocuments) });
      return page(call({ ...ofKind, command, schema: schema.userDetails }), ({ UserDetailList }) => UserDetailList);
    },

    userTags(name: string, cursor: string | null) {
      const command = new sdk.ListUserTagsCommand({ UserName: name, ...at(cursor, maxDocuments) });
      return page(call({ ...ofKind, command, schema: schema.userTags }), ({ Tags }) => Tags);
    },

    accessKeys(name: string, cursor: string | null) {
      const command = new sdk.ListAccessKeysCommand({ UserName: name, ...at(cursor) });
      return page(call({ ...ofKind, command, schema: schema.accessKeys }), (body) => body.AccessKeyMetadata);
    },

    async accessKeyLastUsed(id: string) {
      const command = new sdk.GetAccessKeyLastUsedCommand({ AccessKeyId: id });
      return (await call({ ...ofKind, command, schema: schema.accessKeyLastUsed })).body?.AccessKeyLastUsed ?? null;
    },

    /** A user without a password and a user who is not there are both NoSuchEntity: null, and `no-user`. */
    async loginProfile(name: string) {
      const command = new sdk.GetLoginProfileCommand({ UserName: name });
      const { body, problem } = await call({ ...ofKind, command, schema: schema.loginProfile });
      return problem === noSuchUser ? "no-user" : (body?.LoginProfile ?? null);
    },

    serviceCredentials(name: string, cursor: string | null) {
      const command = new sdk.ListServiceSpecificCredentialsCommand({ UserName: name, ...at(cursor) });
      const asked = call({ ...ofKind, command, schema: schema.serviceCredentials });
      return page(asked, (body) => body.ServiceSpecificCredentials);
    },

    sshPublicKeys(name: string, cursor: string | null) {
      const command = new sdk.ListSSHPublicKeysCommand({ UserName: name, ...at(cursor) });
      return page(call({ ...ofKind, command, schema: schema.sshPublicKeys }), (body) => body.SSHPublicKeys);
    },

    signingCertificates(name: string, cursor: string | null) {
      const command = new sdk.ListSigningCertificatesCommand({ UserName: name, ...at(cursor) });
      return page(call({ ...ofKind, command, schema: schema.signingCertificates }), (body) => body.Certificates);
    },

    mfaDevices(name: string, cursor: string | null) {
      const command = new sdk.ListMFADevicesCommand({ UserName: name, ...at(cursor) });
      return page(call({ ...ofKind, command, schema: schema.mfaDevices }), (body) => body.MFADevices);
    },

    groups(name: string, cursor: string | null) {
      const command = new sdk.ListGroupsForUserCommand({ UserName: name, ...at(cursor) });
      return page(call({ ...ofKind, command, schema: schema.groups }), ({ Groups }) => Groups);
    },

    attachedPolicies(name: string, cursor: string | null) {
      const command = new sdk.ListAttachedUserPoliciesCommand({ UserName: name, ...at(cursor) });
      return page(call({ ...ofKind, command, schema: schema.attachedPolicies }), (body) => body.AttachedPolicies);
    },

    inlinePolicies(name: string, cursor: string | null) {
      const command = new sdk.ListUserPoliciesCommand({ UserName: name, ...at(cursor) });
      return page(call({ ...ofKind, command, schema: schema.inlinePolicies }), ({ PolicyNames }) => PolicyNames);
    },

    /** As with a password. */
    async inlinePolicy(name: string, policy: string) {
      const command = new sdk.GetUserPolicyCommand({ UserName: name, PolicyName: policy });
      const { body, problem } = await call({ ...ofKind, command, schema: schema.inlinePolicy });
      return problem === noSuchUser ? "no-user" : body;
    },

    /** ListRoles sends the trust policies too, without all that GetAccountAuthorizationDetails would add. */
    roles: (cursor: string | null) =>
      page(
        call({ ...ofKind, command: new sdk.ListRolesCommand(at(cursor, maxDocuments)), schema: schema.roles }),
        ({ Roles }) => Roles,
      ),

    /** What the policies of a user or role decide. Says nothing of when they come into force. */
    simulate(arn: string, actions: readonly string[], cursor: string | null) {
      const command = new sdk.SimulatePrincipalPolicyCommand({
        PolicySourceArn: arn,
        ActionNames: [...actions],
        ...at(cursor),
      });
      return page(call({ ...ofKind, command, schema: schema.simulation }), (body) => body.EvaluationResults);
    },
  };
}
