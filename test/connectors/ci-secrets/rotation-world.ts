import type { Finding } from "../../../src/domain/access.ts";
import { closing, kindOf, look, openAt, said } from "./support.ts";
import type { OpenOptions } from "./support.ts";
import { awsPlaces, kongPlaces, plans, startWorld } from "./world.ts";
import type { World, WorldOptions } from "./world.ts";

export type PlanName = "deploy" | "gateway";

/** A world whose leaver has left GitHub after the first look, so that new values are out of reach. */
export async function afterTheFirstLook(plan: PlanName, options: WorldOptions & Pick<OpenOptions, "settings"> = {}) {
  const { clock = Date.now, settings = {} } = options;
  const world = closing(await startWorld(options));
  const { session } = await openAt(world, { settings, clock: () => new Date(clock()) });
  const found = await look(session, world.leaver);
  const finding = found.find(({ facts }) => facts["plan"] === plan && facts["issuer"] !== undefined);
  if (finding === undefined) throw new Error(`no credential of ${plan}`);
  leave(world);
  return { world, found, finding };
}

export function leave({ github }: World): void {
  const { id } = github.user("robin");
  const state = github.state();
  for (const { id: ref } of state.collaborators.filter(({ userId }) => userId === id)) {
    github.remove({ kind: "collaborators", id: ref });
  }
  github.remove({ kind: "memberships", id });
}

export function keysOf(world: World, plan: PlanName): readonly string[] {
  return plan === "deploy" ? world.awsKeyIds() : world.kongKeyIds();
}

export function oldWorks(world: World, plan: PlanName): boolean {
  return plan === "deploy" ? world.awsWorks(world.awsKey) : world.kongWorks(world.kongKey.key);
}

export const placesOf = (plan: PlanName) => (plan === "deploy" ? awsPlaces : kongPlaces);

export async function verdictOf(world: World, finding: Finding): Promise<string> {
  const { session } = await openAt(world);
  return said(await kindOf("credential").verify(session, finding, null));
}

export function plansWithGrace(grace: string) {
  return plans.map((plan) => ({ ...plan, grace }));
}
