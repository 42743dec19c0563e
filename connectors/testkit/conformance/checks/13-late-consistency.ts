import { lookAgain } from "../../../../src/stages/verify/look-again.ts";
import type { Finding, Verdict } from "../../../../src/domain/access.ts";
import { look, lookAtKind, singleKinds } from "../bench.ts";
import type { Check } from "../check.ts";
import type { Opened } from "../host.ts";
import { keyOf } from "../item.ts";
import type { ConformanceWorld } from "../subject.ts";

const maxLooks = 12;

export const lateConsistency: Check = {
  number: 13,
  name: "late consistency",
  title: "what is shown late is dead only once it is; what comes back is seen",
  mayBeDeclared: true,
  spares: (connector) =>
    singleKinds(connector).length > 0 ? null : "no kind is ended one by one: what is rotated is judged by 18",
  async run(bench) {
    const wrong: string[] = [];
    let shown = 0;
    for (const kind of singleKinds(bench.connector)) {
      for (const situation of [lingering, returning]) {
        const world = await bench.world();
        const opened = await bench.open(world);
        await bench.connector.freeze?.(opened.session, world.leaver);
        const { findings, materials } = await look(opened, world);
        const finding = findings.find((one) => one.kind === kind);
        if (finding === undefined) continue;
        const material = materials.get(finding) ?? null;
        const again = (): Promise<Verdict> => lookOnce(opened, world, finding, material);
        const found = await situation({ world, finding, end: () => end(opened, finding), again });
        if (found === null) continue;
        shown += 1;
        wrong.push(...found.map((reason) => `${keyOf(finding)} ${reason}`));
      }
    }
    return shown > 0 ? wrong : ["nothing can be shown late: declare the check as not applicable, with the reason"];
  },
};

interface Case {
  world: ConformanceWorld;
  finding: Finding;
  end: () => Promise<void>;
  again: () => Promise<Verdict>;
}

async function lingering({ world, finding, end, again }: Case): Promise<readonly string[] | null> {
  const script = world.vocabulary.lingers(finding, 2);
  if (script === null) return null;
  world.faults.add(script);
  await end();
  const verdicts = await looks(again, ({ state }) => state === "dead");
  const states = verdicts.map(({ state }) => state);
  return [
    ...(states[0] === "dead" ? ["is called dead while the server still shows it"] : []),
    ...(states.at(-1) === "dead" ? [] : [`is never seen dead, though it is: ${states.join(", ")}`]),
  ];
}

async function returning({ world, finding, end, again }: Case): Promise<readonly string[] | null> {
  const script = world.vocabulary.returns(finding, 2);
  if (script === null) return null;
  world.faults.add(script);
  await end();
  const isBack = (): boolean => world.alive().some((item) => keyOf(item) === keyOf(finding));
  const verdicts = await looks(again, isBack);
  if (!isBack()) return [`never came back in ${verdicts.length} looks`];
  const { state } = await again();
  return state === "alive" ? [] : [`came back, and the verdict is ${state}`];
}

async function looks(again: () => Promise<Verdict>, isOver: (verdict: Verdict) => boolean): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  while (verdicts.length < maxLooks) {
    const verdict = await again();
    verdicts.push(verdict);
    if (isOver(verdict)) break;
  }
  return verdicts;
}

/** Not switched off first: what is shown late is then shown as it was when it worked. */
async function end({ connector, session }: Opened, finding: Finding): Promise<void> {
  await connector.kinds[finding.kind]?.revoke?.(session, finding);
}

async function lookOnce(
  opened: Opened,
  world: ConformanceWorld,
  finding: Finding,
  material: Parameters<typeof lookAgain>[3],
): Promise<Verdict> {
  return lookAgain(opened, finding, await lookAtKind(opened, world, finding.kind, [finding]), material);
}
