import type { Connector, Kind } from "../../../contract/connector.ts";
import { kindsHere } from "../bench.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { newCase } from "../stored-case.ts";

export const order: Check = {
  number: 16,
  name: "order",
  title: "kinds end in the order of `after`, which meets no conflict",
  async run(bench) {
    const wrong = [...(await inOrder(bench, bench.connector))];
    // What must come first is said by `after`, and not by luck: each kind goes as early as its `after` lets it.
    for (const kind of kindsHere(bench.subject)) {
      for (const reason of await inOrder(bench, withEarly(kind, bench.connector))) {
        wrong.push(`with ${kind} as early as may be: ${reason}`);
      }
    }
    return wrong;
  },
};

async function inOrder(bench: Bench, connector: Connector): Promise<readonly string[]> {
  const world = await bench.world();
  const written: string[] = [];
  let before = 0;
  const open = async () => ({ ...(await bench.open(world)), connector });
  // Principals go with all the rest here, so that an order which deletes them too early shows.
  const stored = { ...newCase(), principalsAreDue: true };
  const { end, errors, turns, alive } = await bench.offboard(world, {
    open,
    stored,
    looks: 1,
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
    ...alive,
  ];
}

/** The connector with every kind after this one that need not be before it. */
function withEarly(early: string, connector: Connector): Connector {
  const first = new Set<string>();
  const collect = (name: string): void => {
    if (first.has(name)) return;
    first.add(name);
    for (const earlier of connector.kinds[name]?.after ?? []) collect(earlier);
  };
  collect(early);
  const later = (kind: Kind<unknown>): Kind<unknown> => ({ ...kind, after: [...(kind.after ?? []), early] });
  const kinds = Object.entries(connector.kinds).map(
    ([name, kind]) => [name, first.has(name) ? kind : later(kind)] as const,
  );
  return { ...connector, kinds: Object.fromEntries(kinds) };
}
