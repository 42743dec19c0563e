import { Secret } from "../../../connectors/contract/secret.ts";
import type { Call } from "../../../connectors/testkit/faults/index.ts";
import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import { plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/plant-leaver.ts";
import { accountOf, actions, anAccount, findingOf, freeze, kindOf, openAt, shown } from "./support.ts";

function materialOf(keys: object) {
  return { material: new Secret(JSON.stringify(keys)) };
}

/** An account with a leaver, the connector opened there, and the finding of its sessions. */
async function leaving(options: Parameters<typeof anAccount>[0] = {}) {
  const aws = await anAccount(options);
  const leaver = plantLeaver(aws, "robin.sample");
  const { session } = await openAt(aws);
  const account = accountOf(leaver);
  const finding = await findingOf(session, account, "session");
  const live = leaver.liveSession;
  if (live === null) throw new Error("there is no session");
  return { aws, leaver, session, account, finding, live };
}

const sessions = kindOf("session");

/** Calls that were signed with a key. */
function withKey(accessKeyId: string) {
  return { when: ({ headers }: Call) => (headers.authorization ?? "").includes(accessKeyId) };
}

describe("live sessions", () => {
  it("are assumed, one item for a user, and ended by the freeze", async () => {
    const { session, account, finding } = await leaving();

    expect(shown(await sessions.verify(session, finding, null))).toBe("alive by state");
    await freeze(session, account);

    expect(shown(await sessions.verify(session, finding, null))).toBe("dead by state");
    expect(await sessions.revoke(session, finding)).toMatchObject({ state: "already-gone" });
  });

  it("are ended also where nobody has frozen", async () => {
    const { aws, session, finding, live } = await leaving();

    expect(await sessions.revoke(session, finding)).toMatchObject({ state: "revoked" });

    expect(aws.tryKey(live).kind).toBe("denied");
  });

  it("outlive the key they were made with, which is no proof of their end", async () => {
    const { aws, leaver, session, finding, live } = await leaving();
    for (const { accessKeyId: AccessKeyId } of leaver.accessKeys) {
      aws.meddle("DeleteAccessKey", { UserName: leaver.name, AccessKeyId });
    }

    expect(aws.tryKey(live).kind).toBe("works");
    expect(shown(await sessions.verify(session, finding, null))).toBe("alive by state");
  });

  it("are dead by a try that the policy denies, never by asking who they are", async () => {
    const { aws, session, account, finding, live } = await leaving();
    await freeze(session, account);
    aws.clearCalls();

    const verdict = await sessions.verify(session, finding, materialOf(live));

    expect(shown(verdict)).toBe("dead by probe");
    const tried = aws.calls().filter(({ accessKeyId }) => accessKeyId === live.accessKeyId);
    expect(tried.map(({ action }) => action)).toEqual(["GetUser"]);
    expect(actions(aws)).not.toContain("GetCallerIdentity");
    expect(aws.effects()).toBe(0);
  });

  it("I07 are not dead for a session that was made without MFA and that IAM refuses anyway", async () => {
    const aws = await anAccount();
    const { users } = aws.plant({ users: [{ name: "robin.sample", sessions: [{ hasMfa: false }] }] });
    const [user] = users;
    const live = user?.liveSession ?? null;
    if (user === undefined || live === null) throw new Error("there is no session");
    const { session } = await openAt(aws);
    const finding = await findingOf(session, accountOf(user), "session");

    expect(shown(await sessions.verify(session, finding, materialOf(live)))).toBe("alive by state");
    await freeze(session, accountOf(user));
    expect(shown(await sessions.verify(session, finding, materialOf(live)))).toBe("dead by state");
    aws.meddle("DeleteUserPolicy", { UserName: user.name, PolicyName: "LastdayDenyAll" });
    expect(shown(await sessions.verify(session, finding, materialOf(live)))).toBe("alive by state");
  });

  it("are not known to be dead while the policy is not yet in force", async () => {
    const { aws, session, account, finding, live } = await leaving();
    await freeze(session, account);
    const message =
      "not authorized to perform: iam:GetUser because no identity-based policy allows the iam:GetUser action";
    aws.faults.add({ on: withKey(live.accessKeyId), fault: aws.lies.answersError(403, "AccessDenied", message) });

    expect(shown(await sessions.verify(session, finding, materialOf(live)))).toBe("unknown by probe");
    expect(shown(await sessions.verify(session, finding, materialOf(live)))).toBe("dead by probe");
  });

  it.each([
    { name: "has expired", answers: [{ status: 403, code: "ExpiredToken" }], verdict: "dead by probe" },
    {
      name: "is known nowhere",
      answers: [
        { status: 403, code: "InvalidClientTokenId" },
        { status: 403, code: "InvalidClientTokenId" },
      ],
      verdict: "dead by probe",
    },
    { name: "is refused without a reason", answers: [{ status: 403, code: "AccessDenied" }], verdict: "dead by state" },
  ])("where the session $name: $verdict", async ({ answers, verdict }) => {
    const { aws, session, account, finding, live } = await leaving();
    await freeze(session, account);
    for (const { status, code } of answers) {
      aws.faults.add({ on: withKey(live.accessKeyId), fault: aws.lies.answersError(status, code) });
    }

    expect(shown(await sessions.verify(session, finding, materialOf(live)))).toBe(verdict);
    expect(aws.faults.unfired()).toEqual([]);
  });

  it("are alive as soon as one is let in", async () => {
    const { aws, session, account, finding, live } = await leaving();
    await freeze(session, account);
    const { arn, name, id } = { arn: "arn:aws:iam::111122223333:user/x", name: "x", id: "AIDAX" };
    const raw = `<GetUserResponse><GetUserResult><User><Path>/</Path><UserName>${name}</UserName><UserId>${id}</UserId><Arn>${arn}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User></GetUserResult></GetUserResponse>`;
    const instead = () => ({ status: 200, content: { raw, type: "text/xml" } });
    aws.faults.add({ on: withKey(live.accessKeyId), fault: { name: "lets-in", instead } });

    expect(shown(await sessions.verify(session, finding, materialOf(live)))).toBe("alive by probe");
  });

  it("are alive where IAM does not decide by our policy, although it stands", async () => {
    const { aws, session, account, finding } = await leaving();
    await freeze(session, account);
    aws.faults.add({
      on: onAction("SimulatePrincipalPolicy"),
      fault: {
        name: "allows",
        rewrite: (reply) =>
          reply.content !== undefined && "raw" in reply.content
            ? { ...reply, content: { ...reply.content, raw: reply.content.raw.replace("explicitDeny", "allowed") } }
            : reply,
      },
    });

    expect(shown(await sessions.verify(session, finding, null))).toBe("alive by state");
  });

  it("I16 are proven by the policy alone where the server cannot simulate, and the verdict says so", async () => {
    const { session, account, finding } = await leaving({ unknownActions: ["SimulatePrincipalPolicy"] });
    await freeze(session, account);

    const verdict = await sessions.verify(session, finding, null);

    expect(verdict).toMatchObject({ state: "dead", by: "state", reason: expect.stringContaining("cannot simulate") });
  });

  it.each([{ text: "not JSON" }, { text: "{}" }, { text: '{"accessKeyId":1}' }])(
    "are proven by state where the material cannot be read: $text",
    async ({ text }) => {
      const { session, account, finding } = await leaving();
      await freeze(session, account);

      expect(shown(await sessions.verify(session, finding, { material: new Secret(text) }))).toBe("dead by state");
    },
  );

  it("are gone with the user", async () => {
    const { aws, session, account, finding } = await leaving();
    const { users } = aws.plant({ users: [{ name: "kim.example", sessions: [{}] }] });
    const [kim] = users;
    if (kim === undefined) throw new Error("nobody was planted");
    const hers = await findingOf(session, accountOf(kim), "session");
    aws.meddle("DeleteUser", { UserName: kim.name });

    expect(shown(await sessions.verify(session, hers, null))).toBe("dead by absence");
    expect(await sessions.revoke(session, hers)).toEqual({ state: "already-gone" });
    expect(shown(await sessions.verify(session, finding, null))).toBe("alive by state");
    expect(account.id).not.toBe(kim.id);
  });
});

describe("an access key that is at hand", () => {
  it("is tried: refused once it is off, though it may still be listed", async () => {
    const { leaver, session, account } = await leaving();
    const finding = await findingOf(session, account, "access-key");
    const keys = leaver.accessKeys.find(({ accessKeyId }) => accessKeyId === finding.ref);
    const probe = materialOf(keys ?? {});

    expect(shown(await kindOf("access-key").verify(session, finding, probe))).toBe("alive by state");
    expect(await kindOf("access-key").disable(session, finding)).toMatchObject({ state: "disabled" });

    expect(shown(await kindOf("access-key").verify(session, finding, probe))).toBe("dead by probe");
    expect(shown(await kindOf("access-key").verify(session, finding, null))).toBe("dead by state");
  });

  it("F08 is alive while it is let in, whatever the list says", async () => {
    const { aws, leaver, session, account } = await leaving();
    const finding = await findingOf(session, account, "access-key");
    const keys = leaver.accessKeys.find(({ accessKeyId }) => accessKeyId === finding.ref);
    aws.faults.add({
      on: onAction("ListAccessKeys"),
      times: "always",
      fault: {
        name: "empty",
        rewrite: (reply) =>
          reply.content !== undefined && "raw" in reply.content
            ? { ...reply, content: { ...reply.content, raw: reply.content.raw.replace(/<member>[^]*<\/member>/, "") } }
            : reply,
      },
    });

    expect(shown(await kindOf("access-key").verify(session, finding, materialOf(keys ?? {})))).toBe("alive by probe");
  });
});
