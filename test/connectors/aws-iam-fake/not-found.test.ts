import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetUserPolicyCommand,
  RemoveUserFromGroupCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { account, type Ask, refusedIn, UserName } from "./full-world.ts";

/** What is not there, who asks for it, and what is said of it. */
const situations: readonly (readonly [string, Ask, string | undefined])[] = [
  [
    "a user",
    (client) => client.send(new CreateAccessKeyCommand({ UserName: "nobody" })),
    "The user with name nobody cannot be found.",
  ],
  [
    "another user's key",
    (client, { key }) => client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: key })),
    undefined,
  ],
  [
    "a key",
    (client) =>
      client.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: "AKIAIOSFODNN7EXAMPLE", Status: "Active" })),
    "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.",
  ],
  [
    "a key's last use",
    (client) => client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: "AKIAIOSFODNN7EXAMPLE" })),
    undefined,
  ],
  [
    "a password",
    (client) => client.send(new GetLoginProfileCommand({ UserName: "other" })),
    "Login Profile for User other cannot be found.",
  ],
  [
    "another user's SSH key",
    (client, { ssh }) => client.send(new DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId: ssh })),
    undefined,
  ],
  [
    "another user's certificate",
    (client, { certificate }) =>
      client.send(new DeleteSigningCertificateCommand({ UserName, CertificateId: certificate })),
    undefined,
  ],
  [
    "another user's service credential",
    (client, { credential }) =>
      client.send(new DeleteServiceSpecificCredentialCommand({ UserName, ServiceSpecificCredentialId: credential })),
    undefined,
  ],
  [
    "another user's MFA device",
    (client, { mfa }) => client.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber: mfa })),
    undefined,
  ],
  [
    "a group",
    (client) => client.send(new AddUserToGroupCommand({ UserName, GroupName: "nothing" })),
    "The group with name nothing cannot be found.",
  ],
  [
    "a membership",
    (client) => client.send(new RemoveUserFromGroupCommand({ UserName, GroupName: "one-more" })),
    undefined,
  ],
  [
    "a managed policy",
    (client) => client.send(new AttachUserPolicyCommand({ UserName, PolicyArn: `${account}:policy/nothing` })),
    `Policy ${account}:policy/nothing does not exist or is not attachable.`,
  ],
  [
    "an attachment",
    (client) => client.send(new DetachUserPolicyCommand({ UserName, PolicyArn: `${account}:policy/x` })),
    undefined,
  ],
  [
    "an inline policy",
    (client) => client.send(new GetUserPolicyCommand({ UserName, PolicyName: "nothing" })),
    "The user policy with name nothing cannot be found.",
  ],
  [
    "an inline policy to delete",
    (client) => client.send(new DeleteUserPolicyCommand({ UserName, PolicyName: "nothing" })),
    undefined,
  ],
  ["a boundary", (client) => client.send(new DeleteUserPermissionsBoundaryCommand({ UserName })), undefined],
  [
    "a role",
    (client) => client.send(new GetRoleCommand({ RoleName: "nothing" })),
    "The role with name nothing cannot be found.",
  ],
  [
    "a principal to simulate",
    (client) =>
      client.send(
        new SimulatePrincipalPolicyCommand({ PolicySourceArn: `${account}:user/nobody`, ActionNames: ["s3:*"] }),
      ),
    undefined,
  ],
];

describe("NoSuchEntity, 404, and without an effect:", () => {
  it.each(situations)("%s that is not there", async (_, ask, message) => {
    const refusal = await refusedIn(ask);

    expect(refusal).toMatchObject({
      name: "NoSuchEntityException",
      status: 404,
      ...(message === undefined ? {} : { message }),
    });
  });
});
