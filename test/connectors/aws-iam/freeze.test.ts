import { denyPolicy } from "../../../connectors/aws-iam/deny-policy.ts";
import { readDeny } from "../../../connectors/aws-iam/deny-policy.ts";
import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import { plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/plant-leaver.ts";
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

const PolicyName = "LastdayDenyAll";

/** An account with a leaver, and the connector opened there. */
async function leaving(options: Parameters<typeof anAccount>[0] = {}) {
  const aws = await anAccount(options);
  const leaver = plantLeaver(aws, "robin.sample");
  const { session } = await openAt(aws);
  return { aws, leaver, session, account: accountOf(leaver) };
}

describe("the freeze", () => {
  it("stops keys and sessions at once, and gives back the exact state", async () => {
    const { aws, leaver, session, account } = await leaving();
    const before = aws.stateOf(leaver.id);
    const credentials = [...leaver.accessKeys, ...leaver.sessions];

    expect(await freeze(session, account)).toMatchObject({ state: "disabled" });

    expect(credentials.map((keys) => aws.tryKey(keys).kind)).toEqual(["denied", "denied", "denied"]);
    expect(await unfreeze(session, account)).toEqual({ state: "revoked" });
    expect(aws.stateOf(leaver.id)).toBe(before);
    expect(credentials.map((keys) => aws.tryKey(keys).kind)).toEqual(["works", "works", "works"]);
    expect(await unfreeze(session, account)).toEqual({ state: "already-gone" });
  });

  it("is one write, however often it is asked for", async () => {
    const { aws, session, account } = await leaving();

    await freeze(session, account);
    await freeze(session, account);

    expect(aws.writes().map(({ action }) => action)).toEqual(["PutUserPolicy"]);
  });

  it("is no finding, and leaves the others what they were", async () => {
    const { session, account } = await leaving();
    const before = await look(session, account);

    await freeze(session, account);

    expect((await look(session, account)).findings).toEqual(before.findings);
  });

  it.each([
    {
      name: "narrowed",
      document: {
        Version: "2012-10-17",
        Statement: [{ Sid: PolicyName, Effect: "Deny", Action: "s3:*", Resource: "*" }],
      },
    },
    {
      name: "given an exception",
      document: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: PolicyName,
            Effect: "Deny",
            Action: "*",
            Resource: "*",
            Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } },
          },
        ],
      },
    },
    { name: "turned into an allowance", document: allow("*") },
  ])("T39 is put right when somebody has $name it", async ({ document }) => {
    const { aws, leaver, session, account } = await leaving();
    await freeze(session, account);
    aws.meddle("PutUserPolicy", { UserName: leaver.name, PolicyName, PolicyDocument: JSON.stringify(document) });
    const altered = await findingOf(session, account, "session");

    expect(shown(await kindOf("session").verify(session, altered, null))).toBe("alive by state");
    expect((await look(session, account)).findings.map(({ ref }) => ref)).toContain(`${leaver.id}/${PolicyName}`);
    expect(await freeze(session, account)).toMatchObject({ state: "disabled" });

    expect(aws.tryKey(leaver.accessKeys[0] ?? aws.admin).kind).toBe("denied");
    expect((await look(session, account)).findings.map(({ ref }) => ref)).not.toContain(`${leaver.id}/${PolicyName}`);
  });

  it("puts an altered one right also where it is found as an inline policy", async () => {
    const { aws, leaver, session, account } = await leaving();
    const PolicyDocument = JSON.stringify(allow("*"));
    aws.meddle("PutUserPolicy", { UserName: leaver.name, PolicyName, PolicyDocument });
    const { findings } = await look(session, account);
    const finding = findings.find(({ ref }) => ref === `${leaver.id}/${PolicyName}`);
    if (finding === undefined) throw new Error("it was not found");

    expect(await kindOf("inline-policy").revoke(session, finding)).toEqual({ state: "revoked" });

    expect(shown(await kindOf("inline-policy").verify(session, finding, null))).toBe("dead by absence");
    expect(aws.tryKey(leaver.accessKeys[0] ?? aws.admin).kind).toBe("denied");
  });

  it("takes away only what carries our mark", async () => {
    const { aws, leaver, session, account } = await leaving();
    const PolicyDocument = JSON.stringify(allow("s3:*"));
    aws.meddle("PutUserPolicy", { UserName: leaver.name, PolicyName, PolicyDocument });
    const before = aws.stateOf(leaver.id);

    expect(await unfreeze(session, account)).toEqual({ state: "already-gone" });

    expect(aws.stateOf(leaver.id)).toBe(before);
  });

  it("says when there is no room, and finds room once the inline policies are gone", async () => {
    const aws = await anAccount();
    const large = allow(...Array.from({ length: 90 }, (_, at) => `service${at}:DoSomething`));
    const { users } = aws.plant({
      users: [{ name: "robin.sample", inline: { large }, accessKeys: [{}], sessions: [{}] }],
    });
    const [user] = users;
    if (user === undefined) throw new Error("nobody was planted");
    const { session } = await openAt(aws);
    const account = accountOf(user);

    expect(await freeze(session, account)).toMatchObject({
      state: "unsupported",
      reason: expect.stringContaining("2,048"),
    });
    const sessions = await findingOf(session, account, "session");
    expect(await kindOf("session").revoke(session, sessions)).toMatchObject({ state: "pending" });
    expect(shown(await kindOf("session").verify(session, sessions, null))).toBe("alive by state");
    await kindOf("inline-policy").revoke(session, await findingOf(session, account, "inline-policy"));

    expect(await kindOf("session").revoke(session, sessions)).toMatchObject({ state: "revoked" });
    expect(shown(await kindOf("session").verify(session, sessions, null))).toBe("dead by state");
  });

  it("F07 that is not permitted names the permission, and keeps nothing else from being done", async () => {
    const aws = await anAccount();
    const leaver = plantLeaver(aws, "robin.sample");
    const { session } = await openAt(aws, { keys: aws.plantAdmin({ deny: ["iam:PutUserPolicy"] }) });

    const outcome = await freeze(session, accountOf(leaver));

    expect(outcome).toMatchObject({ state: "unsupported", reason: expect.stringContaining("iam:PutUserPolicy") });
  });

  it("takes a lost reply for what it is, and is right the second time", async () => {
    const { aws, leaver, session, account } = await leaving();
    aws.faults.add({ on: onAction("PutUserPolicy"), fault: { name: "reset", deliver: { kind: "reset" } } });

    expect(await rejection(freeze(session, account))).toMatchObject({ code: "unavailable" });
    expect(await freeze(session, account)).toMatchObject({ state: "disabled" });

    expect(aws.writes()).toHaveLength(1);
    expect(aws.tryKey(leaver.accessKeys[0] ?? aws.admin).kind).toBe("denied");
  });
});

describe("what stands under our name", () => {
  const statement = { Sid: PolicyName, Effect: "Deny", Action: "*", Resource: "*" };
  const written = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
  it.each([
    { name: "our own words", document: denyPolicy, state: "exact" },
    { name: "encoded as IAM sends it", document: encodeURIComponent(denyPolicy), state: "exact" },
    { name: "lists of one", document: written({ ...statement, Action: ["*"], Resource: ["*"] }), state: "exact" },
    {
      name: "one statement and no list",
      document: JSON.stringify({ Version: "2012-10-17", Statement: statement }),
      state: "exact",
    },
    { name: "another version", document: denyPolicy.replace("2012-10-17", "2008-10-17"), state: "altered" },
    {
      name: "a second statement",
      document: written(statement, { Effect: "Allow", Action: "*", Resource: "*" }),
      state: "altered",
    },
    { name: "a condition", document: written({ ...statement, Condition: {} }), state: "altered" },
    { name: "two actions", document: written({ ...statement, Action: ["*", "s3:*"] }), state: "altered" },
    { name: "an allowance", document: written({ ...statement, Effect: "Allow" }), state: "altered" },
    { name: "another Sid", document: written({ ...statement, Sid: "Other" }), state: "foreign" },
    { name: "no Sid", document: written({ Effect: "Deny", Action: "*", Resource: "*" }), state: "foreign" },
    { name: "no statement", document: written(), state: "foreign" },
    { name: "no JSON", document: "Deny everything", state: "foreign" },
    { name: "broken encoding", document: "%7B%", state: "foreign" },
    { name: "JSON of another kind", document: "[1]", state: "foreign" },
  ])("$name is $state", ({ document, state }) => {
    expect(readDeny(document)).toBe(state);
  });
});
