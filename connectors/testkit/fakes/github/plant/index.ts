import { plantCredentials } from "./credentials.ts";
import type { Ground } from "./ground.ts";
import { plantIdentities, plantInvitations, plantTeams, plantUsers } from "./people.ts";
import type { Planted, Plants } from "./plants.ts";
import { plantMachines, plantRepositories, plantSecrets } from "./repositories.ts";

export { Ground } from "./ground.ts";
export type { Planted, Plants } from "./plants.ts";

/** Puts things in place, without a call in the log; in an order in which each may name those before it. */
export function plantAll(ground: Ground, plants: Plants): Planted {
  return {
    ...plantUsers(ground, plants),
    ...plantRepositories(ground, plants),
    ...plantTeams(ground, plants),
    ...plantInvitations(ground, plants),
    ...plantCredentials(ground, plants),
    ...plantMachines(ground, plants),
    ...plantIdentities(ground, plants),
    ...plantSecrets(ground, plants),
  };
}
