import {
  DeleteAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import { anAccount, denyAll, given, iam, refusalOf, sts } from "./support.ts";

const UserName = "robin.sample";

describe("a leaver", () => {
  it("holds one of everything and more", async () => {
    const fake = await anAccount();
    const leaver = plantLeaver(fake, UserName);

    const counts: Record<string, number> = {};
    for (const { kind } of fake.aliveOf(UserName)) counts[kind] = (counts[kind] ?? 0) + 1;

    expect(counts).toEqual({
      "access-key": 2,
      "attached-policy": 2,
      "group-membership": 3,
      "inline-policy": 1,
      "login-profile": 1,
      "mfa-device": 1,
      "service-credential": 2,
      session: 1,
      "signing-certificate": 1,
      "ssh-key": 1,
    });
    const { User } = await iam(fake).send(new GetUserCommand({ UserName }));
    expect(User).toMatchObject({
      UserId: leaver.id,
      Arn: leaver.arn,
      PasswordLastUsed: new Date("2026-11-23T17:05:00Z"),
      PermissionsBoundary: { PermissionsBoundaryArn: `arn:aws:iam::${fake.accountId}:policy/${UserName}-bound` },
    });
    for (const credentials of [...leaver.accessKeys, given(leaver.liveSession)]) {
      expect(fake.tryKey(credentials)).toEqual({ kind: "works" });
      expect(await refusalOf(iam(fake, credentials).send(new ListAccessKeysCommand({})))).toBeNull();
    }
  });

  it("does not share what it holds with a look-alike, nor with the same name in another account", async () => {
    const fake = await anAccount();
    const other = await anAccount({ accountId: "444455556666" });
    const [leaver, lookAlike, twin] = [
      plantLeaver(fake, UserName),
      plantLeaver(fake, `${UserName}2`),
      plantLeaver(other, UserName),
    ];
    const before = [fake.stateOf(lookAlike.name), other.stateOf(UserName)];

    for (const key of leaver.accessKeys) {
      await iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId }));
    }

    expect([fake.stateOf(lookAlike.name), other.stateOf(UserName)]).toEqual(before);
    expect(given(twin.liveSession).accessKeyId).not.toBe(given(leaver.liveSession).accessKeyId);
    expect(await refusalOf(iam(other, fake.admin).send(new ListUsersCommand({})))).toMatchObject({
      name: "InvalidClientTokenId",
    });
  });
});

describe("the state of a user", () => {
  it("is the same text as long as nobody changed any, by name and by id, and holds no secret", async () => {
    const fake = await anAccount();
    const leaver = plantLeaver(fake, UserName);
    const before = fake.stateOf(UserName);
    const [key] = leaver.accessKeys;

    await sts(fake, key).send(new GetCallerIdentityCommand({}));
    await iam(fake).send(new ListUsersCommand({}));
    await refusalOf(iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: "AKIAIOSFODNN7EXAMPLE" })));

    expect([fake.stateOf(UserName), fake.stateOf(leaver.id)]).toEqual([before, before]);
    const secrets = [
      ...leaver.accessKeys.map((one) => one.secretAccessKey),
      ...leaver.serviceCredentials.map((one) => one.secret),
    ];
    for (const secret of [...secrets, given(leaver.password)]) expect(before).not.toContain(secret);
    await iam(fake).send(new TagUserCommand({ UserName, Tags: [{ Key: "left", Value: "yes" }] }));
    expect(fake.stateOf(UserName)).not.toBe(before);
  });
});

describe("what is alive", () => {
  it("a live session is, until everything is denied to it", async () => {
    const fake = await anAccount();
    const leaver = plantLeaver(fake, UserName);
    const session = given(leaver.liveSession);
    const ref = session.accessKeyId;
    const seen = [fake.alive("session", ref)];

    const most = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", NotAction: "s3:*", Resource: "*" }],
    });
    await iam(fake).send(new PutUserPolicyCommand({ UserName, PolicyName: "no", PolicyDocument: most }));
    seen.push(fake.alive("session", ref));
    await iam(fake).send(new PutUserPolicyCommand({ UserName, PolicyName: "no", PolicyDocument: denyAll }));
    seen.push(fake.alive("session", ref));

    expect(seen).toEqual([true, true, false]);
    expect(fake.tryKey(session)).toEqual({ kind: "denied" });
  });

  it.each([
    ["access-key", "AKIAIOSFODNN7EXAMPLE"],
    ["session", "ASIAIOSFODNN7EXAMPLE"],
    ["login-profile", "nobody"],
    ["group-membership", "nobody/developers"],
    ["user", "nobody"],
  ] as const)("a %s that never was is not", async (kind, ref) => {
    const fake = await anAccount();

    expect(fake.alive(kind, ref)).toBe(false);
  });
});

describe("the call log", () => {
  it("names actions and callers, tells writes from reads and effects from answers", async () => {
    const fake = await anAccount();
    const leaver = plantLeaver(fake, UserName);
    const AccessKeyId = given(leaver.accessKeys[0]).accessKeyId;
    const stop = new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" });

    await sts(fake).send(new GetCallerIdentityCommand({}));
    await iam(fake).send(stop);
    await iam(fake).send(stop);
    await refusalOf(iam(fake, leaver.accessKeys[0]).send(new ListUsersCommand({})));

    const admin = { accessKeyId: fake.admin.accessKeyId, method: "POST" };
    expect(fake.calls()).toMatchObject([
      {
        ...admin,
        service: "sts",
        action: "GetCallerIdentity",
        isWrite: false,
        hadEffect: false,
        status: 200,
        code: null,
      },
      { ...admin, service: "iam", action: "UpdateAccessKey", isWrite: true, hadEffect: true, status: 200, code: null },
      { ...admin, service: "iam", action: "UpdateAccessKey", isWrite: true, hadEffect: false, status: 200, code: null },
      { accessKeyId: AccessKeyId, action: "ListUsers", hadEffect: false, status: 403, code: "InvalidClientTokenId" },
    ]);
    expect([fake.writes().length, fake.effects()]).toEqual([2, 1]);
    fake.clearCalls();
    expect([fake.calls(), fake.writes(), fake.effects()]).toEqual([[], [], 0]);
  });

  it("keeps many calls at once apart", async () => {
    const fake = await anAccount();
    const names = Array.from({ length: 30 }, (_, at) => `user-${at}`);
    fake.plant({ users: names.map((name) => ({ name })) });

    await Promise.all(
      names.flatMap((UserName) => [
        iam(fake).send(new TagUserCommand({ UserName, Tags: [{ Key: "a", Value: UserName }] })),
        iam(fake).send(new GetUserCommand({ UserName })),
      ]),
    );

    const tagged = fake.calls().filter((call) => call.action === "TagUser");
    expect([tagged.length, fake.effects(), fake.calls().length]).toEqual([30, 30, 60]);
    expect(tagged.every((call) => call.hadEffect && call.status === 200)).toBe(true);
  });
});
