import type { Finding } from "../../src/domain/access.ts";
import { consumersOf } from "./consumers.ts";
import type { Consumer } from "./consumers.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import { mayWrite } from "./exposure.ts";
import { textOf } from "./place.ts";
import type { Plan } from "./plan-settings.ts";
import { presenceOf } from "./presence.ts";
import { allRepositories, isVisible, permissionIn, selectedFor } from "./survey.ts";
import type { Surveyed } from "./survey.ts";

/**
 * A new value that the leaver can read is as exposed as the old one. So nothing is issued before their access has ended,
 * which is another target's work, unless the operator says otherwise.
 *
 * @throws {ConnectorError} `conflict` while they can still read one of the plan's secrets.
 */
export async function requireOutOfReach(plan: Plan, finding: Finding, deps: CiDeps): Promise<void> {
  if (deps.settings.rotateWhileReadable) return;
  const presence = await presenceOf(finding.accountId, deps);
  if (presence.kind === "absent") return;
  const user: Surveyed = { userId: Number(finding.accountId), login: presence.login, isOwner: presence.isOwner };
  for (const consumer of consumersOf(plan)) {
    if (!(await isWithinReach(consumer, user, deps))) continue;
    const what = `the leaver can still read ${textOf(consumer.place)}, and could read a new value there too: nothing was issued. End their access at GitHub first (connector github), or set rotateWhileReadable`;
    throw failed("conflict", deps, "create", what);
  }
}

async function isWithinReach({ place }: Consumer, user: Surveyed, deps: CiDeps): Promise<boolean> {
  if (user.isOwner) return true;
  const { scope } = place;
  if (scope.kind !== "organization") return canWrite(scope.repository.name, user, deps);
  const shown = await deps.github.secret(place);
  if (shown === null) return false;
  const visibility = shown.visibility ?? "all";
  const selected = visibility === "selected" ? await selectedFor(place.store, place.name, deps) : [];
  for (const repository of await allRepositories(deps)) {
    if (isVisible({ visibility, selected }, repository) && (await canWrite(repository.name, user, deps))) return true;
  }
  return false;
}

async function canWrite(repo: string, user: Surveyed, deps: CiDeps): Promise<boolean> {
  return mayWrite(user, { permission: await permissionIn(repo, user, deps) });
}
