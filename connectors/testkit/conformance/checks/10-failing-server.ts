import { hangsAfter, hangsBefore, resetsAfter, resetsBefore } from "../../faults/index.ts";
import type { Fault } from "../../faults/index.ts";
import type { ConnectorErrorCode } from "../../../contract/error.ts";
import { kindsHere, lookAtKind, othersOf } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { watch } from "../faults.ts";
import { keyOf } from "../item.ts";
import type { Vocabulary } from "../vocabulary.ts";

/** Each makes a look incomplete, and the engine look again. */
const mostReads = 4;

interface Situation {
  name: string;
  fault: (vocabulary: Vocabulary) => Fault;
  codes: readonly ConnectorErrorCode[];
  /** Time-outs are waited for: few of them, and short. */
  limits?: { callMs: number };
  mostWrites?: number;
}

const situations: readonly Situation[] = [
  { name: "answers 5xx before the effect", fault: (vocabulary) => vocabulary.fails(), codes: ["unavailable"] },
  { name: "resets before the effect", fault: resetsBefore, codes: ["unavailable"] },
  { name: "resets after the effect", fault: resetsAfter, codes: ["unavailable"] },
  { name: "hangs before the effect", fault: hangsBefore, codes: ["timed-out"], limits: { callMs: 200 }, mostWrites: 4 },
  { name: "hangs after the effect", fault: hangsAfter, codes: ["timed-out"], limits: { callMs: 200 }, mostWrites: 4 },
];

export const failingServer: Check = {
  number: 10,
  name: "failing server",
  title: "a server that fails before or after the effect is named, and overcome",
  async run(bench) {
    const wrong: string[] = [];
    for (const situation of situations) {
      const found = [...(await throughout(bench, situation)), ...(await listings(bench, situation))];
      for (const reason of found) wrong.push(`a server that ${situation.name}: ${reason}`);
    }
    return wrong;
  },
};

/** A listing that fails is not one that is empty. */
async function listings(bench: Bench, { fault, codes, limits }: Situation): Promise<readonly string[]> {
  const world = await bench.world();
  const opened = await bench.open(world, limits === undefined ? {} : { limits });
  const wrong: string[] = [];
  for (const kind of kindsHere(bench.subject)) {
    const failing = watch({ on: world.vocabulary.about(kind), fault: fault(world.vocabulary), times: "always" });
    const withdraw = world.faults.add(failing.script);
    const { complete, troubles } = await lookAtKind(opened, world, kind);
    withdraw();
    const code = troubles[0]?.error.code;
    if (failing.fired() === 0) wrong.push(`nothing was asked about ${kind}`);
    else if (complete.has(kind)) wrong.push(`${kind} is called complete`);
    else if (code === undefined || !codes.includes(code)) wrong.push(`${kind} is in trouble with ${code ?? "nothing"}`);
  }
  return wrong;
}

/** Each write fails at its first attempt, and a read now and then. */
async function throughout(
  bench: Bench,
  { fault, codes, limits, mostWrites = 200 }: Situation,
): Promise<readonly string[]> {
  const world = await bench.world();
  const before = othersOf(world);
  let isWrite = false;
  let item = "";
  let reads = 0;
  const met = new Set<string>();
  const isDue = (): boolean => {
    const due = isWrite ? !met.has(item) && met.size < mostWrites : (reads += 1) % 9 === 0 && reads <= mostReads * 9;
    if (isWrite && due) met.add(item);
    isWrite = false;
    return due;
  };
  world.faults.add({ on: { when: isDue }, times: "always", fault: fault(world.vocabulary) });
  const { end, errors, alive } = await bench.offboard(world, {
    maxTurns: 40,
    looks: 1,
    onItem: (one) => (item = keyOf(one)),
    host: {
      ...(limits === undefined ? {} : { limits }),
      onWrite: ({ operation }) => {
        isWrite = true;
        item = `${item.split(" by ")[0] ?? ""} by ${operation}`;
      },
    },
  });
  return [
    ...(met.size > 0 ? [] : ["it never failed"]),
    ...(end.kind === "done" ? [] : [`the offboarding did not end: ${JSON.stringify(end)}`]),
    ...errors
      .filter(({ code }) => !codes.includes(code))
      .map(({ code, message }) => `it is taken for ${code}: ${message}`),
    ...alive,
    ...(othersOf(world) === before ? [] : ["somebody else was touched"]),
  ];
}
