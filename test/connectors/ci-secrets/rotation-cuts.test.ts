import { resetsAfter, resetsBefore } from "../../../connectors/testkit/faults/index.ts";
import type { Matcher } from "../../../connectors/testkit/faults/schedule.ts";
import { StoredRotation } from "./rotation-driver.ts";
import { afterTheFirstLook, keysOf, oldWorks } from "./rotation-world.ts";
import type { PlanName } from "./rotation-world.ts";
import { openAt } from "./support.ts";
import { plans } from "./world.ts";
import type { World } from "./world.ts";

describe.each<PlanName>(["deploy", "gateway"])("the rotation of the plan %s", (plan) => {
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
