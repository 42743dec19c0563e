import {
  type IAMClient,
  ListAccessKeysCommand,
  ListServiceSpecificCredentialsCommand,
  ListUsersCommand,
  paginateGetAccountAuthorizationDetails,
  paginateListAccessKeys,
  paginateListAttachedUserPolicies,
  paginateListGroups,
  paginateListGroupsForUser,
  paginateListMFADevices,
  paginateListRoles,
  paginateListSigningCertificates,
  paginateListSSHPublicKeys,
  paginateListUserPolicies,
  paginateListUsers,
  paginateListUserTags,
  paginateListVirtualMFADevices,
  paginateSimulatePrincipalPolicy,
} from "@aws-sdk/client-iam";
import { anAccount, given, iam, policy, refusalOf } from "./support.ts";

const UserName = "robin.sample";
const kinds = ["GetObject", "PutObject", "ListBucket"].map((action) => `s3:${action}`);
const world = {
  users: [
    {
      name: UserName,
      tags: { a: "1", b: "2", c: "3" },
      accessKeys: [{}, {}],
      groups: ["a", "b", "c"],
      attached: ["AdministratorAccess", "IAMFullAccess", "IAMReadOnlyAccess"],
      inline: { a: policy("Allow", "s3:*"), b: policy("Allow", "s3:*"), c: policy("Allow", "s3:*") },
      mfa: ["virtual" as const, "virtual" as const, "virtual" as const],
      sshKeys: [{}, {}, {}],
      certificates: [{}, {}],
      serviceCredentials: [
        { serviceName: "codecommit.amazonaws.com" },
        { serviceName: "bedrock.amazonaws.com" },
        { serviceName: "cassandra.amazonaws.com" },
      ],
    },
    { name: "robin.sample2", accessKeys: [{}] },
  ],
  roles: ["one", "two", "three"].map((name) => ({
    name,
    trust: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
    },
  })),
};

/** The SDK brings no paginator for this one, though it is paged. */
async function* serviceCredentialPages(client: IAMClient) {
  let marker: { Marker?: string } = {};
  for (;;) {
    const page = await client.send(new ListServiceSpecificCredentialsCommand({ UserName, ...marker }));
    yield page;
    if (page.IsTruncated !== true || page.Marker === undefined) return;
    marker = { Marker: page.Marker };
  }
}

/** Reads all pages by the SDK's own paginator. */
async function countOf<T>(pages: AsyncIterable<T>, itemsOf: (page: T) => readonly unknown[] | undefined) {
  const sizes: number[] = [];
  for await (const page of pages) sizes.push(itemsOf(page)?.length ?? 0);
  return { items: sizes.reduce((sum, one) => sum + one, 0), largest: Math.max(0, ...sizes) };
}

const lists: readonly {
  name: string;
  items: number;
  read: (client: IAMClient, arn: string) => ReturnType<typeof countOf>;
}[] = [
  { name: "ListUsers", items: 3, read: (client) => countOf(paginateListUsers({ client }, {}), (page) => page.Users) },
  {
    name: "ListUserTags",
    items: 3,
    read: (client) => countOf(paginateListUserTags({ client }, { UserName }), (page) => page.Tags),
  },
  {
    name: "ListAccessKeys",
    items: 2,
    read: (client) => countOf(paginateListAccessKeys({ client }, { UserName }), (page) => page.AccessKeyMetadata),
  },
  {
    name: "ListGroups",
    items: 3,
    read: (client) => countOf(paginateListGroups({ client }, {}), (page) => page.Groups),
  },
  {
    name: "ListGroupsForUser",
    items: 3,
    read: (client) => countOf(paginateListGroupsForUser({ client }, { UserName }), (page) => page.Groups),
  },
  {
    name: "ListAttachedUserPolicies",
    items: 3,
    read: (client) =>
      countOf(paginateListAttachedUserPolicies({ client }, { UserName }), (page) => page.AttachedPolicies),
  },
  {
    name: "ListUserPolicies",
    items: 3,
    read: (client) => countOf(paginateListUserPolicies({ client }, { UserName }), (page) => page.PolicyNames),
  },
  {
    name: "ListMFADevices",
    items: 3,
    read: (client) => countOf(paginateListMFADevices({ client }, { UserName }), (page) => page.MFADevices),
  },
  {
    name: "ListVirtualMFADevices",
    items: 3,
    read: (client) => countOf(paginateListVirtualMFADevices({ client }, {}), (page) => page.VirtualMFADevices),
  },
  {
    name: "ListSSHPublicKeys",
    items: 3,
    read: (client) => countOf(paginateListSSHPublicKeys({ client }, { UserName }), (page) => page.SSHPublicKeys),
  },
  {
    name: "ListSigningCertificates",
    items: 2,
    read: (client) => countOf(paginateListSigningCertificates({ client }, { UserName }), (page) => page.Certificates),
  },
  {
    name: "ListServiceSpecificCredentials",
    items: 3,
    read: (client) => countOf(serviceCredentialPages(client), (page) => page.ServiceSpecificCredentials),
  },
  { name: "ListRoles", items: 3, read: (client) => countOf(paginateListRoles({ client }, {}), (page) => page.Roles) },
  {
    name: "GetAccountAuthorizationDetails",
    items: 6,
    read: (client) =>
      countOf(paginateGetAccountAuthorizationDetails({ client }, { Filter: ["User", "Role"] }), (page) => [
        ...(page.UserDetailList ?? []),
        ...(page.RoleDetailList ?? []),
      ]),
  },
  {
    name: "SimulatePrincipalPolicy",
    items: 3,
    read: (client, PolicySourceArn) =>
      countOf(
        paginateSimulatePrincipalPolicy({ client }, { PolicySourceArn, ActionNames: kinds }),
        (page) => page.EvaluationResults,
      ),
  },
];

describe("pages", () => {
  it.each(lists)("$name: one by one, all of them", async ({ items, read }) => {
    const fake = await anAccount({ pageSize: 1 });
    const arn = given(fake.plant(world).users[0]).arn;

    const forced = await read(iam(fake), arn);
    fake.setPageSize(null);
    const whole = await read(iam(fake), arn);

    expect(forced).toEqual({ items, largest: 1 });
    expect(whole).toEqual({ items, largest: items });
    expect(fake.violations()).toEqual([]);
  });

  it("are of the size that was asked for", async () => {
    const fake = await anAccount();
    fake.plant(world);

    const page = await iam(fake).send(new ListUsersCommand({ MaxItems: 2 }));

    expect([page.Users?.length, page.IsTruncated]).toEqual([2, true]);
  });

  it("lose nothing that stays, and repeat nothing, when users come and go between them", async () => {
    const fake = await anAccount({ pageSize: 2 });
    fake.plant({ users: ["a", "c", "e", "g", "i"].map((name) => ({ name })) });
    const seen: string[] = [];

    let turn = 0;
    for await (const page of paginateListUsers({ client: iam(fake) }, {})) {
      seen.push(...(page.Users ?? []).map((user) => given(user.UserName)));
      turn += 1;
      if (turn === 1) {
        fake.meddle("DeleteUser", { UserName: "c" });
        fake.meddle("CreateUser", { UserName: "b" });
        fake.meddle("CreateUser", { UserName: "f" });
      }
    }

    expect(seen).toEqual(["a", "c", "e", "f", "g", "i", "lastday-admin"]);
  });

  it.each([
    {
      name: "of another list",
      marker: async (client: IAMClient) => (await client.send(new ListUsersCommand({}))).Marker,
    },
    { name: "made up", marker: async () => "bm90IGEgbWFya2Vy" },
  ])("a marker $name is refused", async ({ marker }) => {
    const fake = await anAccount({ pageSize: 1 });
    fake.plant(world);

    const Marker = await marker(iam(fake));

    expect(await refusalOf(iam(fake).send(new ListAccessKeysCommand({ UserName, Marker })))).toMatchObject({
      name: "ValidationError",
      status: 400,
    });
  });

  it.each([0, 1_001])("a size of %s is refused", async (MaxItems) => {
    const fake = await anAccount();

    expect(await refusalOf(iam(fake).send(new ListUsersCommand({ MaxItems })))).toMatchObject({
      name: "ValidationError",
      status: 400,
    });
  });
});
