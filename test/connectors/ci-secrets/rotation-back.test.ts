import { afterTheFirstLook } from "./rotation-world.ts";
import { openAt, rotationOf, said } from "./support.ts";
import { kongPlaces } from "./world.ts";

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
