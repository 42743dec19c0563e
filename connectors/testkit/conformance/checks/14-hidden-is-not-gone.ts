import { ConnectorError } from "../../../contract/error.ts";
import type { Finding, Verdict } from "../../../../src/domain/access.ts";
import { revokeItem } from "../../../../src/stages/revoke/revoke-item.ts";
import { lookAgain } from "../../../../src/stages/verify/look-again.ts";
import { endedKinds, look, lookAtKind } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import type { Opened } from "../host.ts";
import { keyOf } from "../item.ts";
import type { ConformanceWorld } from "../subject.ts";
import { bothOf } from "../vocabulary.ts";
import type { Matcher } from "../vocabulary.ts";

export const hiddenIsNotGone: Check = {
  number: 14,
  name: "hidden is not gone",
  title: "not found for lack of permission is neither gone nor dead",
  async run(bench) {
    const wrong: string[] = [];
    for (const [name, hidden] of Object.entries(situations)) {
      const world = await bench.world();
      const { findings, materials } = await look(await bench.open(world), world);
      const kinds = Object.keys(bench.connector.kinds).filter((kind) => findings.some((one) => one.kind === kind));
      for (const kind of kinds) {
        const withdraw = world.faults.add({
          on: hidden(world, kind),
          times: "always",
          fault: world.vocabulary.hides(),
        });
        const opened = await bench.open(world);
        for (const finding of findings.filter((one) => one.kind === kind)) {
          const taken = await judge(bench, opened, world, finding, materials.get(finding) ?? null);
          wrong.push(...taken.map((reason) => `with ${name} hidden, ${keyOf(finding)} ${reason}`));
        }
        withdraw();
      }
      if (world.effects() > 0 && name === "everything") wrong.push(`with ${name} hidden, something changed`);
    }
    return [...wrong, ...(await hiddenAccounts(bench))];
  },
};

const situations: Readonly<Record<string, (world: ConformanceWorld, kind: string) => Matcher>> = {
  everything: () => ({}),
  "its account": ({ vocabulary }) => vocabulary.ofAccount ?? {},
  "its kind": ({ vocabulary }, kind) => vocabulary.about(kind),
  "its writes": ({ vocabulary }, kind) => bothOf(vocabulary.about(kind), vocabulary.writes),
};

async function judge(
  { connector }: Bench,
  opened: Opened,
  world: ConformanceWorld,
  finding: Finding,
  material: Parameters<typeof lookAgain>[3],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const isThere = (): boolean => world.alive().some((item) => keyOf(item) === keyOf(finding));
  if (endedKinds(connector).includes(finding.kind)) {
    const end = await codeOr(async () => {
      return (await revokeItem(opened, finding, { preserve: false, deletePrincipals: false })).state;
    });
    if (isThere() && (end === "already-gone" || end === "revoked")) wrong.push(`is called ${end}`);
  }
  const verdict = await codeOr(async () => (await verdictOf(opened, world, finding, material)).state);
  if (isThere() && verdict === "dead") wrong.push("is called dead");
  const seen = await codeOr(async () => {
    const { complete, findings } = await lookAtKind(opened, world, finding.kind);
    return complete.has(finding.kind) && !findings.some((one) => keyOf(one) === keyOf(finding)) ? "missed" : "seen";
  });
  if (isThere() && seen === "missed") wrong.push("is missing from a listing that is called whole");
  return wrong;
}

async function verdictOf(
  opened: Opened,
  world: ConformanceWorld,
  finding: Finding,
  material: Parameters<typeof lookAgain>[3],
): Promise<Verdict> {
  return lookAgain(opened, finding, await lookAtKind(opened, world, finding.kind), material);
}

/** An account that cannot be looked at is not one that does not exist. */
async function hiddenAccounts(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const { connector, session } = await bench.open(world);
  const found: string[] = [];
  for (const on of [world.vocabulary.ofAccount ?? {}, {}]) {
    world.faults.add({ on, times: "always", fault: world.vocabulary.hides() });
    found.push(
      await codeOr(async () => ((await connector.account(session, world.leaver.id)) === null ? "gone" : "there")),
    );
  }
  const run = await bench.offboard(world, { maxTurns: 1 });
  return [
    ...(found.includes("gone") ? ["an account that is hidden is called gone"] : []),
    ...(run.end.kind === "done" ? ["with everything hidden, the person is said to have no account"] : []),
  ];
}

async function codeOr(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ConnectorError) return thrown.code;
    throw thrown;
  }
}
