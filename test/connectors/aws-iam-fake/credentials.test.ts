import {
  DeleteAccessKeyCommand,
  DeleteUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from "@aws-sdk/client-sts";
import { type FakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { PlantUser } from "../../../connectors/testkit/fakes/aws-iam/plant.ts";
import { anAccount, denyAll, denyOlderThan, given, iam, policy, refusalOf, sts } from "./support.ts";

const UserName = "robin.sample";

/** A user who may do everything, with a key and whatever else is given. */
function plantUser(fake: FakeAwsIam, more: Partial<PlantUser> = {}) {
  const wanted = { name: UserName, accessKeys: [{}], inline: { all: policy("Allow", "*") }, ...more };
  const user = given(fake.plant({ users: [wanted] }).users[0]);
  return { user, key: given(user.accessKeys[0]) };
}

/** Temporary credentials as the SDK hands them out, as the SDK takes them. */
const asCredentials = (
  made:
    | { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined }
    | undefined,
) => ({
  accessKeyId: given(made?.AccessKeyId),
  secretAccessKey: given(made?.SecretAccessKey),
  sessionToken: given(made?.SessionToken),
});

const identity = (fake: FakeAwsIam, credentials: Parameters<typeof sts>[1]) =>
  refusalOf(sts(fake, credentials).send(new GetCallerIdentityCommand({})));

const invalid = {
  name: "InvalidClientTokenId",
  status: 403,
  message: "The security token included in the request is invalid.",
};

describe("a long-term key", () => {
  it("works, does not while it is inactive, and never again once it is deleted", async () => {
    const fake = await anAccount();
    const { key } = plantUser(fake);
    const set = (Status: "Active" | "Inactive") =>
      iam(fake).send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId, Status }));
    const seen: unknown[] = [await identity(fake, key)];

    await set("Inactive");
    seen.push(await identity(fake, key), fake.tryKey(key));
    await set("Active");
    seen.push(await identity(fake, key), fake.tryKey(key));
    await iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId }));
    seen.push(await identity(fake, key), fake.tryKey(key));

    const refused = { kind: "refused", code: "InvalidClientTokenId" };
    expect(seen).toEqual([null, invalid, refused, null, { kind: "works" }, invalid, refused]);
  });

  it.each([
    { name: "with a wrong secret", change: { secretAccessKey: "x".repeat(40) }, code: "SignatureDoesNotMatch" },
    { name: "that nobody has", change: { accessKeyId: "AKIAIOSFODNN7EXAMPLE" }, code: "InvalidClientTokenId" },
    { name: "with a session token", change: { sessionToken: "made up" }, code: "InvalidClientTokenId" },
  ])("$name is refused", async ({ change, code }) => {
    const fake = await anAccount();
    const { key } = plantUser(fake);

    expect(await identity(fake, { ...key, ...change })).toMatchObject({ name: code, status: 403 });
    expect(fake.tryKey({ ...key, ...change })).toEqual({ kind: "refused", code });
  });

  it("is needed at all", async () => {
    const fake = await anAccount();

    const answer = await fetch(fake.url, { method: "POST", body: "Action=ListUsers&Version=2010-05-08" });

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  it("has a last use, which is no change of its user", async () => {
    const fake = await anAccount();
    const { key } = plantUser(fake);
    const before = fake.stateOf(UserName);
    const lastUse = async () =>
      (await iam(fake).send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.accessKeyId }))).AccessKeyLastUsed;

    const never = await lastUse();
    await identity(fake, key);
    const used = await lastUse();

    expect(never).toEqual({ ServiceName: "N/A", Region: "N/A" });
    expect(used).toMatchObject({ ServiceName: "sts", Region: "eu-central-1", LastUsedDate: expect.any(Date) as Date });
    expect(fake.stateOf(UserName)).toBe(before);
  });
});

describe("a user's session", () => {
  it("is got by a key, with MFA, and outlives it", async () => {
    const fake = await anAccount();
    const { user, key } = plantUser(fake, { mfa: ["virtual"] });
    const made = await sts(fake, key).send(
      new GetSessionTokenCommand({ SerialNumber: user.mfa[0], TokenCode: "123456", DurationSeconds: 129_600 }),
    );
    const session = asCredentials(made.Credentials);

    await iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId }));

    expect(await identity(fake, session)).toBeNull();
    expect(await refusalOf(iam(fake, session).send(new GetUserCommand({})))).toBeNull();
    expect(fake.aliveOf(UserName)).toContainEqual({ kind: "session", ref: session.accessKeyId });
  });

  it("without MFA is no use with IAM, and cannot get another one", async () => {
    const fake = await anAccount();
    const { key } = plantUser(fake);
    const session = asCredentials((await sts(fake, key).send(new GetSessionTokenCommand({}))).Credentials);

    expect(await identity(fake, session)).toBeNull();
    expect(await refusalOf(iam(fake, session).send(new GetUserCommand({})))).toEqual(invalid);
    expect(await refusalOf(sts(fake, session).send(new GetSessionTokenCommand({})))).toMatchObject({
      name: "AccessDenied",
    });
  });

  it("with a code of somebody else's device is not got", async () => {
    const fake = await anAccount();
    const { key } = plantUser(fake);
    const other = given(fake.plant({ users: [{ name: "other", mfa: ["virtual"] }] }).users[0]);

    const asked = new GetSessionTokenCommand({ SerialNumber: other.mfa[0], TokenCode: "123456" });

    expect(await refusalOf(sts(fake, key).send(asked))).toMatchObject({ name: "AccessDenied", status: 403 });
  });

  it("ends when its time is over", async () => {
    let now = Date.now();
    const fake = await anAccount({ clock: () => now });
    const { user } = plantUser(fake, { sessions: [{}] });
    const session = given(user.liveSession);
    const before = await identity(fake, session);

    now += 35 * 3_600_000 + 1_000;

    expect([before, fake.tryKey(session)]).toEqual([null, { kind: "refused", code: "ExpiredToken" }]);
    expect(await identity(fake, session)).toMatchObject({ name: "ExpiredToken", status: 403 });
    expect(fake.aliveOf(UserName).map((one) => one.kind)).not.toContain("session");
  });

  it.each([
    { name: "a deny of everything", document: denyAll, isDenied: { session: true, key: true } },
    {
      name: "a deny of what was issued before now",
      document: denyOlderThan(new Date(Date.now() + 60_000)),
      isDenied: { session: true, key: false },
    },
    {
      name: "a deny of what was issued before it",
      document: denyOlderThan(new Date(Date.now() - 2 * 3_600_000)),
      isDenied: { session: false, key: false },
    },
  ])("under $name: $isDenied, though it can still say who it is", async ({ document, isDenied }) => {
    const fake = await anAccount();
    const { user, key } = plantUser(fake, { sessions: [{}] });
    const session = given(user.liveSession);
    const isRefused = async (credentials: typeof key) => {
      const refusal = await refusalOf(iam(fake, credentials).send(new ListUsersCommand({})));
      return refusal?.name === "AccessDenied";
    };

    await iam(fake).send(new PutUserPolicyCommand({ UserName, PolicyName: "no", PolicyDocument: document }));
    const seen = { session: await isRefused(session), key: await isRefused(key) };
    const alive = fake.alive("session", session.accessKeyId);
    const identities = [await identity(fake, session), await identity(fake, key)];
    await iam(fake).send(new DeleteUserPolicyCommand({ UserName, PolicyName: "no" }));

    expect([seen, alive, identities]).toEqual([isDenied, !isDenied.session, [null, null]]);
    expect([await isRefused(session), await isRefused(key)]).toEqual([false, false]);
  });
});

describe("an assumed role", () => {
  const account = "arn:aws:iam::111122223333";
  const outsider = "arn:aws:iam::999988887777:user/lastday";
  const trusting = (AWS: string | readonly string[], more: object = {}) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS }, ...more }],
  });
  const withId = { Condition: { StringEquals: { "sts:ExternalId": "e-1" } } };

  it.each([
    { name: "names the user", trust: trusting(`${account}:user/robin.sample`), own: [], isLetIn: true },
    { name: "names the account, and the user may", trust: trusting(`${account}:root`), own: ["sts:*"], isLetIn: true },
    { name: "names the account, and the user may not", trust: trusting(`${account}:root`), own: [], isLetIn: false },
    { name: "names another", trust: trusting(outsider), own: ["*"], isLetIn: false },
    {
      name: "wants an external id that is given",
      trust: trusting(`${account}:user/robin.sample`, withId),
      own: [],
      ExternalId: "e-1",
      isLetIn: true,
    },
    {
      name: "wants another external id",
      trust: trusting(`${account}:user/robin.sample`, withId),
      own: [],
      ExternalId: "e-2",
      isLetIn: false,
    },
    { name: "wants an external id, and gets none", trust: trusting("*", withId), own: ["*"], isLetIn: false },
  ])("$name: let in is $isLetIn", async ({ trust, own, isLetIn, ...asked }) => {
    const fake = await anAccount();
    const inline = own.length === 0 ? {} : { own: policy("Allow", own) };
    const { key } = plantUser(fake, { inline });
    fake.plant({ roles: [{ name: "ops", trust, inline: { list: policy("Allow", "iam:ListUsers") } }] });
    const RoleArn = `${account}:role/ops`;

    const call = sts(fake, key).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "s", ...asked }));
    const refusal = await refusalOf(call);

    if (!isLetIn) {
      const message = `User: ${account}:user/robin.sample is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
      expect(refusal).toEqual({ name: "AccessDenied", status: 403, message });
      return;
    }
    const role = asCredentials((await call).Credentials);
    const who = await sts(fake, role).send(new GetCallerIdentityCommand({}));
    expect(who.Arn).toBe("arn:aws:sts::111122223333:assumed-role/ops/s");
    expect(await refusalOf(iam(fake, role).send(new ListUsersCommand({})))).toBeNull();
    expect(await refusalOf(iam(fake, role).send(new GetUserCommand({ UserName })))).toMatchObject({
      name: "AccessDenied",
    });
  });

  it("is no write, and changes nothing", async () => {
    const fake = await anAccount();
    fake.plant({ roles: [{ name: "ops", trust: trusting(`${account}:root`) }] });

    await sts(fake).send(new AssumeRoleCommand({ RoleArn: `${account}:role/ops`, RoleSessionName: "s" }));

    expect([fake.calls().length, fake.writes(), fake.effects()]).toEqual([1, [], 0]);
  });

  it("is denied to a user under a deny, though the role names it", async () => {
    const fake = await anAccount();
    const { key } = plantUser(fake, { inline: { no: denyAll } });
    fake.plant({ roles: [{ name: "ops", trust: trusting(`${account}:user/robin.sample`) }] });

    const call = new AssumeRoleCommand({ RoleArn: `${account}:role/ops`, RoleSessionName: "s" });

    expect((await refusalOf(sts(fake, key).send(call)))?.message).toContain("with an explicit deny");
  });

  it("is narrowed by a session policy", async () => {
    const fake = await anAccount();
    fake.plant({ roles: [{ name: "ops", trust: trusting(`${account}:root`), attached: ["AdministratorAccess"] }] });
    const Policy = policy("Allow", "iam:ListUsers");

    const asked = new AssumeRoleCommand({ RoleArn: `${account}:role/ops`, RoleSessionName: "s", Policy });
    const role = asCredentials((await sts(fake).send(asked)).Credentials);

    expect(await refusalOf(iam(fake, role).send(new ListUsersCommand({})))).toBeNull();
    expect(
      (await refusalOf(iam(fake, role).send(new GetUserCommand({ UserName: "lastday-admin" }))))?.message,
    ).toContain("because no session policy allows the iam:GetUser action");
  });

  it("lets in a principal of another account, who is no use with IAM here", async () => {
    const fake = await anAccount();
    const trust = trusting(outsider, withId);
    const { outsiders } = fake.plant({
      outsiders: [{ arn: outsider }],
      roles: [{ name: "ops", trust, attached: ["IAMFullAccess"] }],
    });
    const key = given(outsiders[0]);

    const asked = { RoleArn: `${account}:role/ops`, RoleSessionName: "s", ExternalId: "e-1" };
    const made = await sts(fake, key).send(new AssumeRoleCommand(asked));

    expect(await refusalOf(iam(fake, key).send(new ListUsersCommand({})))).toEqual(invalid);
    expect(await refusalOf(iam(fake, asCredentials(made.Credentials)).send(new ListUsersCommand({})))).toBeNull();
  });
});
