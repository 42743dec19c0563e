import type { Faults } from "./subject.ts";
import type { Matcher } from "./vocabulary.ts";

/**
 * Counts the writes that changed something, for a fake that does not count by itself. Put it in place before any other fault.
 *
 * @param state the whole state of the fake, as one text.
 * @param writes the calls to look at; left out, all of them, which takes longer.
 */
export function countEffects(faults: Pick<Faults, "add">, state: () => string, writes: Matcher = {}): () => number {
  let effects = 0;
  let before = "";
  faults.add({
    on: writes,
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
