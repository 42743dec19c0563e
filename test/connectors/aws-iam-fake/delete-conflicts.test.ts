import {
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DeleteVirtualMFADeviceCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  RemoveUserFromGroupCommand,
} from "@aws-sdk/client-iam";
import { type FakeAwsIam, plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { PlantedUser } from "../../../connectors/testkit/fakes/aws-iam/plant.ts";
import { anAccount, given, iam, policy, refusalOf } from "./support.ts";

const UserName = "robin.sample";

/** Each kind of thing a user may hold: alone in the way, what IAM says, and how it goes. */
const obstacles = [
  {
    kind: "an attached policy",
    holds: { attached: ["IAMReadOnlyAccess"] },
    message: "Cannot delete entity, must detach all policies first.",
    remove: () => new DetachUserPolicyCommand({ UserName, PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" }),
  },
  {
    kind: "an inline policy",
    holds: { inline: { own: policy("Allow", "s3:*") } },
    message: "Cannot delete entity, must delete policies first.",
    remove: () => new DeleteUserPolicyCommand({ UserName, PolicyName: "own" }),
  },
  {
    kind: "an active key",
    holds: { accessKeys: [{}] },
    message: "Cannot delete entity, must delete access keys first.",
    remove: (user: PlantedUser) =>
      new DeleteAccessKeyCommand({ UserName, AccessKeyId: given(user.accessKeys[0]).accessKeyId }),
  },
  {
    kind: "an inactive key",
    holds: { accessKeys: [{ isActive: false }] },
    message: "Cannot delete entity, must delete access keys first.",
    remove: (user: PlantedUser) =>
      new DeleteAccessKeyCommand({ UserName, AccessKeyId: given(user.accessKeys[0]).accessKeyId }),
  },
  {
    kind: "a password",
    holds: { password: "correct horse" },
    message: "Cannot delete entity, must delete login profile first.",
    remove: () => new DeleteLoginProfileCommand({ UserName }),
  },
  {
    kind: "a group",
    holds: { groups: ["developers"] },
    message: "Cannot delete entity, must remove users from group first.",
    remove: () => new RemoveUserFromGroupCommand({ UserName, GroupName: "developers" }),
  },
  {
    kind: "a virtual MFA device",
    holds: { mfa: ["virtual" as const] },
    message: "Cannot delete entity, must delete MFA device first.",
    remove: (user: PlantedUser) => new DeactivateMFADeviceCommand({ UserName, SerialNumber: user.mfa[0] }),
  },
  {
    kind: "a security key",
    holds: { mfa: ["fido" as const] },
    message: "Cannot delete entity, must delete MFA device first.",
    remove: (user: PlantedUser) => new DeactivateMFADeviceCommand({ UserName, SerialNumber: user.mfa[0] }),
  },
  {
    kind: "a signing certificate",
    holds: { certificates: [{ isActive: false }] },
    message: "Cannot delete entity, must delete signing certificates first.",
    remove: (user: PlantedUser) =>
      new DeleteSigningCertificateCommand({ UserName, CertificateId: user.certificates[0] }),
  },
  {
    kind: "an SSH key",
    holds: { sshKeys: [{}] },
    message: "Cannot delete entity, must remove referenced objects first.",
    remove: (user: PlantedUser) => new DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId: user.sshKeys[0] }),
  },
  {
    kind: "a service-specific credential",
    holds: { serviceCredentials: [{ serviceName: "codecommit.amazonaws.com" }] },
    message: "Cannot delete entity, must remove referenced objects first.",
    remove: (user: PlantedUser) =>
      new DeleteServiceSpecificCredentialCommand({
        UserName,
        ServiceSpecificCredentialId: given(user.serviceCredentials[0]).id,
      }),
  },
];

/** Any command: the SDK has a type for each, and none for all. */
const send = (fake: FakeAwsIam, command: unknown): Promise<unknown> =>
  (iam(fake).send as (command: unknown) => Promise<unknown>).call(iam(fake), command);

describe("deleting a user who still has", () => {
  it.each(obstacles)("$kind", async ({ holds, message, remove }) => {
    const fake = await anAccount();
    const user = given(fake.plant({ users: [{ name: UserName, ...holds }] }).users[0]);

    const before = await refusalOf(send(fake, new DeleteUserCommand({ UserName })));
    const still = fake.alive("user", user.id);
    await send(fake, remove(user));
    await send(fake, new DeleteUserCommand({ UserName }));
    const after = await refusalOf(send(fake, new GetUserCommand({ UserName })));

    expect(before).toEqual({ name: "DeleteConflictException", status: 409, message });
    expect([still, fake.alive("user", user.id)]).toEqual([true, false]);
    expect(after).toEqual({
      name: "NoSuchEntityException",
      status: 404,
      message: "The user with name robin.sample cannot be found.",
    });
  });

  it("everything: one obstacle after the other, each named", async () => {
    const fake = await anAccount();
    const leaver = plantLeaver(fake, UserName);
    const said = new Set<string>();
    const removals = [
      ...[`arn:aws:iam::${fake.accountId}:policy/${UserName}-builds`, "arn:aws:iam::aws:policy/IAMReadOnlyAccess"].map(
        (PolicyArn) => new DetachUserPolicyCommand({ UserName, PolicyArn }),
      ),
      new DeleteUserPolicyCommand({ UserName, PolicyName: "own-keys" }),
      ...leaver.accessKeys.map((key) => new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId })),
      new DeleteLoginProfileCommand({ UserName }),
      ...["developers", "on-call", "billing-readers"].map(
        (GroupName) => new RemoveUserFromGroupCommand({ UserName, GroupName }),
      ),
      new DeactivateMFADeviceCommand({ UserName, SerialNumber: leaver.mfa[0] }),
      new DeleteSigningCertificateCommand({ UserName, CertificateId: leaver.certificates[0] }),
      new DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId: leaver.sshKeys[0] }),
      ...leaver.serviceCredentials.map(
        ({ id }) => new DeleteServiceSpecificCredentialCommand({ UserName, ServiceSpecificCredentialId: id }),
      ),
    ];

    for (const removal of removals) {
      said.add(given(await refusalOf(send(fake, new DeleteUserCommand({ UserName })))).message);
      await send(fake, removal);
    }
    await send(fake, new DeleteUserCommand({ UserName }));

    expect([...said]).toEqual([
      "Cannot delete entity, must detach all policies first.",
      "Cannot delete entity, must delete policies first.",
      "Cannot delete entity, must delete access keys first.",
      "Cannot delete entity, must delete login profile first.",
      "Cannot delete entity, must remove users from group first.",
      "Cannot delete entity, must delete MFA device first.",
      "Cannot delete entity, must delete signing certificates first.",
      "Cannot delete entity, must remove referenced objects first.",
    ]);
    expect([fake.aliveOf(leaver.id), fake.stateOf(leaver.id)]).toEqual([[], "null"]);
    expect(fake.tryKey(given(leaver.liveSession))).toEqual({ kind: "refused", code: "InvalidClientTokenId" });
  });
});

describe("a virtual MFA device", () => {
  it("is deleted after it was deactivated, and not before", async () => {
    const fake = await anAccount();
    const { mfa } = given(fake.plant({ users: [{ name: UserName, mfa: ["virtual"] }] }).users[0]);
    const SerialNumber = given(mfa[0]);

    const early = await refusalOf(send(fake, new DeleteVirtualMFADeviceCommand({ SerialNumber })));
    await send(fake, new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
    await send(fake, new DeleteVirtualMFADeviceCommand({ SerialNumber }));
    const late = await refusalOf(send(fake, new DeleteVirtualMFADeviceCommand({ SerialNumber })));

    expect(early).toMatchObject({ name: "DeleteConflictException", status: 409 });
    expect(late).toMatchObject({ name: "NoSuchEntityException", status: 404 });
  });

  it("is not what a security key is: that one goes when it is deactivated", async () => {
    const fake = await anAccount();
    const { mfa } = given(fake.plant({ users: [{ name: UserName, mfa: ["fido", "hardware"] }] }).users[0]);

    for (const SerialNumber of mfa) {
      expect(await refusalOf(send(fake, new DeleteVirtualMFADeviceCommand({ SerialNumber })))).toMatchObject({
        name: "NoSuchEntityException",
      });
      await send(fake, new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
      expect(fake.alive("mfa-device", SerialNumber)).toBe(false);
    }
  });
});
