import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  EnableMFADeviceCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateLoginProfileCommand,
  UpdateUserCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from "@aws-sdk/client-iam";
import { type Refusal, refusedIn, UserName, world } from "./full-world.ts";
import { anAccount, iam, policy, refusalOf } from "./support.ts";

const refusals: readonly Refusal[] = [
  {
    name: "a user there is already, by another case",
    ask: (client) => client.send(new CreateUserCommand({ UserName: "Robin.Sample" })),
    code: "EntityAlreadyExistsException",
    status: 409,
    message: "User with name Robin.Sample already exists.",
  },
  {
    name: "a name that another one has",
    ask: (client) => client.send(new UpdateUserCommand({ UserName, NewUserName: "other" })),
    code: "EntityAlreadyExistsException",
    status: 409,
  },
  {
    name: "a second password",
    ask: (client) => client.send(new CreateLoginProfileCommand({ UserName, Password: "y" })),
    code: "EntityAlreadyExistsException",
    status: 409,
    message: "Login Profile for user robin.sample already exists.",
  },
  {
    name: "a device that is in use",
    ask: (client, { mfa }) =>
      client.send(
        new EnableMFADeviceCommand({
          UserName,
          SerialNumber: mfa,
          AuthenticationCode1: "123456",
          AuthenticationCode2: "654321",
        }),
      ),
    code: "EntityAlreadyExistsException",
    status: 409,
  },
  {
    name: "a third key",
    ask: (client) => client.send(new CreateAccessKeyCommand({ UserName })),
    code: "LimitExceededException",
    status: 409,
    message: "Cannot exceed quota for AccessKeysPerUser: 2",
  },
  {
    name: "an eleventh group",
    ask: (client) => client.send(new AddUserToGroupCommand({ UserName, GroupName: "one-more" })),
    code: "LimitExceededException",
    status: 409,
    message: "Cannot exceed quota for GroupsPerUser: 10",
  },
  {
    name: "a sixth SSH key",
    ask: (client) => client.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: "ssh-rsa AAAA" })),
    code: "LimitExceededException",
    status: 409,
  },
  {
    name: "a third certificate",
    ask: (client) =>
      client.send(
        new UploadSigningCertificateCommand({
          UserName,
          CertificateBody: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        }),
      ),
    code: "LimitExceededException",
    status: 409,
  },
  {
    name: "a third credential for a service",
    ask: (client) =>
      client.send(new CreateServiceSpecificCredentialCommand({ UserName, ServiceName: "codecommit.amazonaws.com" })),
    code: "LimitExceededException",
    status: 409,
  },
  {
    name: "a policy that does not fit beside the others",
    ask: (client) =>
      client.send(
        new PutUserPolicyCommand({
          UserName,
          PolicyName: "more",
          PolicyDocument: policy(
            "Deny",
            Array.from({ length: 40 }, (_, at) => `another${at}:Do*Something*`),
          ),
        }),
      ),
    code: "LimitExceededException",
    status: 409,
    message: "Maximum policy size of 2048 bytes exceeded for user robin.sample",
  },
  {
    name: "credentials of a service that has none",
    ask: (client) =>
      client.send(new CreateServiceSpecificCredentialCommand({ UserName, ServiceName: "s3.amazonaws.com" })),
    code: "ServiceNotSupportedException",
    status: 404,
  },
  {
    name: "an age for a credential that has none",
    ask: (client) =>
      client.send(
        new CreateServiceSpecificCredentialCommand({
          UserName: "other",
          ServiceName: "codecommit.amazonaws.com",
          CredentialAgeDays: 3,
        }),
      ),
    code: "ValidationError",
    status: 400,
  },
  {
    name: "a status that is none",
    ask: (client, { key }) =>
      client.send(new UpdateAccessKeyCommand({ UserName: "other", AccessKeyId: key, Status: "Expired" })),
    code: "ValidationError",
    status: 400,
    message:
      "1 validation error detected: Value 'Expired' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]",
  },
  {
    name: "no name",
    ask: (client) => client.send(new DeleteUserCommand({ UserName: undefined })),
    code: "ValidationError",
    status: 400,
    message:
      "1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null",
  },
  {
    name: "an empty name",
    ask: (client) => client.send(new DeleteUserCommand({ UserName: "" })),
    code: "ValidationError",
    status: 400,
    message:
      "1 validation error detected: Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  },
  {
    name: "a name with a slash",
    ask: (client) => client.send(new CreateUserCommand({ UserName: "robin/sample" })),
    code: "ValidationError",
    status: 400,
  },
  {
    name: "a path without an end",
    ask: (client) => client.send(new CreateUserCommand({ UserName: "robin2", Path: "/staff" })),
    code: "ValidationError",
    status: 400,
  },
  {
    name: "an ARN that is none",
    ask: (client) => client.send(new AttachUserPolicyCommand({ UserName, PolicyArn: "IAMReadOnlyAccess-and-more" })),
    code: "InvalidInputException",
    status: 400,
    message: "ARN IAMReadOnlyAccess-and-more is not valid.",
  },
  {
    name: "a boundary that is no ARN",
    ask: (client) =>
      client.send(
        new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: "arn:aws:iam::aws:role/AdminAccess" }),
      ),
    code: "InvalidInputException",
    status: 400,
  },
  {
    name: "a code that is none",
    ask: (client, { mfa }) =>
      client.send(
        new EnableMFADeviceCommand({
          UserName,
          SerialNumber: mfa,
          AuthenticationCode1: "123456",
          AuthenticationCode2: "123456",
        }),
      ),
    code: "InvalidAuthenticationCodeException",
    status: 403,
  },
  {
    name: "a key that is none",
    ask: (client) =>
      client.send(new UploadSSHPublicKeyCommand({ UserName: "other", SSHPublicKeyBody: "ssh-dss AAAA" })),
    code: "InvalidPublicKeyException",
    status: 400,
  },
  {
    name: "a certificate that is none",
    ask: (client) => client.send(new UploadSigningCertificateCommand({ UserName: "other", CertificateBody: "MIIB" })),
    code: "MalformedCertificateException",
    status: 400,
  },
];

describe("refused, and without an effect:", () => {
  it.each(refusals)("$name", async ({ ask, code, status, message }) => {
    const refusal = await refusedIn(ask);

    expect(refusal).toMatchObject({ name: code, status, ...(message === undefined ? {} : { message }) });
  });
});

describe("a password just made", () => {
  it.each([
    { name: "deleted", command: () => new DeleteLoginProfileCommand({ UserName: "other" }) },
    { name: "changed", command: () => new UpdateLoginProfileCommand({ UserName: "other", Password: "z" }) },
  ])("cannot be $name yet", async ({ command }) => {
    let now = Date.now();
    const fake = await anAccount({ loginSettlesMs: 5_000, clock: () => now });
    fake.plant(world);
    const send = iam(fake).send.bind(iam(fake)) as (command: unknown) => Promise<unknown>;
    await iam(fake).send(new CreateLoginProfileCommand({ UserName: "other", Password: "y" }));

    const early = await refusalOf(send(command()));
    now += 5_000;
    const late = await refusalOf(send(command()));

    expect(early).toEqual({
      name: "EntityTemporarilyUnmodifiableException",
      status: 409,
      message: "Login Profile for User other cannot be modified while login profile is being created.",
    });
    expect(late).toBeNull();
  });
});
