import type { Connector } from "../../../contract/connector.ts";
import { look } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { keyOf } from "../item.ts";

export const thereAndBack: Check = {
  number: 19,
  name: "there and back",
  title: "freeze and unfreeze, disable and restore give back the exact state",
  spares: (connector) =>
    connector.freeze === undefined && reversibleKinds(connector).length === 0
      ? "nothing here can be taken back: no freeze, and no kind that is restored"
      : null,
  run: async (bench) => [...(await freezing(bench)), ...(await disabling(bench))],
};

async function freezing(bench: Bench): Promise<readonly string[]> {
  const { connector } = bench;
  if (connector.freeze === undefined) return [];
  const world = await bench.world();
  const state = (): string => world.stateOf(world.leaver.id);
  const before = state();
  const { session } = await bench.open(world);
  const frozen = await connector.freeze(session, world.leaver);
  const during = state();
  const found = await look(await bench.open(world), world);
  const planted = new Set(world.planted.map(keyOf));
  const thawed = await connector.unfreeze?.(session, world.leaver);
  return [
    ...(frozen.state === "disabled" ? [] : [`the freeze came to ${frozen.state}`]),
    ...(during === before ? ["the freeze changed nothing"] : []),
    ...found.findings
      .filter((finding) => !planted.has(keyOf(finding)))
      .map((finding) => `the freeze itself is found as access: ${keyOf(finding)}`),
    ...(state() === before ? [] : [`unfrozen (${thawed?.state ?? "nothing"}), the account is not as it was`]),
  ];
}

async function disabling(bench: Bench): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const name of reversibleKinds(bench.connector)) {
    const world = await bench.world();
    const opened = await bench.open(world);
    const state = (): string => world.stateOf(world.leaver.id);
    const { findings } = await look(opened, world);
    const kind = opened.connector.kinds[name];
    for (const finding of findings.filter((one) => one.kind === name)) {
      const before = state();
      const disabled = await kind?.disable?.(opened.session, finding);
      const changed = state() !== before;
      const restored = await kind?.restore?.(opened.session, finding);
      if (disabled?.state !== "disabled")
        wrong.push(`${keyOf(finding)} was to be disabled: ${disabled?.state ?? "nothing"}`);
      if (!changed) wrong.push(`${keyOf(finding)} was disabled, and nothing changed`);
      if (state() !== before) wrong.push(`${keyOf(finding)} is not as it was (${restored?.state ?? "nothing"})`);
    }
  }
  return wrong;
}

function reversibleKinds({ kinds }: Connector): readonly string[] {
  return Object.keys(kinds).filter((name) => kinds[name]?.disable !== undefined && kinds[name]?.restore !== undefined);
}
