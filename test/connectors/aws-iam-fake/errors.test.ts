import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeactivateMFADeviceCommand,
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
  GetAccessKeyLastUsedCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetUserPolicyCommand,
  type IAMClient,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateLoginProfileCommand,
  UpdateUserCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { anAccount, given, iam, policy, refusalOf, sts } from "./support.ts";

const UserName = "robin.sample";
const account = "arn:aws:iam::111122223333";

/** A user who is full of everything, and others who hold the same things. */
const world = {
  users: [
    {
      name: UserName,
      accessKeys: [{}, { isActive: false }],
      password: "x",
      groups: Array.from({ length: 10 }, (_, at) => `group-${at}`),
      attached: ["IAMReadOnlyAccess"],
      inline: {
        big: policy(
          "Allow",
          Array.from({ length: 60 }, (_, at) => `service${at}:Do*Something*`),
        ),
      },
      sshKeys: [{}, {}, {}, {}, {}],
      certificates: [{}, { isActive: false }],
      serviceCredentials: [
        { serviceName: "codecommit.amazonaws.com" },
        { serviceName: "codecommit.amazonaws.com", isActive: false },
      ],
      mfa: ["virtual" as const],
    },
    {
      name: "other",
      accessKeys: [{}],
      sshKeys: [{}],
      certificates: [{}],
      mfa: ["virtual" as const],
      serviceCredentials: [{ serviceName: "codecommit.amazonaws.com" }],
    },
  ],
  groups: [{ name: "one-more" }],
  roles: [{ name: "ops", trust: policy("Allow", "sts:AssumeRole", { Resource: undefined, Principal: { AWS: "*" } }) }],
};

interface Others {
  readonly key: string;
  readonly ssh: string;
  readonly certificate: string;
  readonly credential: string;
  readonly mfa: string;
}
type Ask = (client: IAMClient, others: Others) => Promise<unknown>;
const put =
  (PolicyDocument: string): Ask =>
  (client) =>
    client.send(new PutUserPolicyCommand({ UserName: "other", PolicyName: "p", PolicyDocument }));
const statement = (fields: object) => JSON.stringify({ Version: "2012-10-17", Statement: [fields] });

const refusals: readonly {
  readonly name: string;
  readonly ask: Ask;
  readonly code: string;
  readonly status: number;
  readonly message?: string;
}[] = [
  ...(
    [
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
          client.send(
            new DeleteServiceSpecificCredentialCommand({ UserName, ServiceSpecificCredentialId: credential }),
          ),
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
    ] as const satisfies readonly (readonly [string, Ask, string | undefined])[]
  ).map(([name, ask, message]) => ({
    name: `${name} that is not there`,
    ask,
    code: "NoSuchEntityException",
    status: 404,
    ...(message === undefined ? {} : { message }),
  })),
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
  ...[
    { what: "no JSON", document: "{", message: "This policy contains invalid Json" },
    { what: "a list", document: "[]", message: "Syntax errors in policy." },
    { what: "no statement", document: '{"Version":"2012-10-17"}', message: "Syntax errors in policy." },
    { what: "no effect", document: statement({ Action: "*", Resource: "*" }), message: "Syntax errors in policy." },
    {
      what: "an element that is none",
      document: statement({ Effect: "Deny", Actions: "*", Resource: "*" }),
      message: "Syntax errors in policy.",
    },
    {
      what: "no action",
      document: statement({ Effect: "Deny", Resource: "*" }),
      message: "Policy statement must contain actions.",
    },
    {
      what: "no resource",
      document: statement({ Effect: "Deny", Action: "*" }),
      message: "Policy statement must contain resources.",
    },
    {
      what: "a principal",
      document: statement({ Effect: "Deny", Action: "*", Resource: "*", Principal: "*" }),
      message: "Policy document should not specify a principal.",
    },
    {
      what: "an action without a service",
      document: statement({ Effect: "Deny", Action: "DeleteUser", Resource: "*" }),
      message: "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    },
    {
      what: "an operator that is none",
      document: statement({
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { Before: { "aws:CurrentTime": "x" } },
      }),
      message: "Invalid Condition type : Before.",
    },
  ].map(({ what, document, message }) => ({
    name: `a policy with ${what}`,
    ask: put(document),
    code: "MalformedPolicyDocumentException",
    status: 400,
    message,
  })),
  {
    name: "a trust policy without a principal",
    ask: (client) =>
      client.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: "ops",
          PolicyDocument: statement({ Effect: "Allow", Action: "sts:AssumeRole" }),
        }),
      ),
    code: "MalformedPolicyDocumentException",
    status: 400,
  },
];

describe("refused, and without an effect:", () => {
  it.each(refusals)("$name", async ({ ask, code, status, message }) => {
    const fake = await anAccount();
    const other = given(fake.plant(world).users[1]);
    const before = [fake.stateOf(UserName), fake.stateOf("other")];

    const refusal = await refusalOf(
      ask(iam(fake), {
        key: given(other.accessKeys[0]).accessKeyId,
        ssh: given(other.sshKeys[0]),
        certificate: given(other.certificates[0]),
        credential: given(other.serviceCredentials[0]).id,
        mfa: given(other.mfa[0]),
      }),
    );

    expect(refusal).toMatchObject({ name: code, status, ...(message === undefined ? {} : { message }) });
    expect([fake.stateOf(UserName), fake.stateOf("other"), fake.effects()]).toEqual([...before, 0]);
    expect(fake.violations()).toEqual([]);
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

describe("the protocol", () => {
  it("carries errors as XML with a request id, in the body and in the head", async () => {
    const fake = await anAccount();

    const answer = await fetch(fake.url, { method: "POST", body: "Action=ListUsers&Version=2010-05-08" });
    const body = await answer.text();

    const requestId = answer.headers.get("x-amzn-requestid");
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([403, "text/xml"]);
    expect(body).toBe(
      `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    );
  });

  it("asks a caller that is no user for a user's name", async () => {
    const fake = await anAccount();
    fake.plant({ roles: [{ ...given(world.roles[0]), attached: ["AdministratorAccess"] }] });
    const { Credentials } = await sts(fake).send(
      new AssumeRoleCommand({ RoleArn: `${account}:role/ops`, RoleSessionName: "s" }),
    );
    const role = {
      accessKeyId: given(Credentials?.AccessKeyId),
      secretAccessKey: given(Credentials?.SecretAccessKey),
      sessionToken: given(Credentials?.SessionToken),
    };

    expect(await refusalOf(iam(fake, role).send(new GetLoginProfileCommand({})))).toMatchObject({
      name: "ValidationError",
      message: "Must specify userName when calling with non-User credentials",
    });
  });
});
