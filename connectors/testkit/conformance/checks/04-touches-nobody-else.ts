import type { Check } from "../check.ts";

export const touchesNobodyElse: Check = {
  number: 4,
  name: "touches nobody else",
  title: "a whole offboarding ends everything and leaves a bystander as they were",
  async run(bench) {
    const world = await bench.world({ pageSize: 1 });
    const before = world.stateOf(world.bystander.id);
    const run = await bench.offboard(world);
    return [
      ...(run.end.kind === "done" ? [] : [`the offboarding did not end: ${JSON.stringify(run.end)}`]),
      ...run.errors.map(({ code, message }) => `${code} at an honest server: ${message}`),
      ...run.alive,
      ...(world.stateOf(world.bystander.id) === before ? [] : ["the bystander is not as they were"]),
      ...(world.effects() > 0 ? [] : ["nothing changed at the server"]),
    ];
  },
};
