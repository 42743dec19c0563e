import { offboard } from "../../../connectors/testkit/conformance/offboard.ts";
import { newCase } from "../../../connectors/testkit/conformance/stored-case.ts";
import { openConnector } from "../../../connectors/testkit/conformance/host.ts";
import type { ConformanceWorld } from "../../../connectors/testkit/conformance/index.ts";
import { andThen } from "../../../connectors/testkit/faults/index.ts";
import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import { plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/plant-leaver.ts";
import type { FakeAwsIam, FakeAwsIamOptions } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import { anAccount } from "./support.ts";
import { iamSubject } from "./world.ts";

const person = {
  id: "11111111-2222-4333-8444-555555555555",
  userName: "leaver@example.com",
  externalId: "e-leaver",
  emails: ["leaver@example.com"],
};
const match = { person, rules: [{ attribute: "tag:employee-id", equals: "{externalId}", trusted: true }] };

/** An account with a leaver who has one of everything and more, and a look-alike who has the same. */
async function leaving(options: FakeAwsIamOptions = {}) {
  const aws = await anAccount(options);
  return { aws, leaver: plantLeaver(aws, "leaver"), lookAlike: plantLeaver(aws, "leaver2") };
}

/** Offboards by the real stages, a session a turn; what the engine waits for is over at once. */
async function offboarded(aws: FakeAwsIam, { maxTurns = 40 }: { maxTurns?: number } = {}) {
  const stored = newCase();
  const world = {
    settings: { region: "eu-central-1", endpoint: aws.url, accountId: aws.accountId },
    secrets: { accessKeyId: aws.admin.accessKeyId, secretAccessKey: aws.admin.secretAccessKey },
  };
  const host = { limits: { throttlePatienceMs: 60_000 } };
  const run = await offboard({
    match,
    stored,
    maxTurns,
    open: () => openConnector(iamSubject, world as unknown as ConformanceWorld, host),
  });
  return { ...run, stored };
}

/** A clock that runs ahead with every look at it, so that what is late in time is late in calls. */
function hastyClock(stepMs: number): () => number {
  let ahead = 0;
  return () => Date.now() + (ahead += stepMs);
}

describe("an IAM user with one of everything", () => {
  it.each([
    { name: "with pages of one", options: { pageSize: 1 } },
    { name: "with 60 % of a hundred calls throttled", options: {}, throttled: 60 },
    { name: "with 30 s until a change is seen", options: { clock: hastyClock(50), lagMs: 30_000 } },
    { name: "with a change that is seen thirty reads later", options: { lagReads: 30 } },
    { name: "with all of it", options: { pageSize: 1, lagReads: 20 }, throttled: 20 },
  ])(
    "I07 holds nothing afterwards, $name, and the look-alike is byte-equal",
    async ({ options, throttled = 0 }) => {
      const { aws, leaver, lookAlike } = await leaving(options);
      const before = aws.stateOf(lookAlike.id);
      if (throttled > 0)
        aws.faults.add({ on: { when: inThreeOfFive() }, times: throttled, fault: aws.lies.throttles() });

      const { end, errors, stored } = await offboarded(aws);
      aws.catchUp();

      expect(end).toEqual({ kind: "done" });
      // While changes are seen late, a list may still show what a deletion no longer finds.
      expect(errors.filter(({ code }) => code !== "conflict").map(({ message }) => message)).toEqual([]);
      expect(aws.faults.unfired()).toEqual([]);
      expect(aws.aliveOf(leaver.id)).toEqual([]);
      expect(aws.alive("user", leaver.name)).toBe(false);
      expect([...leaver.accessKeys, ...leaver.sessions].map((keys) => aws.tryKey(keys).kind)).toEqual([
        "refused",
        "refused",
        "refused",
      ]);
      expect(aws.calls().filter(({ code }) => code === "DeleteConflict")).toEqual([]);
      expect(aws.stateOf(lookAlike.id)).toBe(before);
      const ended = stored.items.filter(({ disposition }) => disposition === null);
      expect(new Set(ended.map(({ verdict }) => verdict))).toEqual(new Set(["dead"]));
    },
    120_000,
  );

  it("I05 is ended in each account by itself", async () => {
    const [one, other] = [await leaving(), await leaving({ accountId: "444455556666" })];

    await offboarded(one.aws);

    expect(one.aws.alive("user", "leaver")).toBe(false);
    expect(other.aws.aliveOf("leaver")).toHaveLength(15);
    await offboarded(other.aws);
    expect(other.aws.alive("user", "leaver")).toBe(false);
  });

  it("F08 who makes new keys with the old ones, and with a session, is stopped by the freeze", async () => {
    const { aws, leaver } = await leaving();
    aws.faults.add({ on: {}, times: "always", fault: aws.lies.remints("leaver") });

    const { end } = await offboarded(aws);

    expect(end).toEqual({ kind: "done" });
    expect(aws.aliveOf(leaver.id)).toEqual([]);
    expect(aws.alive("user", leaver.name)).toBe(false);
  });

  it("F08 is not called done while its keys work, whatever the server says", async () => {
    const { aws, leaver } = await leaving();
    const [first] = leaver.accessKeys;
    aws.stubborn(first?.accessKeyId ?? "", 4);

    const { end, turns } = await offboarded(aws);

    expect(end).toEqual({ kind: "done" });
    expect(turns).toBeGreaterThan(1);
    expect(aws.aliveOf(leaver.id)).toEqual([]);
  });

  it("is ended in an order that IAM accepts, each credential off before it goes, its last use recorded before", async () => {
    const { aws, leaver } = await leaving();

    const { stored } = await offboarded(aws);

    const [first] = leaver.accessKeys;
    const key = stored.items.find(({ finding }) => finding.ref === first?.accessKeyId)?.finding;
    expect(key).toMatchObject({
      lastUsedAt: "2026-11-20T09:30:00.000Z",
      facts: { lastUsedService: "s3", lastUsedRegion: "eu-central-1" },
    });
    const writes = aws.writes().map(({ action }) => action);
    expect(writes).toEqual([
      "PutUserPolicy",
      ...twice("UpdateAccessKey", "DeleteAccessKey"),
      "DeleteLoginProfile",
      ...twice("UpdateServiceSpecificCredential", "DeleteServiceSpecificCredential"),
      "UpdateSSHPublicKey",
      "DeleteSSHPublicKey",
      "UpdateSigningCertificate",
      "DeleteSigningCertificate",
      "DeactivateMFADevice",
      "DeleteVirtualMFADevice",
      "RemoveUserFromGroup",
      "RemoveUserFromGroup",
      "RemoveUserFromGroup",
      "DetachUserPolicy",
      "DetachUserPolicy",
      "DeleteUserPolicy",
      "DeleteUserPermissionsBoundary",
      "DeleteUserPolicy",
      "DeleteUser",
    ]);
  });

  it("F05 meets a password that was only just made, and ends it later", async () => {
    let aheadMs = 0;
    const hourMs = 3_600_000;
    const { aws, leaver } = await leaving({ loginSettlesMs: hourMs, clock: () => Date.now() + aheadMs });
    // Time passes with the first attempt, however long that takes here.
    const passes = andThen("an hour passes", () => void (aheadMs = hourMs));
    aws.faults.add({ on: onAction("DeleteLoginProfile"), fault: passes });

    const { end, errors } = await offboarded(aws);

    expect(end).toEqual({ kind: "done" });
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["conflict"]));
    expect(aws.aliveOf(leaver.id)).toEqual([]);
  });

  it("leaves no virtual device behind, also where the attempt was cut off between the two calls", async () => {
    const { aws, leaver } = await leaving();
    aws.faults.add({ on: onAction("DeleteVirtualMFADevice"), fault: { name: "reset", severBefore: "reset" } });

    const { end } = await offboarded(aws);

    expect(end).toEqual({ kind: "done" });
    expect(
      aws.writes().filter(({ action, hadEffect }) => action === "DeleteVirtualMFADevice" && hadEffect),
    ).toHaveLength(1);
    expect(aws.aliveOf(leaver.id)).toEqual([]);
  });
});

function inThreeOfFive(): () => boolean {
  let calls = 0;
  return () => (calls += 1) % 5 < 3;
}

function twice(...actions: string[]): readonly string[] {
  return [...actions, ...actions];
}
