import {
  CreateAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListGroupsCommand,
  ListUsersCommand,
  PutUserPermissionsBoundaryCommand,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { PlantUser } from "../../../connectors/testkit/fakes/aws-iam/plant.ts";
import { anAccount, denyAll, given, iam, policy, refusalOf, sts } from "./support.ts";

const everything = policy("Allow", "*");
const denied = "with an explicit deny in an identity-based policy";
const notAllowed = "because no identity-based policy allows the iam:ListAccessKeys action";
const outOfBounds = "because no permissions boundary allows the iam:ListAccessKeys action";

/** What a user with these policies is told who lists its own keys; null when they are shown. */
const situations: readonly { name: string; user: Partial<PlantUser>; reason: string | null }[] = [
  { name: "nothing allows", user: {}, reason: notAllowed },
  { name: "an inline policy allows", user: { inline: { a: everything } }, reason: null },
  { name: "an attached policy allows", user: { attached: ["AdministratorAccess"] }, reason: null },
  { name: "a group's inline policy allows", user: { groups: ["inline"] }, reason: null },
  { name: "a group's attached policy allows", user: { groups: ["attached"] }, reason: null },
  { name: "another action is allowed", user: { inline: { a: policy("Allow", "iam:ListUsers") } }, reason: notAllowed },
  { name: "a pattern allows", user: { inline: { a: policy("Allow", "IAM:list*keys") } }, reason: null },
  {
    name: "all but others is allowed",
    user: { inline: { a: policy("Allow", [], { Action: undefined, NotAction: ["s3:*"] }) } },
    reason: null,
  },
  {
    name: "all but this is allowed",
    user: { inline: { a: policy("Allow", [], { Action: undefined, NotAction: ["iam:*"] }) } },
    reason: notAllowed,
  },
  {
    name: "it is allowed for the user itself",
    user: { inline: { a: policy("Allow", "iam:*", { Resource: "arn:aws:iam::*:user/${aws:username}" }) } },
    reason: null,
  },
  {
    name: "it is allowed for another user",
    user: { inline: { a: policy("Allow", "iam:*", { Resource: "arn:aws:iam::*:user/somebody" }) } },
    reason: notAllowed,
  },
  {
    name: "it is allowed for all but the user",
    user: {
      inline: {
        a: policy("Allow", "iam:*", { Resource: undefined, NotResource: "arn:aws:iam::*:user/robin.sample" }),
      },
    },
    reason: notAllowed,
  },
  { name: "a deny beside an allow wins", user: { inline: { a: everything, b: denyAll } }, reason: denied },
  { name: "an attached deny wins", user: { inline: { a: everything }, attached: ["AWSDenyAll"] }, reason: denied },
  { name: "a group's deny wins", user: { inline: { a: everything }, groups: ["denied"] }, reason: denied },
  {
    name: "a boundary that allows changes nothing",
    user: { inline: { a: everything }, boundary: "IAMFullAccess" },
    reason: null,
  },
  {
    name: "a boundary that does not allow bounds",
    user: { inline: { a: everything }, boundary: "PowerUserAccess" },
    reason: outOfBounds,
  },
  { name: "a boundary grants nothing", user: { boundary: "AdministratorAccess" }, reason: notAllowed },
  {
    name: "a boundary that denies says so",
    user: { inline: { a: everything }, boundary: "AWSDenyAll" },
    reason: "with an explicit deny in a permissions boundary",
  },
  {
    name: "a condition that holds",
    user: {
      inline: { a: policy("Allow", "*", { Condition: { StringEquals: { "aws:username": ["x", "robin.sample"] } } }) },
    },
    reason: null,
  },
  {
    name: "a condition that does not hold",
    user: { inline: { a: policy("Allow", "*", { Condition: { StringEquals: { "aws:username": "x" } } }) } },
    reason: notAllowed,
  },
];

describe("authorization", () => {
  it.each(situations)("$name", async ({ user, reason }) => {
    const fake = await anAccount();
    const { users } = fake.plant({
      groups: [
        { name: "inline", inline: { a: everything } },
        { name: "attached", attached: ["IAMFullAccess"] },
        { name: "denied", inline: { a: denyAll } },
      ],
      users: [{ name: "robin.sample", accessKeys: [{}], ...user }],
    });
    const key = given(given(users[0]).accessKeys[0]);
    const PolicySourceArn = given(users[0]).arn;

    const refusal = await refusalOf(iam(fake, key).send(new ListAccessKeysCommand({})));
    const simulated = await iam(fake).send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: ["iam:ListAccessKeys"],
        ResourceArns: [PolicySourceArn],
      }),
    );

    const start = `User: ${PolicySourceArn} is not authorized to perform: iam:ListAccessKeys on resource: user robin.sample`;
    expect(refusal).toEqual(
      reason === null ? null : { name: "AccessDenied", status: 403, message: `${start} ${reason}` },
    );
    const decision = reason === null ? "allowed" : reason.startsWith("with") ? "explicitDeny" : "implicitDeny";
    expect(simulated.EvaluationResults).toMatchObject([
      { EvalActionName: "iam:ListAccessKeys", EvalDecision: decision },
    ]);
  });

  it("no policy says who may ask who it is", async () => {
    const fake = await anAccount();
    const { users } = fake.plant({ users: [{ name: "robin.sample", accessKeys: [{}], inline: { no: denyAll } }] });
    const user = given(users[0]);

    const identity = await sts(fake, user.accessKeys[0]).send(new GetCallerIdentityCommand({}));

    expect(identity).toMatchObject({ UserId: user.id, Account: fake.accountId, Arn: user.arn });
    expect(fake.tryKey(given(user.accessKeys[0]))).toEqual({ kind: "denied" });
  });

  it("a permission is missing before anybody looks whether the thing is there", async () => {
    const fake = await anAccount();
    const reader = fake.plantAdmin({ allow: ["iam:List*"] });

    const refusal = await refusalOf(iam(fake, reader).send(new GetUserCommand({ UserName: "nobody" })));

    expect(refusal).toMatchObject({ name: "AccessDenied", status: 403 });
    expect(refusal?.message).toContain("iam:GetUser on resource: user nobody");
  });

  it.each([
    { rights: { allow: ["iam:List*"] }, may: [true, true, false] },
    { rights: { deny: ["iam:ListUsers"] }, may: [false, true, true] },
    { rights: {}, may: [true, true, true] },
  ])("an administrator with $rights", async ({ rights, may }) => {
    const fake = await anAccount();
    fake.plant({ users: [{ name: "robin.sample" }] });
    const client = iam(fake, fake.plantAdmin(rights));

    const refusals = [
      await refusalOf(client.send(new ListUsersCommand({}))),
      await refusalOf(client.send(new ListGroupsCommand({}))),
      await refusalOf(client.send(new CreateAccessKeyCommand({ UserName: "robin.sample" }))),
    ];

    expect(refusals.map((one) => one === null)).toEqual(may);
  });

  it("what is refused has no effect", async () => {
    const fake = await anAccount();
    const { users } = fake.plant({ users: [{ name: "robin.sample", accessKeys: [{}] }] });
    const before = fake.stateOf("robin.sample");
    const client = iam(fake, given(users[0]).accessKeys[0]);

    await refusalOf(client.send(new CreateAccessKeyCommand({})));
    await refusalOf(
      client.send(
        new PutUserPermissionsBoundaryCommand({
          UserName: "robin.sample",
          PermissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      ),
    );

    expect(fake.stateOf("robin.sample")).toBe(before);
    expect([fake.writes().map((call) => call.code), fake.effects()]).toEqual([["AccessDenied", "AccessDenied"], 0]);
  });
});
