import type { Faults } from "./subject.ts";

/**
 * Counts the calls that changed something, for a fake that does not count by itself. Put it in place before any other fault.
 *
 * @param state the whole state of the fake, as one text.
 */
export function countEffects(faults: Pick<Faults, "add">, state: () => string): () => number {
  let effects = 0;
  let before = "";
  faults.add({
    on: {},
    times: "always",
    fault: {
      name: "counted",
      prepare: (call) => {
        before = state();
        return call;
      },
      afterwards: () => {
        if (state() !== before) effects += 1;
      },
    },
  });
  return () => effects;
}
