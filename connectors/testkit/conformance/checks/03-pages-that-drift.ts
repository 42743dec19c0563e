import { ConnectorError } from "../../../contract/error.ts";
import { kindsHere, look, lookAtKind } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { watch } from "../faults.ts";
import { keyOf } from "../item.ts";

export const pagesThatDrift: Check = {
  number: 3,
  name: "drifting, endless pages",
  title: "loses and doubles nothing while pages drift; endless pages end",
  mayBeDeclared: true,
  run: async (bench) => [...(await drift(bench)), ...(await endless(bench))],
};

/** Within one look, and then within the first look of a whole offboarding, in a world of its own. */
async function drift(bench: Bench): Promise<readonly string[]> {
  const [looked, offboarded] = [await bench.world({ pageSize: 1 }), await bench.world({ pageSize: 1 })];
  const drifting = [looked, offboarded].flatMap((world) => {
    const script = world.vocabulary.drifts();
    if (script === null) return [];
    const watched = watch(script);
    world.faults.add(watched.script);
    return [watched];
  });
  if (drifting.length === 0) return ["nothing drifts: declare the check as not applicable, with the reason"];
  const { findings } = await look(await bench.open(looked), looked);
  const keys = findings.map(keyOf);
  const run = await bench.offboard(offboarded);
  return [
    ...(drifting.every((watched) => watched.fired() > 0) ? [] : ["the drift never came"]),
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${key} was found twice in one look`),
    ...(run.end.kind === "done" ? [] : [`the offboarding did not end: ${JSON.stringify(run.end)}`]),
    ...run.alive,
  ];
}

/** Each kind by itself: one whose listing met the endless pages must say so, and must not be complete. */
async function endless(bench: Bench): Promise<readonly string[]> {
  const wrong: string[] = [];
  let met = 0;
  for (const kind of kindsHere(bench.subject)) {
    const world = await bench.world();
    const script = world.vocabulary.endless();
    if (script === null) continue;
    const pages = watch({ ...script, times: "always" });
    world.faults.add(pages.script);
    const { complete, troubles, gaps } = await lookAtKind(await bench.open(world), world, kind);
    if (pages.fired() === 0) continue;
    met += 1;
    if (complete.has(kind)) wrong.push(`${kind} is called complete after endless pages`);
    const codes = [...troubles.map(({ error }) => error.code), ...gaps.map(() => "a gap")];
    if (codes.some((code) => code !== "invalid-response")) wrong.push(`${kind}: endless pages are ${codes.join(", ")}`);
  }
  const world = await bench.world();
  const script = world.vocabulary.endless();
  if (script === null || met === 0) return [...wrong, "no kind met endless pages"];
  world.faults.add({ ...script, times: "always" });
  const { connector, session } = await bench.open(world);
  const listed = await walk(connector.accounts(session));
  return listed === "ended" ? [...wrong, "endless pages of accounts are taken for a whole list"] : wrong;
}

async function walk(pages: AsyncIterable<{ complete: boolean }>): Promise<"ended" | "refused"> {
  try {
    for await (const { complete } of pages) if (!complete) return "refused";
    return "ended";
  } catch (thrown) {
    if (thrown instanceof ConnectorError && thrown.code === "invalid-response") return "refused";
    throw thrown;
  }
}
