import type { Check } from "../check.ts";

/** Not about a connector, but about the kit: tried once, over the toy, with a connector broken for each check. */
export const hasTeeth: Check = {
  number: 20,
  name: "the kit has teeth",
  title: "the kit fails broken connectors",
  spares: () => "about the kit itself: tried once, over the toy",
  run: async () => [],
};
