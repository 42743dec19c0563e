import { kindsHere, look } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Opened } from "../host.ts";
import type { Check } from "../check.ts";
import { keyOf } from "../item.ts";
import type { ConformanceWorld } from "../subject.ts";

export const discoversEverything: Check = {
  number: 2,
  name: "discovers everything",
  title: "finds every item, with pages of one, under refs that stay",
  async run(bench) {
    const world = await bench.world({ pageSize: 1 });
    const first = await lookOnce(bench, world);
    const second = await lookOnce(bench, world);
    const opened = await bench.open(world);
    return [
      ...first.wrong,
      ...second.wrong.map((reason) => `second look: ${reason}`),
      ...differences("the second look", second.keys, "the first", first.keys),
      ...differences("the look", first.keys, "what was planted", world.planted.map(keyOf)),
      ...kindsWithoutItem(bench, world),
      ...(await accounts(opened, world)),
    ];
  },
};

/** Each look in a session of its own, as the engine's looks are. */
async function lookOnce(bench: Bench, world: ConformanceWorld): Promise<{ keys: string[]; wrong: string[] }> {
  const { findings, complete, gaps, troubles } = await look(await bench.open(world), world);
  const keys = findings.map(keyOf);
  const wrong = [
    ...gaps.map(({ kind, why }) => `${kind} is a gap: ${why}`),
    ...troubles.map(({ kind, error }) => `${kind} could not be looked at: ${error.message}`),
    ...Object.keys(bench.connector.kinds)
      .filter((kind) => !complete.has(kind))
      .map((kind) => `${kind} is not complete`),
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${key} was found twice`),
    ...findings
      .filter(({ accountId }) => accountId !== world.leaver.id)
      .map((finding) => `${keyOf(finding)} is said to be ${finding.accountId}'s`),
    ...findings
      .filter(({ ref, label }) => ref === "" || label === "")
      .map((finding) => `${keyOf(finding)} is nameless`),
  ];
  return { keys, wrong };
}

/** A kind that nothing was planted of would pass every check unseen. */
function kindsWithoutItem({ subject }: Bench, { planted }: ConformanceWorld): readonly string[] {
  return kindsHere(subject)
    .filter((kind) => !planted.some((item) => item.kind === kind))
    .map((kind) => `the world plants nothing of the kind ${kind}`);
}

async function accounts({ connector, session }: Opened, world: ConformanceWorld): Promise<readonly string[]> {
  const everybody = [world.leaver, world.bystander, ...world.lookAlikes];
  const listed: string[] = [];
  for await (const page of connector.accounts(session)) listed.push(...page.items.map(({ id }) => id));
  const wrong = [
    ...everybody.filter(({ id }) => !listed.includes(id)).map(({ label }) => `the account of ${label} is not listed`),
    ...listed.filter((id, at) => listed.indexOf(id) !== at).map((id) => `the account ${id} is listed twice`),
    ...(world.lookAlikes.length === 0 ? ["the world has no look-alike"] : []),
  ];
  for (const { id, label } of everybody) {
    const found = await connector.account(session, id);
    if (found?.id !== id) wrong.push(`the account of ${label} is not found by its id`);
  }
  return wrong;
}

function differences(
  one: string,
  ofOne: readonly string[],
  other: string,
  ofOther: readonly string[],
): readonly string[] {
  return [
    ...ofOne.filter((key) => !ofOther.includes(key)).map((key) => `${key} is in ${one} and not in ${other}`),
    ...ofOther.filter((key) => !ofOne.includes(key)).map((key) => `${key} is in ${other} and not in ${one}`),
  ];
}
