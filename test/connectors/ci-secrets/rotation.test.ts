import { withoutEffect } from "../../../connectors/testkit/faults/index.ts";
import { StoredRotation } from "./rotation-driver.ts";
import { afterTheFirstLook, keysOf, oldWorks, placesOf, plansWithGrace, verdictOf } from "./rotation-world.ts";
import type { PlanName } from "./rotation-world.ts";
import { closing, discover, look, openAt, rejection, rotationOf, said } from "./support.ts";
import { awsPlaces, kongPlaces, startWorld } from "./world.ts";

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

const isFree = ({ name }: { name: string }) => ![...awsPlaces, ...kongPlaces].some((place) => place.name === name);
