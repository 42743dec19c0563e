import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { newCase } from "../stored-case.ts";

export const lookAlikes: Check = {
  number: 5,
  name: "look-alikes, ambiguity",
  title: "look-alikes are never taken for the leaver; an ambiguous match asks",
  run: async (bench) => [...(await clear(bench)), ...(await ambiguous(bench))],
};

async function clear(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const { leaver, lookAlikes } = world;
  const before = lookAlikes.map(({ id }) => world.stateOf(id));
  const stored = newCase();
  await bench.offboard(world, { stored });
  const matched = stored.accounts.map(({ id }) => id);
  return [
    ...(matched.length === 1 && matched[0] === leaver.id
      ? []
      : [
          `the rules find ${stored.accounts.map(({ label }) => label).join(", ") || "nobody"} and not ${leaver.label} alone`,
        ]),
    ...lookAlikes
      .filter(({ id }, at) => world.stateOf(id) !== before[at])
      .map(({ label }) => `${label} is not as they were`),
  ];
}

async function ambiguous(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const { end } = await bench.offboard(world, { match: world.ambiguous, maxTurns: 1 });
  if (end.kind !== "asked") return [`an ambiguous match ends as ${end.kind}, and not as a question`];
  const candidates = end.question.candidates.map(({ account }) => account.id);
  return [
    ...(candidates.length > 1 ? [] : ["the question names fewer than two candidates"]),
    ...(candidates.includes(world.leaver.id) ? [] : ["the question does not name the leaver's account"]),
    ...(world.effects() === 0 ? [] : ["something changed before the question was answered"]),
  ];
}
