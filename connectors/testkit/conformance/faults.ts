import type { Faults } from "./subject.ts";
import type { Script } from "./vocabulary.ts";

/** One schedule over several fakes of a world: a script counts its calls over all of them. */
export function faultsOf(...schedules: readonly Faults[]): Faults {
  const added: { name: string; watched: Watched }[] = [];
  return {
    add(script) {
      const watched = watch(script);
      added.push({ name: script.fault.name, watched });
      const withdrawals = schedules.map((schedule) => schedule.add(watched.script));
      return () => {
        for (const withdraw of withdrawals) withdraw();
      };
    },
    unfired() {
      return added.filter(({ watched }) => watched.isUnfired()).map(({ name }) => name);
    },
  };
}

/** A script that says how often it fired. */
export interface Watched {
  script: Script;
  fired(): number;
  isUnfired(): boolean;
}

export function watch(script: Script): Watched {
  const { on, nth = 1, times = 1 } = script;
  let matched = 0;
  let fired = 0;
  const due = (): boolean => {
    matched += 1;
    if (matched < nth || (times !== "always" && fired >= times)) return false;
    fired += 1;
    return true;
  };
  return {
    // `when` is asked last, once for each call that matches all else.
    script: { on: { ...on, when: (call) => (on.when?.(call) ?? true) && due() }, fault: script.fault, times: "always" },
    fired: () => fired,
    isUnfired: () => (times === "always" ? fired === 0 : fired < times),
  };
}
