import { lookAgain } from "../../../../src/stages/verify/look-again.ts";
import { look, lookAtKind, singleKinds } from "../bench.ts";
import type { Check } from "../check.ts";
import { keyOf } from "../item.ts";

export const freshLooks: Check = {
  number: 17,
  name: "fresh looks",
  title: "each look is fresh: what is put back between two is seen alive",
  spares: (connector) =>
    singleKinds(connector).length > 0 ? null : "no kind is ended one by one: what is rotated is judged by 18",
  async run(bench) {
    const wrong: string[] = [];
    let tried = 0;
    for (const kind of singleKinds(bench.connector)) {
      const world = await bench.world();
      const opened = await bench.open(world);
      await bench.connector.freeze?.(opened.session, world.leaver);
      const { findings, materials } = await look(opened, world);
      const finding = findings.find((one) => one.kind === kind);
      if (finding === undefined) continue;
      const verdict = async () => {
        const { session, connector, name } = opened;
        const fresh = await lookAtKind(opened, world, kind, [finding]);
        return lookAgain({ session, connector, name }, finding, fresh, materials.get(finding) ?? null);
      };
      await bench.connector.kinds[kind]?.revoke?.(opened.session, finding);
      const before = await verdict();
      if (!(await world.vocabulary.putBack(finding))) continue;
      tried += 1;
      const after = await verdict();
      if (before.state !== "dead") wrong.push(`${keyOf(finding)} was ended, and the verdict is ${before.state}`);
      if (after.state !== "alive") wrong.push(`${keyOf(finding)} was put back, and the verdict is ${after.state}`);
    }
    return tried > 0 ? wrong : ["nothing can be put back in this world"];
  },
};
