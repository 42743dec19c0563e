import { ConnectorError } from "../../../contract/error.ts";
import { revokeItem } from "../../../../src/stages/revoke/revoke-item.ts";
import type { Finding } from "../../../../src/domain/access.ts";
import { endedKinds, look } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import type { Opened } from "../host.ts";
import { keyOf } from "../item.ts";
import type { ConformanceWorld } from "../subject.ts";

export const onceIsEnough: Check = {
  number: 7,
  name: "once is enough",
  title: "twice, and two at once, is one effect",
  async run(bench) {
    const alone = await bench.world();
    const [first, second] = [await bench.open(alone), await bench.open(alone)];
    const effectsOf = new Map<string, number>();
    const wrong: string[] = [];
    for (const { name, work } of await works(bench, alone)) {
      const before = alone.effects();
      await settled(work(first));
      const after = alone.effects();
      effectsOf.set(name, after - before);
      const again = await settled(work(second));
      if (!isRepeatable(again)) wrong.push(`${name} for the second time: ${again}`);
      if (alone.effects() !== after) wrong.push(`${name} for the second time had ${alone.effects() - after} effects`);
    }
    return [...wrong, ...(await twoAtOnce(bench, effectsOf))];
  },
};

async function twoAtOnce(bench: Bench, effectsOf: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const world = await bench.world();
  const sessions = [await bench.open(world), await bench.open(world)];
  const wrong: string[] = [];
  for (const [at, { name, work }] of (await works(bench, world)).entries()) {
    const before = world.effects();
    const ends = await Promise.all(sessions.map((session) => settled(work(session))));
    const effects = world.effects() - before;
    const expected = [...effectsOf.values()][at] ?? 0;
    for (const end of ends) if (endsTheRun.has(end)) wrong.push(`${name} by two at once: ${end}`);
    if (effects !== expected) wrong.push(`${name} by two at once had ${effects} effects, and alone ${expected}`);
  }
  return wrong;
}

interface Work {
  name: string;
  work: (opened: Opened) => Promise<{ state: string }>;
}

/** The freeze, and the end of each item, in the order in which the engine does them. */
async function works(bench: Bench, world: ConformanceWorld): Promise<readonly Work[]> {
  const { connector } = bench;
  const { findings } = await look(await bench.open(world), world);
  const ending = endedKinds(connector).flatMap((kind) =>
    findings
      .filter((finding) => finding.kind === kind)
      .map((finding) => ({ name: keyOf(finding), work: end(finding) })),
  );
  const freezing: Work = {
    name: "freeze",
    work: async ({ session }) => (await connector.freeze?.(session, world.leaver)) ?? { state: "unsupported" },
  };
  return connector.freeze === undefined ? ending : [freezing, ...ending];
}

function end(finding: Finding): Work["work"] {
  return (opened) => revokeItem(opened, finding, { preserve: false, deletePrincipals: true });
}

/** What the engine would not isolate. */
const endsTheRun = new Set(["rate-limited", "unauthorized", "egress-refused", "cancelled", "write-refused"]);

const repeatable = new Set(["already-gone", "revoked", "disabled", "pending"]);
const isRepeatable = (end: string): boolean => repeatable.has(end);

async function settled(work: Promise<{ state: string }>): Promise<string> {
  try {
    return (await work).state;
  } catch (thrown) {
    if (thrown instanceof ConnectorError) return thrown.code;
    throw thrown;
  }
}
