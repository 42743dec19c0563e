import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type FakeAwsIam, type FakeAwsIamOptions } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import { anAccount, denyAll, given, iam, policy, refusalOf, sts } from "./support.ts";

const UserName = "robin.sample";

/** An account whose clock stands still until it is moved, with a user who may do everything. */
async function aLateAccount(options: FakeAwsIamOptions) {
  const start = Date.now();
  let passed = 0;
  const fake = await anAccount({ clock: () => start + passed, ...options });
  const wanted = { name: UserName, accessKeys: [{}], inline: { all: policy("Allow", "*") }, sessions: [{}] };
  const user = given(fake.plant({ users: [wanted] }).users[0]);
  const key = given(user.accessKeys[0]);
  const pass = (ms: number) => {
    passed += ms;
  };
  return { fake, user, key, pass };
}

const keysOf = async (fake: FakeAwsIam) =>
  (await iam(fake).send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata?.map((one) => one.Status);

describe("F08 late consistency", () => {
  it("in time: reads, signatures and the judge see a deleted key until it has passed", async () => {
    const { fake, key, pass } = await aLateAccount({ lagMs: 30_000 });
    const look = async () => [
      await keysOf(fake),
      (await refusalOf(sts(fake, key).send(new GetCallerIdentityCommand({}))))?.name ?? "works",
      fake.alive("access-key", key.accessKeyId),
    ];

    await iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId }));
    const atOnce = await look();
    pass(29_999);
    const before = await look();
    pass(1);
    const after = await look();

    expect([atOnce, before]).toEqual([
      [["Active"], "works", true],
      [["Active"], "works", true],
    ]);
    expect(after).toEqual([[], "InvalidClientTokenId", false]);
  });

  it("in reads: so many still see what was", async () => {
    const { fake, key } = await aLateAccount({ lagReads: 2 });

    await iam(fake).send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId, Status: "Inactive" }));

    expect([await keysOf(fake), await keysOf(fake), await keysOf(fake)]).toEqual([
      ["Active"],
      ["Active"],
      ["Inactive"],
    ]);
  });

  it("what is made is shown late, and works late", async () => {
    const { fake, pass } = await aLateAccount({ lagMs: 10_000 });

    const { AccessKey } = await iam(fake).send(new CreateAccessKeyCommand({ UserName }));
    const made = { accessKeyId: given(AccessKey?.AccessKeyId), secretAccessKey: given(AccessKey?.SecretAccessKey) };
    const early = [await keysOf(fake), fake.tryKey(made).kind];
    pass(10_000);

    expect([early, [await keysOf(fake), fake.tryKey(made).kind]]).toEqual([
      [["Active"], "refused"],
      [["Active", "Active"], "works"],
    ]);
  });

  it("a deny comes into force late, and is lifted late", async () => {
    const { fake, user, pass } = await aLateAccount({ lagMs: 5_000 });
    const session = given(user.liveSession);
    const probe = async () => (await refusalOf(iam(fake, session).send(new ListUsersCommand({}))))?.name ?? "works";
    const seen: string[] = [];

    await iam(fake).send(new PutUserPolicyCommand({ UserName, PolicyName: "no", PolicyDocument: denyAll }));
    seen.push(await probe(), fake.tryKey(session).kind);
    pass(5_000);
    seen.push(await probe(), fake.tryKey(session).kind);
    await iam(fake).send(new DeleteUserPolicyCommand({ UserName, PolicyName: "no" }));
    seen.push(await probe());
    pass(5_000);
    seen.push(await probe());

    expect(seen).toEqual(["works", "works", "AccessDenied", "denied", "AccessDenied", "works"]);
  });

  it("writes and delete conflicts go by what is so", async () => {
    const { fake, key } = await aLateAccount({ lagMs: 3_600_000 });
    const remove = new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId });

    await iam(fake).send(remove);
    const again = await refusalOf(iam(fake).send(remove));
    await iam(fake).send(new DeleteUserPolicyCommand({ UserName, PolicyName: "all" }));
    await iam(fake).send(new DeleteUserCommand({ UserName }));
    const still = await refusalOf(iam(fake).send(new GetUserCommand({ UserName })));
    fake.catchUp();
    const gone = await refusalOf(iam(fake).send(new GetUserCommand({ UserName })));

    expect([again?.name, still, gone?.name]).toEqual(["NoSuchEntityException", null, "NoSuchEntityException"]);
  });

  it("can be set while it runs; what is on its way keeps its lag", async () => {
    const { fake, key, pass } = await aLateAccount({});
    const set = (Status: "Active" | "Inactive") =>
      iam(fake).send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId, Status }));

    fake.setLag({ lagMs: 1_000 });
    await set("Inactive");
    fake.setLag({});
    const before = await keysOf(fake);
    await set("Active"); // waits for the change before it
    pass(1_000);

    expect([before, await keysOf(fake)]).toEqual([["Active"], ["Active"]]);
  });

  it("what is planted, or done by somebody else, is so at once, and nothing else sooner", async () => {
    const { fake, key } = await aLateAccount({ lagMs: 60_000 });

    await iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId }));
    fake.plant({ users: [{ name: "other" }] });
    fake.meddle("CreateUser", { UserName: "third" });

    const { Users } = await iam(fake).send(new ListUsersCommand({}));
    expect(Users?.map((one) => one.UserName)).toEqual(["lastday-admin", "other", UserName, "third"]);
    expect(await keysOf(fake)).toEqual(["Active"]);
  });
});

describe("T51 throttling", () => {
  it("refuses a share of the calls, the same ones each time, without an effect", async () => {
    const outcomes = async (seed: number) => {
      const fake = await anAccount({ throttleShare: 0.6, seed });
      fake.plant({ users: [{ name: UserName }] });
      const seen: (string | null)[] = [];
      for (let at = 0; at < 40; at += 1) {
        const call = new PutUserPolicyCommand({
          UserName,
          PolicyName: `p${at}`,
          PolicyDocument: policy("Deny", "a:b"),
        });
        seen.push((await refusalOf(iam(fake).send(call)))?.name ?? null);
      }
      return { seen, effects: fake.effects(), writes: fake.writes().length };
    };

    const [first, again, other] = [await outcomes(7), await outcomes(7), await outcomes(8)];

    const throttled = first.seen.filter((one) => one === "Throttling").length;
    expect(first).toEqual(again);
    expect(first.seen).not.toEqual(other.seen);
    expect(throttled).toBeGreaterThan(14);
    expect(throttled).toBeLessThan(34);
    expect(first).toMatchObject({ writes: 40, effects: Math.min(40 - throttled, 40) });
  });

  it("is HTTP 400 and says so, until it is switched off", async () => {
    const fake = await anAccount({ throttleShare: 1 });

    const refusal = await refusalOf(iam(fake).send(new ListUsersCommand({})));
    fake.setThrottleShare(0);

    expect(refusal).toEqual({ name: "Throttling", status: 400, message: "Rate exceeded" });
    expect(await refusalOf(iam(fake).send(new ListUsersCommand({})))).toBeNull();
  });

  it("the peak is the most calls in any second, wherever it begins", async () => {
    let now = 1_000_000;
    const fake = await anAccount({ clock: () => now });
    const client = iam(fake);
    const peaks: number[] = [fake.peakPerSecond()];
    for (const pause of [0, 600, 600, 399, 1, 1_000]) {
      now += pause;
      await client.send(new ListUsersCommand({}));
      peaks.push(fake.peakPerSecond());
    }

    fake.clearCalls();

    expect(peaks).toEqual([0, 1, 2, 2, 3, 3, 3]);
    expect(fake.peakPerSecond()).toBe(0);
  });
});
