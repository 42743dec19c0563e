import type { CaseDetail } from "../api/views.ts";
import type { DemoWorld } from "./world.ts";
import { keyWorks } from "./world.ts";

/** One thing that must be true at the end, and whether it is. */
export interface Expectation {
  text: string;
  holds: boolean;
}

/** Looks at the gateway itself, past everything that Lastday says about it. */
export async function expectations(world: DemoWorld, ended: CaseDetail): Promise<Expectation[]> {
  const { kong } = world;
  const alive = world.credentials.filter((id) => kong.alive(id));
  const stubborn = ended.itemList.find(({ ref }) => ref === world.stubborn);
  const looks = ended.steps.filter(({ kind }) => kind === "verify").map(({ result }) => result);
  return [
    {
      text: `all ${world.credentials.length} credentials of the leaver are dead at the gateway`,
      holds: alive.length === 0,
    },
    {
      text: "the stubborn key was seen alive after its revocation, then dead",
      holds: looks.includes("alive") && (stubborn?.revocation.attempts ?? 0) > 1 && stubborn?.look.verdict === "dead",
    },
    {
      text: "the colleague with the similar name is untouched, byte for byte",
      holds: kong.stateOf(world.bystanderId) === world.bystanderBefore,
    },
    { text: "the colleague's key still opens the gateway", holds: await keyWorks(kong, world.bystanderKey) },
    { text: "the case is complete", holds: ended.state === "complete" },
    { text: "every call is one that Kong documents", holds: kong.violations().length === 0 },
  ];
}
