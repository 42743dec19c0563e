import { mustEnd, othersOf } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { distinctCuts, referenceRun, runUntilCut } from "../cut.ts";
import { keyOf } from "../item.ts";
import { newCase } from "../stored-case.ts";
import type { ConformanceWorld } from "../subject.ts";
import { withoutChance } from "../traces.ts";

export const cutOffAnywhere: Check = {
  number: 8,
  name: "cut off anywhere",
  title: "cut off after any request, it resumes to the same end",
  async run(bench) {
    const world = await bench.world();
    const reference = await referenceRun(bench, world, newCase());
    if (reference.run.end.kind !== "done") return [`the offboarding did not end: ${JSON.stringify(reference.run.end)}`];
    const expected = endState(bench, world);
    const wrong: string[] = [];
    for (const request of distinctCuts(reference)) {
      const cut = await bench.world();
      const others = othersOf(cut);
      const stored = newCase();
      if (!(await runUntilCut(bench, cut, stored, { request, at: "after-effect" }))) continue;
      const { end } = await bench.offboard(cut, { stored, looks: 1 });
      const reached = endState(bench, cut);
      if (end.kind !== "done") wrong.push(`cut at request ${request}, it did not end: ${JSON.stringify(end)}`);
      else if (reached !== expected) wrong.push(`cut at request ${request}, it left ${reached} and not ${expected}`);
      if (othersOf(cut) !== others) wrong.push(`cut at request ${request}, somebody else was touched`);
      await cut.close();
    }
    return wrong;
  },
};

/** What works, and what is left of the leaver's account: a freeze made twice shows here. */
function endState({ connector }: Bench, world: ConformanceWorld): string {
  const alive = world.alive().filter((item) => mustEnd(connector, item));
  return `${alive.map(keyOf).join(", ")} | ${withoutChance(world.stateOf(world.leaver.id))}`;
}
