import type { Connector } from "../../../contract/connector.ts";
import { mustEnd } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { keyOf } from "../item.ts";

export const order: Check = {
  number: 16,
  title: "kinds end in the order of `after`, which meets no conflict",
  async run(bench) {
    const { kinds } = bench.connector;
    const reversed = Object.fromEntries(Object.entries(kinds).toReversed());
    return [
      ...(await inOrder(bench, bench.connector)),
      // What must come first is said by `after`, and not by the order in which the kinds are written.
      ...(await inOrder(bench, { ...bench.connector, kinds: reversed })).map((reason) => `kinds reversed: ${reason}`),
    ];
  },
};

async function inOrder(bench: Bench, connector: Connector): Promise<readonly string[]> {
  const world = await bench.world();
  const written: string[] = [];
  let before = 0;
  const open = async () => ({ ...(await bench.open(world)), connector });
  const { end, errors, turns } = await bench.offboard(world, {
    open,
    onItem: ({ kind }, moment) => {
      if (moment === "before") before = world.writes().length;
      else if (world.writes().length > before) written.push(kind);
    },
  });
  const early = written.flatMap((kind, at) =>
    (connector.kinds[kind]?.after ?? [])
      .filter((first) => written.slice(at + 1).includes(first))
      .map((first) => `${kind} was ended before the last ${first}`),
  );
  return [
    ...early,
    ...(written.length > 0 ? [] : ["nothing was written"]),
    ...(end.kind === "done" ? [] : [`it did not end: ${JSON.stringify(end)}`]),
    ...errors.map(({ code, message }) => `${code}: ${message}`),
    ...(turns === 1 ? [] : [`it took ${turns} turns`]),
    ...world
      .alive()
      .filter((item) => mustEnd(connector, item))
      .map((item) => `${keyOf(item)} still works`),
  ];
}
