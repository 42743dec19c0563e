import {
  CreateUserCommand,
  DeleteUserCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccountAliasesCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { anAccount, denyAll, given, iam, policy, refusalOf } from "./support.ts";

const UserName = "robin.sample";
const boundary = "arn:aws:iam::aws:policy/PowerUserAccess";

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
