import type { FakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import { plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/plant-leaver.ts";
import { awsIam } from "../../../connectors/aws-iam/index.ts";
import {
  accountOf,
  allow,
  anAccount,
  findingOf,
  freeze,
  kindOf,
  look,
  openAt,
  rejection,
  shown,
  unfreeze,
} from "./support.ts";

/** An account with a leaver, and the connector opened there. */
async function leaving() {
  const aws = await anAccount();
  const leaver = plantLeaver(aws, "robin.sample");
  const { session } = await openAt(aws);
  return { aws, leaver, session, account: accountOf(leaver) };
}

const kinds = Object.keys(awsIam.kinds);

function idOf(aws: FakeAwsIam, name: string): string {
  return (JSON.parse(aws.stateOf(name)) as { user: { id: string } }).user.id;
}

describe("an account is a user by its id", () => {
  it("I05 follows a rename, whatever was found under the old name", async () => {
    const { aws, leaver, session, account } = await leaving();
    const { findings } = await look(session, account);
    aws.meddle("UpdateUser", { UserName: leaver.name, NewUserName: "kim.example" });

    expect(await freeze(session, account)).toMatchObject({ state: "disabled" });
    const key = findings.find(({ kind }) => kind === "access-key");
    if (key === undefined) throw new Error("no key was found");
    expect(await kindOf("access-key").revoke(session, key)).toEqual({ state: "revoked" });

    expect(shown(await kindOf("access-key").verify(session, key, null))).toBe("dead by absence");
    expect((await look(session, account)).findings.every(({ facts }) => facts["user"] === "kim.example")).toBe(true);
    expect(aws.alive("access-key", key.ref)).toBe(false);
  });

  it("I05 never touches somebody who was given the name since", async () => {
    const { aws, leaver, session, account } = await leaving();
    const { findings } = await look(session, account);
    aws.meddle("UpdateUser", { UserName: leaver.name, NewUserName: "kim.example" });
    const newcomer = plantLeaver(aws, "robin.sample");
    const before = aws.stateOf(newcomer.id);

    await freeze(session, account);
    for (const finding of findings) {
      await kindOf(finding.kind).verify(session, finding, null);
      if (awsIam.kinds[finding.kind]?.strategy !== "report" && finding.kind !== "user") {
        await kindOf(finding.kind).revoke(session, finding);
      }
    }
    await unfreeze(session, account);

    expect(aws.stateOf(newcomer.id)).toBe(before);
    expect(aws.aliveOf(leaver.id).map(({ kind }) => kind)).toEqual(["session"]);
  });

  it("I05 calls a user gone whose name somebody else has now, and leaves that one alone", async () => {
    const { aws, session } = await leaving();
    const { users } = aws.plant({ users: [{ name: "kim.example", accessKeys: [{}], sessions: [{}] }] });
    const [kim] = users;
    if (kim === undefined) throw new Error("nobody was planted");
    const { findings } = await look(session, accountOf(kim));
    for (const { accessKeyId } of kim.accessKeys) {
      aws.meddle("DeleteAccessKey", { UserName: kim.name, AccessKeyId: accessKeyId });
    }
    aws.meddle("DeleteUser", { UserName: kim.name });
    const newcomer = plantLeaver(aws, "kim.example");
    const before = aws.stateOf(newcomer.id);
    aws.clearCalls();

    expect(await freeze(session, accountOf(kim))).toEqual({ state: "already-gone" });
    for (const finding of findings) {
      expect(shown(await kindOf(finding.kind).verify(session, finding, null))).toBe("dead by absence");
      expect(await kindOf(finding.kind).revoke(session, finding)).toEqual({ state: "already-gone" });
    }
    expect((await look(session, accountOf(kim))).findings).toEqual([]);

    expect(aws.writes()).toEqual([]);
    expect(aws.stateOf(newcomer.id)).toBe(before);
  });

  it.each([
    { name: "the answer is about somebody else", fault: "answersFor", code: "invalid-response" },
    { name: "a listed user is not found", fault: "hides", code: "conflict" },
  ] as const)("F07 says $code where $name", async ({ fault, code }) => {
    const { aws, session, account } = await leaving();
    plantLeaver(aws, "other");
    const lie = fault === "hides" ? aws.lies.hides() : aws.lies.answersFor("other");
    aws.faults.add({ on: onAction("GetUser"), times: "always", fault: lie });

    expect(await rejection(freeze(session, account))).toMatchObject({ code });
    const { troubles, findings } = await look(session, account);

    expect(new Set(troubles.map(({ error }) => error.code))).toEqual(new Set([code]));
    expect(troubles.map(({ kind }) => kind)).toEqual(kinds);
    expect(findings).toEqual([]);
    expect(aws.writes()).toEqual([]);
  });

  it("is found by an id alone, with its tags", async () => {
    const { leaver, session } = await leaving();

    expect(await awsIam.account(session, leaver.id)).toMatchObject({
      id: leaver.id,
      label: "robin.sample",
      attributes: { userName: "robin.sample", path: "/staff/", arn: leaver.arn, "tag:team": "platform" },
      lastUsedAt: "2026-11-23T17:05:00.000Z",
    });
    expect(await awsIam.account(session, "AIDANOBODY")).toBeNull();
  });
});

describe("the principals", () => {
  async function listed(session: Parameters<typeof awsIam.accounts>[0]) {
    const all = [];
    for await (const { items } of awsIam.accounts(session)) all.push(...items);
    return all;
  }

  it.each([
    { name: "in few calls", deny: [], calls: ["GetAccountAuthorizationDetails", "ListUsers"] },
    {
      name: "one user at a time, where the whole is not permitted",
      deny: ["iam:GetAccountAuthorizationDetails"],
      calls: ["GetAccountAuthorizationDetails", "ListUsers", "ListUserTags", "ListUserTags", "ListUserTags"],
    },
  ])("are listed with their tags, $name", async ({ deny, calls }) => {
    const aws = await anAccount();
    plantLeaver(aws, "robin.sample");
    const keys = aws.plantAdmin({ deny });
    const { session } = await openAt(aws, { keys });

    const principals = await listed(session);

    expect(principals.map(({ label, attributes }) => [label, attributes["tag:employee-id"]])).toEqual([
      ["lastday-admin", undefined],
      [keys.userName, undefined],
      ["robin.sample", "e-robin.sample"],
    ]);
    expect(aws.calls().map(({ action }) => action)).toEqual(calls);
  });

  it("I14 are no whole list where tags cannot be read at all", async () => {
    const aws = await anAccount();
    const deny = ["iam:GetAccountAuthorizationDetails", "iam:ListUserTags"];
    const { session } = await openAt(aws, { keys: aws.plantAdmin({ deny }) });

    expect(await rejection(listed(session))).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("iam:ListUserTags"),
    });
  });
});

describe("our own identity", () => {
  it("T51 is listed, and never frozen, ended or deleted", async () => {
    const { aws, session } = await leaving();
    const account = { id: idOf(aws, "lastday-admin"), label: "lastday-admin" };
    const before = aws.stateOf(account.id);
    const refused = { code: "bad-request", message: expect.stringContaining("Lastday itself works with") };

    expect(await rejection(freeze(session, account))).toMatchObject(refused);
    expect(await rejection(unfreeze(session, account))).toMatchObject(refused);
    const { findings } = await look(session, account);
    for (const finding of findings) {
      for (const verb of ["disable", "restore", "revoke"] as const) {
        if (awsIam.kinds[finding.kind]?.[verb] === undefined) continue;
        expect(await rejection(kindOf(finding.kind)[verb](session, finding))).toMatchObject(refused);
      }
    }

    expect(findings.map(({ kind }) => kind)).toEqual(["session", "access-key", "inline-policy", "user"]);
    expect(aws.stateOf(account.id)).toBe(before);
    expect(aws.writes()).toEqual([]);
  });

  it("T51 is so also where it only assumes the role that works", async () => {
    const aws = await anAccount();
    const keys = aws.plantAdmin({ name: "machine", allow: ["sts:AssumeRole"] });
    const trust = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: keys.arn },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "sts:ExternalId": "acme" } },
        },
      ],
    };
    const { roles } = aws.plant({ roles: [{ name: "lastday", trust, inline: { all: allow("*") } }] });
    const leaver = plantLeaver(aws, "robin.sample");
    const assumeRole = { roleArn: roles[0]?.arn, externalId: "acme" };
    const { session } = await openAt(aws, { keys, settings: { assumeRole } });

    expect(await freeze(session, accountOf(leaver))).toMatchObject({ state: "disabled" });
    const machine = { id: idOf(aws, "machine"), label: "machine" };
    expect(await rejection(freeze(session, machine))).toMatchObject({ code: "bad-request" });

    expect(aws.writes().map(({ accessKeyId }) => accessKeyId?.slice(0, 4))).toEqual(["ASIA"]);
    expect(aws.calls().filter(({ action }) => action === "AssumeRole")).toHaveLength(1);
  });
});

describe("credentials of another account", () => {
  it("I14 prove nobody's absence", async () => {
    const [aws, other] = [await anAccount(), await anAccount({ accountId: "444455556666" })];
    const leaver = plantLeaver(aws, "robin.sample");
    const here = await openAt(aws, { settings: { accountId: aws.accountId } });
    const finding = await findingOf(here.session, accountOf(leaver), "access-key");
    const { session } = await openAt(other, { settings: { accountId: aws.accountId } });

    for (const work of [
      () => freeze(session, accountOf(leaver)),
      () => kindOf("access-key").verify(session, finding, null),
      () => kindOf("access-key").revoke(session, finding),
      () => awsIam.account(session, leaver.id),
    ]) {
      expect(await rejection(work())).toMatchObject({
        code: "not-visible",
        message: expect.stringContaining("lists account 444455556666, and this target is 111122223333"),
      });
    }
  });
});
