import { kindsHere, mustEnd } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { watch } from "../faults.ts";
import { keyOf } from "../item.ts";
import { newCase } from "../stored-case.ts";
import { bothOf } from "../vocabulary.ts";

export const deniedKind: Check = {
  number: 11,
  name: "denied kind",
  title: "denied on one kind, it ends the others, is not done, and names what is missing",
  async run(bench) {
    const wrong: string[] = [];
    for (const kind of kindsHere(bench.subject)) {
      for (const to of ["read", "write"] as const) {
        for (const reason of await denied(bench, kind, to)) wrong.push(`denied to ${to} ${kind}: ${reason}`);
      }
    }
    return wrong;
  },
};

async function denied(bench: Bench, kind: string, to: "read" | "write"): Promise<readonly string[]> {
  const world = await bench.world();
  const { vocabulary } = world;
  const { fault, missing } = vocabulary.denies(kind, to);
  const about = vocabulary.about(kind);
  const on = to === "read" ? about : bothOf(about, vocabulary.writes);
  const denial = watch({ on, times: "always", fault });
  world.faults.add(denial.script);
  // Kinds that need a denied call for their own work cannot do it either.
  const spoilt = new Set<string>();
  const stored = newCase();
  let before = 0;
  const { end, errors } = await bench.offboard(world, {
    stored,
    maxTurns: 3,
    looks: 1,
    onItem: (item, moment) => {
      if (moment === "before") before = denial.fired();
      else if (denial.fired() > before) spoilt.add(item.kind);
    },
  });
  if (denial.fired() === 0) return []; // nothing of this kind is read or written so
  for (const unseen of [...stored.gaps, ...stored.troubles]) spoilt.add(unseen.kind);
  const known =
    missing !== "" && bench.connector.permissions.some(({ name }) => name.includes(missing) || missing.includes(name));
  const telling = errors.filter(({ code }) => code === "forbidden");
  const gaps = stored.gaps.filter((gap) => gap.kind === kind);
  const troubles = stored.troubles.filter((trouble) => trouble.kind === kind);
  // Where the freeze itself is denied, the engine goes no further and asks a person.
  const isHeld = stored.step === "resolve" || stored.step === "freeze";
  const left = world.alive().filter((item) => item.kind === kind);
  const said = [...telling.map(({ message }) => message), ...gaps.map(({ why }) => why)];
  return [
    ...(known ? [] : [`the manifest has no permission ${missing}`]),
    // What was denied may have ended with something else; only what still works must not be called done.
    ...(end.kind === "done" && gaps.length === 0 && left.length > 0 ? ["the offboarding calls itself done"] : []),
    ...(gaps.length + troubles.length > 0 || spoilt.has(kind) || telling.length > 0 ? [] : ["nothing says so"]),
    ...(said.some((text) => text.includes(missing))
      ? []
      : [`${missing} is not named: ${said.join("; ") || "nothing"}`]),
    ...errors.filter(({ code }) => code === "unauthorized").map(() => "it is taken for a refused credential"),
    ...world
      .alive()
      .filter((item) => item.kind !== kind && !spoilt.has(item.kind) && mustEnd(bench.connector, item))
      .filter(() => !isHeld)
      .filter((item) => bench.connector.kinds[item.kind]?.principal !== true) // it stays while something of it does
      .map((item) => `${keyOf(item)} still works`),
  ];
}
