import fc from "fast-check";
import { revokeOrder } from "../../../src/stages/revoke/revoke-order.ts";

describe("the order in which kinds are ended", () => {
  it.each<{ name: string; kinds: Record<string, { after?: readonly string[] }>; order: string[] }>([
    { name: "as written when nothing depends on anything", kinds: { b: {}, a: {} }, order: ["b", "a"] },
    { name: "what is named in after goes first", kinds: { user: { after: ["key"] }, key: {} }, order: ["key", "user"] },
    {
      name: "a kind this connector does not have holds nothing up",
      kinds: { user: { after: ["gone"] } },
      order: ["user"],
    },
    {
      name: "a cycle still ends, each kind once",
      kinds: { a: { after: ["b"] }, b: { after: ["a"] } },
      order: ["a", "b"],
    },
  ])("$name", ({ kinds, order }) => {
    expect(revokeOrder(kinds)).toEqual(order);
  });

  it("names every kind once, after all that must precede it, whenever that is possible", () => {
    const names = ["a", "b", "c", "d", "e"];
    // Only earlier letters: such a graph has no cycle.
    const kinds = fc.tuple(...names.map((_, index) => fc.subarray(names.slice(0, index))));
    fc.assert(
      fc.property(kinds, fc.shuffledSubarray(names, { minLength: names.length }), (afters, written) => {
        const graph = Object.fromEntries(written.map((name) => [name, { after: afters[names.indexOf(name)] ?? [] }]));
        const order = revokeOrder(graph);
        expect([...order].sort()).toEqual(names);
        for (const name of names) {
          for (const earlier of graph[name]?.after ?? [])
            expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(name));
        }
      }),
    );
  });
});
