import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  EnableMFADeviceCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetSSHPublicKeyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
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
  UpdateAssumeRolePolicyCommand,
  UpdateLoginProfileCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UpdateUserCommand,
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

describe("a user", () => {
  it("keeps its id and all it holds when it is renamed", async () => {
    const fake = await anAccount();
    const world = {
      name: UserName,
      accessKeys: [{}],
      password: "x",
      groups: ["a"],
      inline: { own: policy("Allow", "s3:*") },
    };
    const user = given(fake.plant({ users: [world] }).users[0]);
    const client = iam(fake);

    await client.send(new UpdateUserCommand({ UserName, NewUserName: "robin.renamed", NewPath: "/left/" }));

    const { User } = await client.send(new GetUserCommand({ UserName: "robin.renamed" }));
    expect(User).toMatchObject({ UserId: user.id, Arn: `arn:aws:iam::${fake.accountId}:user/left/robin.renamed` });
    expect(fake.aliveOf("robin.renamed").map((one) => one.kind)).toEqual([
      "access-key",
      "group-membership",
      "inline-policy",
      "login-profile",
    ]);
    expect(await refusalOf(client.send(new GetUserCommand({ UserName })))).toMatchObject({
      name: "NoSuchEntityException",
    });
  });

  it("of the same name made again is another one, whom no role trusts", async () => {
    const fake = await anAccount();
    const user = given(fake.plant({ users: [{ name: UserName }] }).users[0]);
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: user.arn } }],
    };
    fake.plant({ roles: [{ name: "ops", trust }] });
    const client = iam(fake);
    const trusted = async () =>
      decodeURIComponent(
        given((await client.send(new GetRoleCommand({ RoleName: "ops" }))).Role?.AssumeRolePolicyDocument),
      );
    const before = await trusted();

    await client.send(new DeleteUserCommand({ UserName }));
    const { User } = await client.send(new CreateUserCommand({ UserName }));
    const after = await trusted();
    const saved = await refusalOf(
      client.send(new UpdateAssumeRolePolicyCommand({ RoleName: "ops", PolicyDocument: after })),
    );
    await client.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: "ops", PolicyDocument: after.replace(user.id, given(User?.Arn)) }),
    );

    expect([before.includes(user.arn), after.includes(user.arn), after.includes(user.id)]).toEqual([true, false, true]);
    expect(User?.UserId).not.toBe(user.id);
    expect(saved).toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: `Invalid principal in policy: "AWS":"${user.id}"`,
    });
    expect(await trusted()).toBe(before);
  });
});

describe("the account", () => {
  it("counts, and has an alias", async () => {
    const fake = await anAccount({ accountAlias: "acme" });
    fake.plant({ users: [{ name: UserName, mfa: ["virtual"], groups: ["a", "b"] }] });

    const summary = await iam(fake).send(new GetAccountSummaryCommand({}));
    const aliases = await iam(fake).send(new ListAccountAliasesCommand({}));

    expect(summary.SummaryMap).toMatchObject({ Users: 2, Groups: 2, MFADevicesInUse: 1, AccessKeysPerUserQuota: 2 });
    expect(aliases.AccountAliases).toEqual(["acme"]);
  });

  it("shows users and roles with all their policies", async () => {
    const fake = await anAccount();
    fake.plant({
      users: [
        {
          name: UserName,
          groups: ["a"],
          attached: ["IAMReadOnlyAccess"],
          inline: { own: policy("Allow", "s3:*") },
          boundary,
        },
      ],
      roles: [
        {
          name: "ops",
          trust: policy("Allow", "sts:AssumeRole", { Resource: undefined, Principal: "*" }),
          inline: { x: denyAll },
        },
      ],
    });

    const all = await iam(fake).send(new GetAccountAuthorizationDetailsCommand({ Filter: ["User", "Role"] }));

    expect(all.UserDetailList?.find((one) => one.UserName === UserName)).toMatchObject({
      GroupList: ["a"],
      AttachedManagedPolicies: [{ PolicyName: "IAMReadOnlyAccess" }],
      UserPolicyList: [{ PolicyName: "own" }],
      PermissionsBoundary: { PermissionsBoundaryArn: boundary },
    });
    expect(all.RoleDetailList).toMatchObject([{ RoleName: "ops", RolePolicyList: [{ PolicyName: "x" }] }]);
  });
});
