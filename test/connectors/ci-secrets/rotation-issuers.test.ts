import { Secret } from "../../../connectors/contract/secret.ts";
import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import { answers, withoutEffect } from "../../../connectors/testkit/faults/index.ts";
import { StoredRotation } from "./rotation-driver.ts";
import { afterTheFirstLook, leave, plansWithGrace, verdictOf } from "./rotation-world.ts";
import { closing, kindOf, look, openAt, rejection, rotationOf, said, theOne } from "./support.ts";
import { pairIn, startWorld } from "./world.ts";

describe("an IAM user with two keys", () => {
  it("waits for a person to say which is in use, then goes on with either", async () => {
    const world = closing(await startWorld());
    world.aws.meddle("CreateAccessKey", { UserName: "deploy" });
    const second = world.awsKeyIds().find((id) => id !== world.awsKey.accessKeyId) ?? "";
    const { session } = await openAt(world);
    const found = await look(session, world.leaver);
    const finding = found.find(({ facts }) => facts["plan"] === "deploy");
    if (finding === undefined) throw new Error("not found");
    leave(world);
    const stored = new StoredRotation();

    const thrown = await rejection(stored.go(session, finding, () => new Date(Date.now() + 60_000)));
    expect(thrown).toMatchObject({ code: "conflict" });
    expect(String(thrown)).toContain("delete the one that is not in use");
    expect(String(thrown)).toContain(second);

    world.aws.meddle("DeleteAccessKey", { UserName: "deploy", AccessKeyId: second });
    expect(await stored.go(session, finding)).toEqual({ state: "revoked" });
    expect(world.consumersWork()).toBe(true);
    expect(world.awsKeyIds()).toEqual([stored.state?.issuedRef]);
  });
});

describe("an issuer that is behind", () => {
  it("F08 nobody is given a key that AWS does not accept yet", async () => {
    const { world, finding } = await afterTheFirstLook("deploy");
    world.aws.setLag({ lagMs: 60_000 });
    const stored = new StoredRotation();

    const thrown = await rejection(stored.go((await openAt(world)).session, finding));
    expect(thrown).toMatchObject({ code: "unavailable" });
    expect(world.awsWorks(pairIn(world.valueAt({ name: "AWS_DEPLOY", repository: "app" })))).toBe(true);

    world.aws.catchUp();
    world.aws.setLag({ lagMs: 0 });
    expect(await stored.go((await openAt(world)).session, finding)).toEqual({ state: "revoked" });
    expect(world.consumersWork()).toBe(true);
  });

  it("a new value that is refused soon after it was set may only be new", async () => {
    let now = Date.now() - 3_600_000;
    const { world, finding } = await afterTheFirstLook("gateway", { clock: () => now });
    const steps = rotationOf("credential");
    const { session } = await openAt(world, { clock: () => new Date(now) });
    const issued = await steps.create(session, finding, { token: "t-1", since: new Date(now) });
    await steps.set(session, finding, issued);
    world.kong.faults.add({ on: { door: "proxy" }, times: "always", fault: answers(401, { message: "Unauthorized" }) });

    expect((await steps.test(session, finding, issued)).works).toBe(null);
    now += 6 * 60_000;
    expect((await steps.test(session, finding, issued)).works).toBe(false);
  });

  it("F07 an old key that AWS says it deleted, and did not, is alive", async () => {
    const { world, finding } = await afterTheFirstLook("deploy");
    world.aws.stubborn(finding.ref, 2);

    await new StoredRotation().go((await openAt(world)).session, finding);

    expect(await verdictOf(world, finding)).toBe("alive by state");
  });
});

describe("a new key that is not there", () => {
  it("F07 because AWS only said that it made one is given to nobody, and another is issued", async () => {
    const { world, finding } = await afterTheFirstLook("deploy");
    world.aws.faults.add({ on: onAction("CreateAccessKey"), fault: withoutEffect() });
    const stored = new StoredRotation();

    const first = await stored.go((await openAt(world)).session, finding);
    expect(first).toMatchObject({ state: "pending" });
    expect(first.reason).toContain("taken back");
    expect(world.consumersWork()).toBe(true);

    expect(await stored.go((await openAt(world)).session, finding)).toEqual({ state: "revoked" });
    expect(world.consumersWork()).toBe(true);
  });

  it("because somebody deleted it, once secrets hold it, is followed by a third", async () => {
    const { world, finding } = await afterTheFirstLook("deploy");
    const { session } = await openAt(world);
    const steps = rotationOf("credential");
    const issued = await steps.create(session, finding, { token: "t-1", since: null });
    await steps.set(session, finding, issued);
    world.aws.meddle("DeleteAccessKey", { UserName: "deploy", AccessKeyId: issued.ref });

    expect(await steps.test(session, finding, issued)).toMatchObject({ works: false });
    expect(said(await steps.rollBack(session, finding, issued))).toBe("already-gone");
    expect(await new StoredRotation().go(session, finding)).toEqual({ state: "revoked" });
    expect(world.consumersWork()).toBe(true);
  });
});

describe("a look", () => {
  it("I08 is fresh: an old key that somebody switches on again is alive again", async () => {
    const settings = { plans: plansWithGrace("1d") };
    const { world, finding } = await afterTheFirstLook("deploy", { settings });
    const { session } = await openAt(world, { settings });
    await new StoredRotation().go(session, finding);
    const verdict = async () => said(await kindOf("credential").verify(session, finding, null));

    expect(await verdict()).toBe("dead by state");
    world.aws.meddle("UpdateAccessKey", { UserName: "deploy", AccessKeyId: finding.ref, Status: "Active" });
    expect(await verdict()).toBe("alive by state");
  });

  it("I08 tries Kong's old key at the proxy once it is no longer listed", async () => {
    const { world, finding } = await afterTheFirstLook("gateway");
    const { session } = await openAt(world);
    world.kong.setLag("proxy", { ms: 3_600_000 });
    const probe = { material: new Secret(world.kongKey.key) };
    world.kong.remove(finding.ref);

    expect(said(await kindOf("credential").verify(session, finding, probe))).toBe("alive by probe");
    world.kong.catchUp();
    expect(said(await kindOf("credential").verify(session, finding, probe))).toBe("dead by probe");
  });
});

describe("our own key", () => {
  it("T46 is never replaced by ourselves", async () => {
    const world = closing(await startWorld());
    const [plan] = plansWithGrace("0s");
    const settings = { plans: [{ ...plan, issuer: { kind: "aws-access-key", userName: "lastday-admin" } }] };
    const { session } = await openAt(world, { settings });
    const finding = theOne(await look(session, world.leaver), "credential");
    leave(world);

    const thrown = await rejection(new StoredRotation().go(session, finding));

    expect(thrown).toMatchObject({ code: "bad-request" });
    expect(String(thrown)).toContain("Lastday itself");
  });
});
