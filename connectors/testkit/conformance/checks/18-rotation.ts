import { inspect } from "node:util";
import type { Connector } from "../../../contract/connector.ts";
import type { Finding } from "../../../../src/domain/access.ts";
import { lookAgain } from "../../../../src/stages/verify/look-again.ts";
import { look, lookAtKind } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { distinctCuts, referenceRun, runUntilCut } from "../cut.ts";
import type { Cut } from "../cut.ts";
import { keyOf } from "../item.ts";
import { newCase } from "../stored-case.ts";
import type { StoredCase } from "../stored-case.ts";
import type { ConformanceWorld, RotationTruth } from "../subject.ts";

export const rotation: Check = {
  number: 18,
  name: "rotation",
  title: "rotation: cut at any step, consumers always work and no orphan is left",
  spares: ({ kinds }) =>
    Object.values(kinds).some(({ rotate }) => rotate !== undefined) ? null : "no kind of access is rotated",
  run: async (bench) => [...(await cuts(bench)), ...(await rollBacks(bench)), ...(await puttingBack(bench))],
};

async function cuts(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const watched = watchConsumers(world);
  const reference = await referenceRun(bench, world, newCase());
  const wrong = [...watched(), ...(await remains(bench, world, reference.stored))];
  if (reference.run.end.kind !== "done") return [...wrong, `it did not end: ${inspect(reference.run.end)}`];
  const isRotated = (request: number): boolean => {
    const kind = reference.requests[request - 1]?.kind;
    return typeof kind === "string" && bench.connector.kinds[kind]?.rotate !== undefined;
  };
  const requests = distinctCuts(reference).filter(isRotated);
  const all = requests.flatMap((request): Cut[] => [
    { request, at: "before-effect" },
    { request, at: "after-effect" },
  ]);
  for (const cut of all) {
    const stored = newCase();
    const cutWorld = await bench.world();
    const broken = watchConsumers(cutWorld);
    if (!(await runUntilCut(bench, cutWorld, stored, cut))) continue;
    const { end } = await bench.offboard(cutWorld, { stored, looks: 1 });
    const found = [...broken(), ...(await remains(bench, cutWorld, stored))];
    if (end.kind !== "done") found.push(`it did not end: ${inspect(end)}`);
    wrong.push(...found.map((reason) => `cut at request ${cut.request} ${cut.at}: ${reason}`));
    await cutWorld.close();
  }
  return wrong;
}

/** Looks at every consumer after every request, and keeps what it saw. */
function watchConsumers(world: ConformanceWorld): () => readonly string[] {
  const broken = new Set<string>();
  const look = (): void => {
    for (const { name, works } of truthOf(world).consumers())
      if (!works) broken.add(`${name} was left without a value`);
  };
  world.faults.add({ on: {}, times: "always", fault: { name: "watched", afterwards: look } });
  look();
  return () => {
    look();
    return [...broken];
  };
}

/** At the end exactly one value works, and it is not the old one. */
async function remains({ connector }: Bench, world: ConformanceWorld, stored: StoredCase): Promise<readonly string[]> {
  const rotated = stored.items.filter(({ rotation }) => rotation !== null);
  return [
    ...(rotated.length > 0 ? [] : ["nothing was rotated"]),
    ...(truthOf(world).consumers().length > 0 ? [] : ["the world has no consumer"]),
    ...rotated.flatMap(({ finding, verdict }) => [
      ...onlyTheNew(finding, truthOf(world).live(finding)),
      ...(verdict === "dead" ? [] : [`${keyOf(finding)} was replaced, and the verdict is ${verdict ?? "none"}`]),
    ]),
    ...byHand(connector, stored),
  ];
}

function onlyTheNew(finding: Finding, live: readonly string[]): readonly string[] {
  return [
    ...(live.includes(finding.ref) ? [`the old value of ${keyOf(finding)} still works`] : []),
    ...(live.length === 1 ? [] : [`${live.length} values of ${keyOf(finding)} work at its issuer`]),
  ];
}

/** What a person has to do says what, whose it is and by when. */
function byHand({ kinds }: Connector, { items }: StoredCase): readonly string[] {
  return items
    .filter(({ finding, rotation }) => kinds[finding.kind]?.rotate !== undefined && rotation === null)
    .filter(({ outcome, task }) => outcome !== "pending" || (task ?? null) === null)
    .map(({ finding }) => `${keyOf(finding)} is neither rotated nor given to a person`);
}

/** Before the old value is retired there is a way back: the consumers work, and the new value does not. */
async function rollBacks(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const broken = watchConsumers(world);
  const opened = await bench.open(world);
  const { session, connector } = opened;
  const wrong: string[] = [];
  for (const finding of (await look(opened, world)).findings) {
    const rotate = connector.kinds[finding.kind]?.rotate;
    if (rotate === undefined || rotate.plan(session, finding).kind === "by-hand") continue;
    const since = new Date();
    const issued = await rotate.create(session, finding, { token: "11111111-1111-4111-8111-111111111111", since });
    const early = await rotate.rollBack(session, finding, issued);
    const live = truthOf(world).live(finding);
    if (early.state === "unsupported")
      wrong.push(`${keyOf(finding)} cannot be taken back before anybody has its value`);
    if (!live.includes(finding.ref)) wrong.push(`${keyOf(finding)} was taken back, and the old value is gone`);
    if (live.includes(issued.ref)) wrong.push(`${keyOf(finding)} was taken back, and the new value still works`);
    const next = await rotate.create(session, finding, {
      token: "22222222-2222-4222-8222-222222222222",
      since: new Date(),
    });
    await rotate.set(session, finding, next);
    const late = await rotate.rollBack(session, finding, next);
    const works = truthOf(world).live(finding).includes(next.ref);
    if (late.state !== "unsupported" && works)
      wrong.push(`${keyOf(finding)} was taken back late, and the new value works`);
  }
  return [...wrong, ...broken()];
}

/** An old value that works again, after a look that saw it dead in the same session. */
async function puttingBack(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const stored = newCase();
  await bench.offboard(world, { stored, looks: 1 });
  const opened = await bench.open(world);
  const wrong: string[] = [];
  for (const { finding } of stored.items.filter(({ rotation }) => rotation !== null)) {
    const verdict = async () => {
      const fresh = await lookAtKind(opened, world, finding.kind, [finding]);
      return (await lookAgain(opened, finding, fresh, stored.sealed.get(keyOf(finding)) ?? null)).state;
    };
    const before = await verdict();
    if (before !== "dead") wrong.push(`${keyOf(finding)} was replaced, and a look later the verdict is ${before}`);
    if (!(await world.vocabulary.putBack(finding))) continue;
    const after = await verdict();
    if (after !== "alive") wrong.push(`${keyOf(finding)} was put back, and the verdict is ${after}`);
  }
  return wrong;
}

function truthOf({ rotation }: ConformanceWorld): RotationTruth {
  if (rotation === undefined) throw new Error("the world does not tell the truth about shared secrets: `rotation`");
  return rotation;
}
