import { openAwsAccount } from "../../../../../connectors/vendors/aws/account.ts";
import type { AwsSecrets } from "../../../../../connectors/vendors/aws/settings.ts";
import { awsSecrets, wholeKey } from "../../../../../connectors/vendors/aws/settings.ts";
import { z } from "zod";
import { now, rejection } from "../../contract/support.ts";
import { failure, hostAt, keys, secretKeys, serveAws, success } from "./support.ts";
import type { Answer, Asked } from "./support.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const role = { roleArn: "arn:aws:iam::123456789012:role/lastday", externalId: "acme-1", sessionName: "lastday" };
const hour = 3_600_000;

function identity(userId: string): Answer {
  const arn = `arn:aws:iam::123456789012:user/${userId}`;
  return success("GetCallerIdentity", `<UserId>${userId}</UserId><Account>123456789012</Account><Arn>${arn}</Arn>`);
}

function roleKeys(nth: number, expires: Date): Answer {
  return success(
    "AssumeRole",
    `<Credentials><AccessKeyId>ASIA${nth}</AccessKeyId><SecretAccessKey>canary-role-secret-${nth}</SecretAccessKey><SessionToken>canary-role-token-${nth}</SessionToken><Expiration>${expires.toISOString()}</Expiration></Credentials>`,
  );
}

/** An account opened at a server that answers as told, with a clock that a test moves. */
async function accountAt(
  answer: (asked: Asked, call: number) => Answer,
  {
    assumeRole,
    time = { now },
    secrets = secretKeys,
  }: { assumeRole?: typeof role; time?: { now: Date }; secrets?: AwsSecrets } = {},
) {
  const { server, asked } = await serveAws(answer);
  const host = hostAt(server.origin);
  closers.push(
    () => server.close(),
    () => host.http.close(),
  );
  const account = await openAwsAccount({
    target: "aws",
    settings: { region: "eu-central-1", endpoint: server.origin, assumeRole },
    secrets,
    http: host.http,
    clock: () => time.now,
  });
  return { account, asked, ...host };
}

describe("our way into an account", () => {
  it("is the operator's key, with which it says who we are, once", async () => {
    const { account, asked } = await accountAt(() => identity("AIDAOURSELVES"));

    expect(await account.ourselves()).toEqual({
      userId: "AIDAOURSELVES",
      account: "123456789012",
      arn: "arn:aws:iam::123456789012:user/AIDAOURSELVES",
    });
    expect([...(await account.ownUserIds())]).toEqual(["AIDAOURSELVES"]);
    expect(asked.map(({ action, by }) => `${action} by ${by}`)).toEqual([`GetCallerIdentity by ${keys.accessKeyId}`]);
  });

  it("is a role on top of it, assumed once, with its external id, and renewed before its keys expire", async () => {
    const time = { now };
    const { account, asked } = await accountAt(
      ({ action, by }, call) =>
        action === "AssumeRole" ? roleKeys(call, new Date(time.now.getTime() + hour)) : identity(by),
      { assumeRole: role, time },
    );

    await Promise.all([account.sts.callerIdentity(), account.sts.callerIdentity()]);
    time.now = new Date(now.getTime() + hour - 6 * 60_000);
    await account.sts.callerIdentity();
    time.now = new Date(now.getTime() + hour - 4 * 60_000);
    await account.sts.callerIdentity();

    const assumptions = asked.filter(({ action }) => action === "AssumeRole");
    expect(assumptions.map(({ by }) => by)).toEqual([keys.accessKeyId, keys.accessKeyId]);
    expect(Object.fromEntries(assumptions[0]?.parameters ?? [])).toMatchObject({
      RoleArn: role.roleArn,
      RoleSessionName: "lastday",
      ExternalId: "acme-1",
    });
    expect(asked.filter(({ action }) => action !== "AssumeRole").map(({ by }) => by)).toEqual([
      "ASIA1",
      "ASIA1",
      "ASIA1",
      "ASIA5",
    ]);
  });

  it("T51 protects whoever assumes the role as well as the role", async () => {
    const { account } = await accountAt(
      ({ action, by }) => (action === "AssumeRole" ? roleKeys(1, new Date(now.getTime() + hour)) : identity(by)),
      { assumeRole: role },
    );

    expect([...(await account.ownUserIds())]).toEqual(["ASIA1", keys.accessKeyId]);
  });

  it("T12 shows a role's keys nowhere", async () => {
    const { account, exchanges, redactor } = await accountAt(
      ({ action, by }) => (action === "AssumeRole" ? roleKeys(1, new Date(now.getTime() + hour)) : identity(by)),
      { assumeRole: role },
    );

    await account.ourselves();

    const evidence = exchanges.map(({ bytes }) => Buffer.from(bytes).toString()).join();
    expect(evidence).toContain("AssumeRole");
    expect(evidence).not.toContain("canary");
    expect(redactor.redact("canary-role-secret-1 canary-role-token-1")).toBe("[redacted] [redacted]");
  });

  it.each([
    {
      name: "a role that we may not assume",
      answer: failure(403, "AccessDenied", "User: x is not authorized to perform: sts:AssumeRole on resource: y"),
      says: "it lacks sts:AssumeRole",
    },
    {
      name: "a key that is refused",
      answer: failure(403, "InvalidClientTokenId"),
      says: "does not accept our credential",
    },
  ])("F07 $name stops the whole target, and is tried anew", async ({ answer, says }) => {
    const { account, asked } = await accountAt(() => answer, { assumeRole: role });

    for (const _ of [1, 2]) {
      expect(await rejection(account.ourselves())).toMatchObject({
        code: "unauthorized",
        operation: "AssumeRole",
        message: expect.stringContaining(says),
      });
    }
    expect(asked).toHaveLength(2);
  });
});

describe("the machine's own identity", () => {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    const nowhere = "/nonexistent/aws";
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SHARED_CREDENTIALS_FILE: nowhere,
      AWS_CONFIG_FILE: nowhere,
    });
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it("works where no key is given", async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAMACHINE", AWS_SECRET_ACCESS_KEY: "canary-machine-secret" });
    const { account, asked } = await accountAt(({ by }) => identity(by), { secrets: {} });

    expect(await account.ourselves()).toMatchObject({ userId: "AKIAMACHINE" });
    expect(asked.map(({ by }) => by)).toEqual(["AKIAMACHINE"]);
  });

  it("F07 stops the whole target where there is none, and nothing is sent", async () => {
    const { account, asked } = await accountAt(({ by }) => identity(by), { secrets: {} });

    expect(await rejection(account.ourselves())).toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("this machine has no AWS identity"),
    });
    expect(asked).toEqual([]);
  });
});

describe("the secrets of a target", () => {
  const schema = z.strictObject(awsSecrets).refine(wholeKey.test, { error: wholeKey.error });
  const { accessKeyId, secretAccessKey } = secretKeys;

  it.each([
    { name: "none", secrets: {}, isAccepted: true },
    { name: "a whole key", secrets: { accessKeyId, secretAccessKey }, isAccepted: true },
    {
      name: "a whole temporary key",
      secrets: { accessKeyId, secretAccessKey, sessionToken: secretAccessKey },
      isAccepted: true,
    },
    { name: "an id alone", secrets: { accessKeyId }, isAccepted: false },
    { name: "a secret alone", secrets: { secretAccessKey }, isAccepted: false },
    { name: "a token alone", secrets: { sessionToken: secretAccessKey }, isAccepted: false },
  ])("$name: $isAccepted", ({ secrets, isAccepted }) => {
    expect(schema.safeParse(secrets).success).toBe(isAccepted);
  });
});
