import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import type { PlantUser } from "../../../connectors/testkit/fakes/aws-iam/plant.ts";
import { awsIam } from "../../../connectors/aws-iam/index.ts";
import { accountOf, allow, anAccount, findingOf, freeze, kindOf, openAt, rejection, shown } from "./support.ts";

const user = kindOf("user");

/** A user with a boundary and a session, frozen, and nothing else but what a test gives it. */
async function leaving(more: Partial<PlantUser> = {}) {
  const aws = await anAccount();
  const { users } = aws.plant({
    policies: [{ name: "bound", document: allow("s3:*") }],
    users: [{ name: "robin.sample", boundary: "bound", sessions: [{}], ...more }],
  });
  const [leaver] = users;
  if (leaver === undefined) throw new Error("nobody was planted");
  const { session } = await openAt(aws);
  const account = accountOf(leaver);
  const finding = await findingOf(session, account, "user");
  await freeze(session, account);
  aws.clearCalls();
  return { aws, leaver, session, account, finding };
}

const wrote = (aws: Awaited<ReturnType<typeof anAccount>>) => aws.writes().map(({ action }) => action);

describe("the user itself", () => {
  it("I06 goes last: the boundary, then our deny, then the user, and no conflict is met", async () => {
    const { aws, session, finding } = await leaving();

    expect(await user.revoke(session, finding)).toEqual({ state: "revoked" });

    expect(wrote(aws)).toEqual(["DeleteUserPermissionsBoundary", "DeleteUserPolicy", "DeleteUser"]);
    expect(aws.calls().filter(({ code }) => code === "DeleteConflict")).toEqual([]);
    expect(shown(await user.verify(session, finding, null))).toBe("dead by absence");
    expect(await user.revoke(session, finding)).toEqual({ state: "already-gone" });
  });

  it.each([
    { name: "an access key", more: { accessKeys: [{}] }, left: "access-key" },
    { name: "a key that is off", more: { accessKeys: [{ isActive: false }] }, left: "access-key" },
    { name: "a password", more: { password: "canary password" }, left: "login-profile" },
    { name: "an SSH key", more: { sshKeys: [{}] }, left: "ssh-public-key" },
    { name: "a certificate", more: { certificates: [{}] }, left: "signing-certificate" },
    {
      name: "a credential for a service",
      more: { serviceCredentials: [{ serviceName: "codecommit.amazonaws.com" }] },
      left: "service-specific-credential",
    },
    { name: "an MFA device", more: { mfa: ["virtual"] as const }, left: "mfa-device" },
    { name: "a group", more: { groups: ["developers"] }, left: "group-membership" },
    { name: "a policy", more: { attached: ["IAMReadOnlyAccess"] }, left: "attached-policy" },
    { name: "a policy of its own", more: { inline: { own: allow("s3:*") } }, left: "inline-policy" },
  ])("I06 keeps what restrains it while it holds $name", async ({ more, left }) => {
    const { aws, leaver, session, finding } = await leaving(more);
    const before = aws.stateOf(leaver.id);

    expect(await rejection(user.revoke(session, finding))).toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`the user still has ${left}`),
    });

    expect(wrote(aws)).toEqual([]);
    expect(aws.stateOf(leaver.id)).toBe(before);
  });

  it.each([
    { name: "is refused", fault: { status: 403, code: "AccessDenied" }, code: "forbidden" },
    { name: "meets something that came in between", fault: { status: 409, code: "DeleteConflict" }, code: "conflict" },
    { name: "fails", fault: { status: 500, code: "ServiceFailure" }, code: "unavailable" },
  ])("I06 is denied everything again where its deletion $name", async ({ fault, code }) => {
    const { aws, leaver, session, finding } = await leaving();
    aws.faults.add({ on: onAction("DeleteUser"), fault: aws.lies.answersError(fault.status, fault.code) });

    expect(await rejection(user.revoke(session, finding))).toMatchObject({ code });

    expect(aws.tryKey(leaver.liveSession ?? aws.admin).kind).toBe("denied");
    expect(await user.revoke(session, finding)).toEqual({ state: "revoked" });
  });

  it("F02 is gone where only the reply to its deletion is lost", async () => {
    const { aws, session, finding } = await leaving();
    aws.faults.add({ on: onAction("DeleteUser"), fault: { name: "reset", deliver: { kind: "reset" } } });

    expect(await rejection(user.revoke(session, finding))).toMatchObject({ code: "unavailable" });
    expect(shown(await user.verify(session, finding, null))).toBe("dead by absence");
    expect(await user.revoke(session, finding)).toEqual({ state: "already-gone" });
  });

  it("F03 is frozen again first where an attempt was cut off after the deny was taken away", async () => {
    const { aws, leaver, session, finding } = await leaving();
    aws.meddle("DeleteUserPermissionsBoundary", { UserName: leaver.name });
    aws.meddle("DeleteUserPolicy", { UserName: leaver.name, PolicyName: "LastdayDenyAll" });

    expect(shown(await user.verify(session, finding, null))).toBe("alive by state");
    expect(await user.disable(session, finding)).toMatchObject({ state: "disabled" });
    expect(aws.tryKey(leaver.liveSession ?? aws.admin).kind).toBe("denied");
    expect(await user.revoke(session, finding)).toEqual({ state: "revoked" });
  });

  it.each([
    { name: "frozen, with nothing that lets anybody in", more: {}, thaw: false, verdict: "dead by state" },
    {
      name: "frozen, with a key that is off",
      more: { accessKeys: [{ isActive: false }] },
      thaw: false,
      verdict: "dead by state",
    },
    { name: "frozen, with permissions alone", more: { groups: ["developers"] }, thaw: false, verdict: "dead by state" },
    { name: "frozen, with a key", more: { accessKeys: [{}] }, thaw: false, verdict: "alive by state" },
    { name: "frozen, with a password", more: { password: "canary password" }, thaw: false, verdict: "alive by state" },
    { name: "not frozen", more: {}, thaw: true, verdict: "alive by state" },
  ])("I08 $name is $verdict", async ({ more, thaw, verdict }) => {
    const { aws, leaver, session, finding } = await leaving(more);
    if (thaw) aws.meddle("DeleteUserPolicy", { UserName: leaver.name, PolicyName: "LastdayDenyAll" });

    expect(shown(await user.verify(session, finding, null))).toBe(verdict);
  });

  it("names its boundary and the roles that trust it, and ends neither", async () => {
    const { aws, leaver, session, account } = await leaving();
    const trusting = (arn: string) => ({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: arn }, Action: "sts:AssumeRole" }],
    });
    const under = (arn: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: "sts:AssumeRole",
          Condition: { ArnEquals: { "aws:PrincipalArn": arn } },
        },
      ],
    });
    const { roles } = aws.plant({
      roles: [
        { name: "by-arn", trust: trusting(leaver.arn) },
        { name: "by-condition", trust: under(leaver.arn) },
        { name: "of-account", trust: trusting(`arn:aws:iam::${aws.accountId}:root`) },
        { name: "of-look-alike", trust: trusting(`${leaver.arn}2`) },
      ],
    });

    const found = [];
    for await (const { items } of kindOf("trust-policy").discover(session, account, [])) found.push(...items);
    const boundary = await findingOf(session, account, "permissions-boundary");

    expect(found.map(({ ref, facts }) => [ref, facts["how"]])).toEqual([
      [`${leaver.id}/${roles[0]?.id}`, "principal"],
      [`${leaver.id}/${roles[1]?.id}`, "condition"],
    ]);
    expect(boundary).toMatchObject({ label: expect.stringContaining("restrains"), facts: { grants: false } });
    for (const kind of ["trust-policy", "permissions-boundary"]) {
      expect(awsIam.kinds[kind]).toMatchObject({ strategy: "report" });
      expect(awsIam.kinds[kind]).not.toHaveProperty("revoke");
    }
    const [first] = found;
    if (first === undefined) throw new Error("no role was found");
    expect(shown(await kindOf("trust-policy").verify(session, first, null))).toBe("alive by state");
    expect(shown(await kindOf("permissions-boundary").verify(session, boundary, null))).toBe("alive by state");
    await user.revoke(session, await findingOf(session, account, "user"));
    expect(shown(await kindOf("trust-policy").verify(session, first, null))).toBe("dead by absence");
    expect(shown(await kindOf("permissions-boundary").verify(session, boundary, null))).toBe("dead by absence");
  });
});
