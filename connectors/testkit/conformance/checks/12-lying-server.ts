import type { Finding } from "../../../../src/domain/access.ts";
import { withoutEffect } from "../../faults/index.ts";
import { kindsHere, look, lookAtKind, mustEnd } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { watch } from "../faults.ts";
import type { Opened } from "../host.ts";
import { jsonHostileAnswers, redirectElsewhere } from "../hostile-answers.ts";
import { startSink } from "../sink.ts";
import { keyOf } from "../item.ts";
import { newCase } from "../stored-case.ts";
import type { ConformanceWorld } from "../subject.ts";

export const lyingServer: Check = {
  number: 12,
  name: "lying server",
  title: "a server that says done and is not, or says nonsense, is not believed",
  run: async (bench) => [
    ...(await withoutAnyEffect(bench)),
    ...(await nonsense(bench)),
    ...(await elsewhere(bench)),
    ...(await ofSomebodyElse(bench)),
  ],
};

/** Every write is answered as if it had worked. */
async function withoutAnyEffect(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const stored = newCase();
  const withdraw = world.faults.add({ on: world.vocabulary.writes, times: "always", fault: withoutEffect() });
  const isJudged = (): boolean => stored.items.some(({ verdict }) => verdict !== null);
  const lied = await bench.offboard(world, { stored, maxTurns: 4, stopAfter: isJudged });
  const believed = stored.items
    .filter(({ finding }) => mustEnd(bench.connector, finding))
    .filter(({ verdict, outcome }) => verdict !== "alive" && outcome !== "unsupported");
  const wrong = [
    ...(lied.end.kind === "done" ? ["nothing happened, and the offboarding calls itself done"] : []),
    ...believed.map(({ finding, verdict }) => `${keyOf(finding)} is alive, and the verdict is ${verdict ?? "none"}`),
    ...(world.effects() === 0 ? [] : ["the world's writes are not all of them: something changed"]),
  ];
  withdraw();
  const { end } = await bench.offboard(world, { stored, maxTurns: 20, looks: 1 });
  return end.kind === "done" ? wrong : [...wrong, `honest again, it did not end: ${JSON.stringify(end)}`];
}

/** Answers that are none, to each kind's calls: named as such, taken for no listing, and no matter of the other kinds. */
async function nonsense(bench: Bench): Promise<readonly string[]> {
  const wrong: string[] = [];
  const world = await bench.world();
  const opened = await bench.open(world);
  const honest = await looksByKind(bench, opened, world);
  for (const [name, fault] of Object.entries(world.vocabulary.hostileAnswers ?? jsonHostileAnswers)) {
    for (const kind of kindsHere(bench.subject)) {
      const nonsense = watch({ on: world.vocabulary.about(kind), times: "always", fault });
      const withdraw = world.faults.add(nonsense.script);
      for (const other of kindsHere(bench.subject)) {
        const before = nonsense.fired();
        const { complete, findings, troubles } = await lookAtKind(opened, world, other);
        const isMet = nonsense.fired() > before;
        const code = troubles[0]?.error.code ?? "nothing";
        if (isMet && complete.has(other)) wrong.push(`${other} takes ${name} for a whole listing`);
        if (isMet && !isClassified.has(code)) wrong.push(`${other} takes ${name} for ${code}`);
        if (!isMet && keysOf(findings) !== honest.get(other)) wrong.push(`${other} suffers from ${name} about ${kind}`);
      }
      withdraw();
    }
  }
  return wrong;
}

/** What breaks off may also be the connection's fault. */
const isClassified = new Set(["invalid-response", "unavailable"]);

async function looksByKind(
  bench: Bench,
  opened: Opened,
  world: ConformanceWorld,
): Promise<ReadonlyMap<string, string>> {
  const looks = new Map<string, string>();
  for (const kind of kindsHere(bench.subject)) {
    looks.set(kind, keysOf((await lookAtKind(opened, world, kind)).findings));
  }
  return looks;
}

/** A redirect to another server is not followed by reads or writes. */
async function elsewhere(bench: Bench): Promise<readonly string[]> {
  const sink = await startSink();
  try {
    const world = await bench.world();
    const { findings } = await look(await bench.open(world), world);
    world.faults.add({ on: {}, times: "always", fault: redirectElsewhere(sink.url) });
    const opened = await bench.open(world);
    const wrong: string[] = [];
    for (const kind of kindsHere(bench.subject)) {
      const read = await codeOf(async () => (await lookAtKind(opened, world, kind)).troubles[0]?.error);
      if (read !== null && !refused.has(read)) wrong.push(`${kind}, sent elsewhere, ended as ${read}`);
    }
    for (const finding of findings) {
      const kind = bench.connector.kinds[finding.kind];
      if (kind?.revoke === undefined) continue;
      const end = await codeOf(async () => kind.revoke?.(opened.session, finding));
      if (end === null || !refused.has(end)) wrong.push(`${keyOf(finding)}, sent elsewhere, ended as ${end ?? "done"}`);
    }
    return [...wrong, ...(sink.calls() === 0 ? [] : [`${sink.calls()} calls went to another server`])];
  } finally {
    await sink.close();
  }
}

const refused = new Set(["egress-refused", "invalid-response"]);

/** The code that work ended with: as a trouble it gave, or as it threw. Null where it simply ended. */
async function codeOf(work: () => Promise<unknown>): Promise<string | null> {
  const code = (error: unknown): string | null =>
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : null;
  try {
    return code(await work());
  } catch (thrown) {
    const known = code(thrown);
    if (known === null) throw thrown;
    return known;
  }
}

/** A listing that is another account's. */
async function ofSomebodyElse(bench: Bench): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const kind of kindsHere(bench.subject)) {
    const world = await bench.world();
    const script = world.vocabulary.answersForOther(kind);
    if (script === null) continue;
    const lie = watch({ ...script, times: "always" });
    world.faults.add(lie.script);
    const { complete, findings } = await lookAtKind(await bench.open(world), world, kind);
    if (lie.fired() === 0) wrong.push(`${kind}: the other account's answer never came`);
    if (complete.has(kind)) wrong.push(`${kind} takes another account's listing for a whole one`);
    if (findings.length > 0) wrong.push(`${kind} took over another account's: ${findings.map(keyOf).join(", ")}`);
  }
  return wrong;
}

function keysOf(findings: readonly Finding[]): string {
  return findings.map(keyOf).toSorted().join(" ");
}
