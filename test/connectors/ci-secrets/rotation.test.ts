import { answers, resetsAfter, resetsBefore, withoutEffect } from "../../../connectors/testkit/faults/index.ts";
import type { Finding } from "../../../src/domain/access.ts";
import type { Matcher } from "../../../connectors/testkit/faults/schedule.ts";
import { StoredRotation } from "./rotation-driver.ts";
import { closing, discover, kindOf, look, openAt, rejection, rotationOf, said, theOne } from "./support.ts";
import type { OpenOptions } from "./support.ts";
import { awsPlaces, kongPlaces, pairIn, plans, startWorld } from "./world.ts";
import type { World, WorldOptions } from "./world.ts";

type PlanName = "deploy" | "gateway";

/** A world whose leaver has left GitHub after the first look, so that new values are out of reach. */
async function afterTheFirstLook(plan: PlanName, options: WorldOptions & Pick<OpenOptions, "settings"> = {}) {
  const { clock = Date.now, settings = {} } = options;
  const world = closing(await startWorld(options));
  const { session } = await openAt(world, { settings, clock: () => new Date(clock()) });
  const found = await look(session, world.leaver);
  const finding = found.find(({ facts }) => facts["plan"] === plan && facts["issuer"] !== undefined);
  if (finding === undefined) throw new Error(`no credential of ${plan}`);
  leave(world);
  return { world, found, finding };
}

function leave({ github }: World): void {
  const { id } = github.user("robin");
  const state = github.state();
  for (const { id: ref } of state.collaborators.filter(({ userId }) => userId === id)) {
    github.remove({ kind: "collaborators", id: ref });
  }
  github.remove({ kind: "memberships", id });
}

function keysOf(world: World, plan: PlanName): readonly string[] {
  return plan === "deploy" ? world.awsKeyIds() : world.kongKeyIds();
}

function oldWorks(world: World, plan: PlanName): boolean {
  return plan === "deploy" ? world.awsWorks(world.awsKey) : world.kongWorks(world.kongKey.key);
}

const placesOf = (plan: PlanName) => (plan === "deploy" ? awsPlaces : kongPlaces);

async function verdictOf(world: World, finding: Finding): Promise<string> {
  const { session } = await openAt(world);
  return said(await kindOf("credential").verify(session, finding, null));
}

describe.each<PlanName>(["deploy", "gateway"])("the rotation of the plan %s", (plan) => {
  it("gives every consumer a new value, then ends the old one, and touches nothing else", async () => {
    const { world, finding } = await afterTheFirstLook(plan);
    const others = [world.aws.stateOf("deploy2"), JSON.stringify(world.github.state().secrets.filter(isFree))];
    const stored = new StoredRotation();
    const { session } = await openAt(world);

    expect(await verdictOf(world, finding)).toBe("alive by state");
    expect(await stored.go(session, finding)).toEqual({ state: "revoked" });

    expect(world.consumersWork()).toBe(true);
    expect(oldWorks(world, plan)).toBe(false);
    expect(keysOf(world, plan)).toEqual([stored.state?.issuedRef]);
    expect(await verdictOf(world, finding)).toBe("dead by absence");
    expect([world.aws.stateOf("deploy2"), JSON.stringify(world.github.state().secrets.filter(isFree))]).toEqual(others);
    expect([...world.github.violations(), ...world.aws.violations(), ...world.kong.violations()]).toEqual([]);
  });

  it("leaves who may see an organization's secret exactly as it was", async () => {
    const { world, finding } = await afterTheFirstLook(plan);
    const sharing = () =>
      world.github
        .state()
        .secrets.map(({ id, visibility, selectedRepositoryIds }) => [id, visibility, selectedRepositoryIds]);
    const before = sharing();

    await new StoredRotation().go((await openAt(world)).session, finding);

    expect(sharing()).toEqual(before);
  });

  it("I07 F05 cut before or after any request, goes on to the same end, and consumers hold a working value throughout", async () => {
    const settings = alone(plan);
    const throughout = (world: World) => ({
      settings,
      ports: { recordExchange: () => expect(world.consumersWork()).toBe(true) },
    });
    let cuts = 0;
    for (const { fake, on, fault } of cutsOf(plan)) {
      for (let nth = 1; ; nth += 1) {
        const { world, finding } = await afterTheFirstLook(plan, { settings });
        world[fake].clearCalls();
        world[fake].faults.add({ on, nth, fault });
        const stored = new StoredRotation();
        const ended = await stored.go((await openAt(world, throughout(world))).session, finding).catch(() => null);
        if (world[fake].faults.unfired().length > 0) {
          expect(ended).toEqual({ state: "revoked" });
          break;
        }
        cuts += 1;
        const outcome = await stored.go((await openAt(world, throughout(world))).session, finding);

        expect(outcome.state).toMatch(/revoked|already-gone/);
        expect(world.consumersWork()).toBe(true);
        expect(oldWorks(world, plan)).toBe(false);
        expect(keysOf(world, plan)).toEqual([stored.state?.issuedRef]); // no orphan
        await world.close();
      }
    }
    expect(cuts).toBeGreaterThan(20);
  });

  it("I07 each step twice is each step once", async () => {
    const { world, finding } = await afterTheFirstLook(plan);
    const { session } = await openAt(world);
    const steps = rotationOf("credential");
    const turn = { token: "t-1", since: new Date() };
    await steps.create(session, finding, turn); // the crash: nobody has this value

    const issued = await steps.create(session, finding, turn);
    expect(keysOf(world, plan).toSorted()).toEqual([finding.ref, issued.ref].toSorted());
    await steps.set(session, finding, issued);
    await steps.set(session, finding, issued);
    expect((await steps.test(session, finding, issued)).works).toBe(true);
    expect((await steps.test(session, finding, issued)).works).toBe(true);
    await steps.finish(session, finding, issued);
    await steps.finish(session, finding, issued);
    expect(said(await steps.retire(session, finding, issued))).toBe("revoked");
    expect(said(await steps.retire(session, finding, issued))).toBe("already-gone");

    expect(world.consumersWork()).toBe(true);
    expect(keysOf(world, plan)).toEqual([issued.ref]);
  });

  it("keeps the old one for its grace, and says until when", async () => {
    let now = Date.now() - 3_600_000;
    const clock = () => now;
    const settings = { plans: plansWithGrace("30m") };
    const { world, finding } = await afterTheFirstLook(plan, { clock, settings });
    const stored = new StoredRotation();
    const opened = async () => (await openAt(world, { settings, clock: () => new Date(now) })).session;

    const waiting = await stored.go(await opened(), finding, () => new Date(now));
    expect(waiting).toMatchObject({ state: "pending" });
    expect(Date.parse(waiting.notBefore ?? "") - now).toBeGreaterThan(29 * 60_000);
    expect(waiting.reason).toMatch(/deleted after \d{4}-\d\d-\d\dT/);
    expect(oldWorks(world, plan)).toBe(plan === "gateway"); // AWS switches it off at once
    expect(world.consumersWork()).toBe(true);

    now += 31 * 60_000;
    expect(await stored.go(await opened(), finding, () => new Date(now))).toEqual({ state: "revoked" });
    expect(keysOf(world, plan)).toEqual([stored.state?.issuedRef]);
  });

  it("stops before anything is written when a consumer has vanished, and names it", async () => {
    const { world, finding } = await afterTheFirstLook(plan);
    const place = placesOf(plan).at(-1);
    const gone = world.github.state().secrets.find(({ name }) => name === place?.name);
    if (gone === undefined) throw new Error("not planted");
    world.github.remove({ kind: "secrets", id: gone.id });
    const before = JSON.stringify(world.github.state().secrets);
    const stored = new StoredRotation();

    const thrown = await rejection(stored.go((await openAt(world)).session, finding));

    expect(thrown).toMatchObject({ code: "not-visible" });
    expect(String(thrown)).toContain(place?.name);
    expect(JSON.stringify(world.github.state().secrets)).toBe(before);
    expect(oldWorks(world, plan)).toBe(true);
  });

  it("F07 a write that GitHub took and forgot is seen", async () => {
    const { world, finding } = await afterTheFirstLook(plan);
    world.github.faults.add({ on: { method: "PUT" }, fault: withoutEffect() });
    const stored = new StoredRotation();

    expect(await rejection(stored.go((await openAt(world)).session, finding))).toMatchObject({ code: "unavailable" });
    expect(world.consumersWork()).toBe(true);
    expect(oldWorks(world, plan)).toBe(true);

    expect(await stored.go((await openAt(world)).session, finding)).toEqual({ state: "revoked" });
    expect(world.consumersWork()).toBe(true);
  });

  it("waits while the leaver could read the new value too", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world);
    const finding = (await look(session, world.leaver)).find(({ facts }) => facts["plan"] === plan);
    if (finding === undefined) throw new Error("not found");
    world.kong.clearCalls();
    world.aws.clearCalls();

    const thrown = await rejection(new StoredRotation().go(session, finding));

    expect(thrown).toMatchObject({ code: "conflict" });
    expect(String(thrown)).toMatch(/can still read the \w+ secret/);
    expect([...world.aws.writes(), ...world.kong.writes()]).toEqual([]);
  });

  it("with rotateWhileReadable goes on, and does not take its own new value for one to replace", async () => {
    const settings = { rotateWhileReadable: true };
    const world = closing(await startWorld());
    const { session } = await openAt(world, { settings });
    const found = await look(session, world.leaver);
    const finding = found.find(({ facts }) => facts["plan"] === plan);
    if (finding === undefined) throw new Error("not found");

    expect(await new StoredRotation().go(session, finding)).toEqual({ state: "revoked" });

    const later = (await openAt(world, { settings })).session;
    const { findings } = await discover(
      later,
      world.leaver,
      "credential",
      found.filter(({ kind }) => kind === "credential"),
    );
    expect(findings.filter(({ facts }) => facts["plan"] === plan)).toEqual([]);
  });
});

describe("taking a rotation back", () => {
  it("puts Kong's old key back into every consumer, and ends the new one", async () => {
    const { world, finding } = await afterTheFirstLook("gateway");
    const { session } = await openAt(world);
    const steps = rotationOf("credential");
    const before = kongPlaces.map(world.valueAt);
    const issued = await steps.create(session, finding, { token: "t-1", since: new Date() });
    await steps.set(session, finding, issued);
    expect(kongPlaces.map(world.valueAt)).not.toEqual(before);

    expect(await steps.rollBack(session, finding, issued)).toEqual({ state: "revoked" });

    expect(kongPlaces.map(world.valueAt)).toEqual(before);
    expect(world.kongKeyIds()).toEqual([finding.ref]);
    expect(said(await steps.rollBack(session, finding, issued))).toBe("already-gone");
  });

  it("of AWS, before any consumer was written, ends the new key alone", async () => {
    const { world, finding } = await afterTheFirstLook("deploy");
    const { session } = await openAt(world);
    const steps = rotationOf("credential");
    const issued = await steps.create(session, finding, { token: "t-1", since: new Date() });

    expect(await steps.rollBack(session, finding, issued)).toEqual({ state: "revoked" });

    expect(world.awsKeyIds()).toEqual([finding.ref]);
    expect(world.consumersWork()).toBe(true);
  });

  it("of AWS, once a consumer was written, is refused: only forward is safe", async () => {
    const { world, finding } = await afterTheFirstLook("deploy");
    const { session } = await openAt(world);
    const steps = rotationOf("credential");
    const issued = await steps.create(session, finding, { token: "t-1", since: new Date() });
    await steps.set(session, finding, issued);

    const outcome = await steps.rollBack(session, finding, issued);

    expect(outcome).toMatchObject({ state: "unsupported" });
    expect(outcome.reason).toContain("only forward is safe");
    expect(world.consumersWork()).toBe(true);
  });

  it("is refused once Kong's old key is gone", async () => {
    const { world, finding } = await afterTheFirstLook("gateway");
    const { session } = await openAt(world);
    const steps = rotationOf("credential");
    const issued = await steps.create(session, finding, { token: "t-1", since: new Date() });
    await steps.set(session, finding, issued);
    await steps.retire(session, finding, issued);

    expect(await steps.rollBack(session, finding, issued)).toMatchObject({ state: "unsupported" });
    expect(world.consumersWork()).toBe(true);
  });
});

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

/** Before every request, and after every one that changes something: after a read, nothing else is left behind. */
function cutsOf(plan: PlanName) {
  const issuer = plan === "deploy" ? ("aws" as const) : ("kong" as const);
  const writes: Matcher =
    plan === "deploy"
      ? { when: ({ body }) => /Action=(Create|Update|Delete)/.test(body.toString("utf8")) }
      : { method: ["POST", "DELETE"] };
  return [
    { fake: "github" as const, on: {}, fault: resetsBefore() },
    { fake: "github" as const, on: { method: "PUT" }, fault: resetsAfter() },
    { fake: issuer, on: {}, fault: resetsBefore() },
    { fake: issuer, on: writes, fault: resetsAfter() },
  ];
}

/** Only this plan, and only the stores that it needs. */
function alone(plan: PlanName) {
  const stores = plan === "deploy" ? ["actions"] : ["dependabot", "codespaces"];
  return { stores, plans: plans.filter(({ name }) => name === plan) };
}

const isFree = ({ name }: { name: string }) => ![...awsPlaces, ...kongPlaces].some((place) => place.name === name);

function plansWithGrace(grace: string) {
  return plans.map((plan) => ({ ...plan, grace }));
}
