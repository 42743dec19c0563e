import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateServiceSpecificCredentialCommand,
  CreateVirtualMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  EnableMFADeviceCommand,
  GetLoginProfileCommand,
  GetSSHPublicKeyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ListUserTagsCommand,
  ListVirtualMFADevicesCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  ResetServiceSpecificCredentialCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
  UpdateLoginProfileCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from "@aws-sdk/client-iam";
import { anAccount, denyAll, given, iam, policy, refusalOf } from "./support.ts";

const UserName = "robin.sample";
const boundary = "arn:aws:iam::aws:policy/PowerUserAccess";

async function aUser(options: Parameters<typeof anAccount>[0] = {}) {
  const fake = await anAccount(options);
  const user = given(fake.plant({ users: [{ name: UserName }], groups: [{ name: "developers" }] }).users[0]);
  return { fake, user, client: iam(fake) };
}

describe("what is made, shown, stopped and taken away", () => {
  it("access keys", async () => {
    const { fake, client } = await aUser();

    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }));
    const AccessKeyId = given(AccessKey?.AccessKeyId);
    await client.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" }));
    const shown = await client.send(new ListAccessKeysCommand({ UserName }));
    const alive = fake.alive("access-key", AccessKeyId);
    await client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));

    expect(AccessKey).toMatchObject({
      UserName,
      Status: "Active",
      SecretAccessKey: expect.stringMatching(/^.{40}$/) as string,
    });
    expect(AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(shown.AccessKeyMetadata).toEqual([
      { UserName, AccessKeyId, Status: "Inactive", CreateDate: expect.any(Date) as Date },
    ]);
    expect(alive).toBe(false);
    expect((await client.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata).toEqual([]);
  });

  it("a password", async () => {
    const { fake, client } = await aUser();

    await client.send(new CreateLoginProfileCommand({ UserName, Password: "one", PasswordResetRequired: true }));
    const made = fake.stateOf(UserName);
    await client.send(new UpdateLoginProfileCommand({ UserName, PasswordResetRequired: false }));
    const shown = await client.send(new GetLoginProfileCommand({ UserName }));
    await client.send(new UpdateLoginProfileCommand({ UserName, Password: "two", PasswordResetRequired: true }));
    const other = fake.stateOf(UserName);
    const alive = fake.aliveOf(UserName);
    await client.send(new DeleteLoginProfileCommand({ UserName }));

    expect(shown.LoginProfile).toMatchObject({ UserName, PasswordResetRequired: false });
    expect(other).not.toBe(made); // another password is another state, though neither is in it
    expect(made).not.toContain("one");
    expect(alive).toEqual([{ kind: "login-profile", ref: UserName }]);
    expect(fake.aliveOf(UserName)).toEqual([]);
  });

  it.each([
    { ServiceName: "codecommit.amazonaws.com", days: {}, fields: ["ServiceUserName", "ServicePassword"] },
    { ServiceName: "cassandra.amazonaws.com", days: {}, fields: ["ServiceUserName", "ServicePassword"] },
    {
      ServiceName: "bedrock.amazonaws.com",
      days: { CredentialAgeDays: 30 },
      fields: ["ServiceCredentialAlias", "ServiceCredentialSecret"],
    },
  ])("credentials of $ServiceName", async ({ ServiceName, days, fields }) => {
    const { fake, client } = await aUser();

    const made = await client.send(new CreateServiceSpecificCredentialCommand({ UserName, ServiceName, ...days }));
    const credential = given(made.ServiceSpecificCredential);
    const ServiceSpecificCredentialId = given(credential.ServiceSpecificCredentialId);
    const named = { UserName, ServiceSpecificCredentialId };
    const reset = await client.send(new ResetServiceSpecificCredentialCommand(named));
    await client.send(new UpdateServiceSpecificCredentialCommand({ ...named, Status: "Inactive" }));
    const listed = await client.send(new ListServiceSpecificCredentialsCommand({ UserName, ServiceName }));
    const others = await client.send(
      new ListServiceSpecificCredentialsCommand({ UserName, ServiceName: "logs.amazonaws.com" }),
    );
    const alive = fake.alive("service-credential", ServiceSpecificCredentialId);
    await client.send(new DeleteServiceSpecificCredentialCommand(named));

    const [publicName = "", secret = ""] = fields;
    const shown: Readonly<Record<string, unknown>> = { ...credential };
    const renewed: Readonly<Record<string, unknown>> = { ...reset.ServiceSpecificCredential };
    expect(Object.keys(shown)).toEqual(expect.arrayContaining(fields));
    expect(renewed[publicName]).toBe(shown[publicName]);
    expect(renewed[secret]).not.toBe(shown[secret]);
    expect(listed.ServiceSpecificCredentials).toMatchObject([{ ...named, ServiceName, Status: "Inactive" }]);
    expect(JSON.stringify(listed)).not.toContain(String(renewed[secret]));
    expect("ExpirationDate" in shown).toBe("CredentialAgeDays" in days);
    expect([alive, others.ServiceSpecificCredentials]).toEqual([false, []]);
  });

  it("a Bedrock credential expires by itself", async () => {
    let now = Date.now();
    const { fake, client } = await aUser({ clock: () => now });
    const asked = { UserName, ServiceName: "bedrock.amazonaws.com", CredentialAgeDays: 1 };
    const made = await client.send(new CreateServiceSpecificCredentialCommand(asked));
    const id = given(made.ServiceSpecificCredential?.ServiceSpecificCredentialId);
    const before = fake.alive("service-credential", id);

    now += 86_400_000;

    const { ServiceSpecificCredentials } = await client.send(
      new ListServiceSpecificCredentialsCommand({ AllUsers: true }),
    );
    expect(ServiceSpecificCredentials).toMatchObject([{ UserName, Status: "Expired" }]);
    expect([before, fake.alive("service-credential", id)]).toEqual([true, false]);
  });

  it("SSH keys", async () => {
    const { fake, client } = await aUser();
    const SSHPublicKeyBody = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 robin";

    const { SSHPublicKey } = await client.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody }));
    const SSHPublicKeyId = given(SSHPublicKey?.SSHPublicKeyId);
    const again = await refusalOf(client.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody })));
    await client.send(new UpdateSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Status: "Inactive" }));
    const got = await client.send(new GetSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Encoding: "SSH" }));
    const listed = await client.send(new ListSSHPublicKeysCommand({ UserName }));
    const alive = fake.alive("ssh-key", SSHPublicKeyId);
    await client.send(new DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId }));

    expect(got.SSHPublicKey).toMatchObject({
      SSHPublicKeyBody,
      Status: "Inactive",
      Fingerprint: SSHPublicKey?.Fingerprint,
    });
    expect(listed.SSHPublicKeys).toMatchObject([{ UserName, SSHPublicKeyId, Status: "Inactive" }]);
    expect([again?.name, alive, fake.stateOf(UserName).includes(SSHPublicKeyId)]).toEqual([
      "DuplicateSSHPublicKeyException",
      false,
      false,
    ]);
  });

  it("signing certificates", async () => {
    const { fake, client } = await aUser();
    const CertificateBody = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

    const { Certificate } = await client.send(new UploadSigningCertificateCommand({ UserName, CertificateBody }));
    const CertificateId = given(Certificate?.CertificateId);
    await client.send(new UpdateSigningCertificateCommand({ UserName, CertificateId, Status: "Inactive" }));
    const listed = await client.send(new ListSigningCertificatesCommand({ UserName }));
    const alive = fake.alive("signing-certificate", CertificateId);
    await client.send(new DeleteSigningCertificateCommand({ UserName, CertificateId }));

    expect(listed.Certificates).toMatchObject([{ UserName, CertificateId, CertificateBody, Status: "Inactive" }]);
    expect([alive, fake.stateOf(UserName).includes(CertificateId)]).toEqual([false, false]);
  });

  it("MFA devices", async () => {
    const { fake, client } = await aUser();

    const made = await client.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "robin" }));
    const SerialNumber = given(made.VirtualMFADevice?.SerialNumber);
    const status = async () => {
      const listed = await client.send(new ListVirtualMFADevicesCommand({ AssignmentStatus: "Assigned" }));
      return listed.VirtualMFADevices?.map((one) => one.User?.UserName);
    };
    const before = await status();
    const codes = { AuthenticationCode1: "123456", AuthenticationCode2: "654321" };
    await client.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes }));

    expect([before, await status()]).toEqual([[], [UserName]]);
    expect((await client.send(new ListMFADevicesCommand({ UserName }))).MFADevices).toMatchObject([
      { UserName, SerialNumber },
    ]);
    expect(fake.aliveOf(UserName)).toEqual([{ kind: "mfa-device", ref: SerialNumber }]);
  });

  it("groups, policies and the boundary: again is a success, gone is not found", async () => {
    const { fake, client, user } = await aUser();
    const group = { UserName, GroupName: "developers" };
    const attached = { UserName, PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" };
    const inline = { UserName, PolicyName: "own", PolicyDocument: policy("Allow", "s3:*") };

    for (let turn = 0; turn < 2; turn += 1) {
      await client.send(new AddUserToGroupCommand(group));
      await client.send(new AttachUserPolicyCommand(attached));
      await client.send(new PutUserPolicyCommand(inline));
      await client.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: boundary }));
    }
    const effects = fake.effects();
    const alive = fake.aliveOf(user.id);
    const document = (await client.send(new GetUserPolicyCommand({ UserName, PolicyName: "own" }))).PolicyDocument;
    const shown = (await client.send(new GetUserCommand({ UserName }))).User?.PermissionsBoundary;
    const removals = () =>
      [
        client.send(new RemoveUserFromGroupCommand(group)),
        client.send(new DetachUserPolicyCommand(attached)),
        client.send(new DeleteUserPolicyCommand({ UserName, PolicyName: "own" })),
        client.send(new DeleteUserPermissionsBoundaryCommand({ UserName })),
      ].map(refusalOf);
    const first = await Promise.all(removals());
    const second = await Promise.all(removals());

    expect(effects).toBe(4);
    expect(alive).toEqual([
      { kind: "attached-policy", ref: `${UserName}/${attached.PolicyArn}` },
      { kind: "group-membership", ref: `${UserName}/developers` },
      { kind: "inline-policy", ref: `${UserName}/own` },
    ]);
    expect(decodeURIComponent(given(document))).toBe(inline.PolicyDocument);
    expect(shown).toEqual({ PermissionsBoundaryType: "PermissionsBoundaryPolicy", PermissionsBoundaryArn: boundary });
    expect(first).toEqual([null, null, null, null]);
    expect(second.map((one) => one?.name)).toEqual(Array(4).fill("NoSuchEntityException"));
    expect(fake.aliveOf(UserName)).toEqual([]);
  });

  it("a policy that only denies is nothing that works", async () => {
    const { fake, client } = await aUser();

    await client.send(new PutUserPolicyCommand({ UserName, PolicyName: "no", PolicyDocument: denyAll }));
    await client.send(new AttachUserPolicyCommand({ UserName, PolicyArn: "arn:aws:iam::aws:policy/AWSDenyAll" }));

    expect(fake.aliveOf(UserName)).toEqual([]);
  });

  it("tags", async () => {
    const { client } = await aUser();
    const tags = async () => (await client.send(new ListUserTagsCommand({ UserName }))).Tags;

    await client.send(
      new TagUserCommand({
        UserName,
        Tags: [
          { Key: "a", Value: "<1>" },
          { Key: "b", Value: "2" },
        ],
      }),
    );
    await client.send(new TagUserCommand({ UserName, Tags: [{ Key: "b", Value: "3 & 4" }] }));
    const before = await tags();
    await client.send(new UntagUserCommand({ UserName, TagKeys: ["a"] }));

    expect(before).toEqual([
      { Key: "a", Value: "<1>" },
      { Key: "b", Value: "3 & 4" },
    ]);
    expect(await tags()).toEqual([{ Key: "b", Value: "3 & 4" }]);
  });
});
