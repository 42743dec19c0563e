import { destroySshKey, destroyToken } from "./departures.ts";
import { type CredentialAuthorization, type Job, type State } from "./rows.ts";
import { find, type World } from "./world.ts";

/** Revocations that GitHub accepts with 202 and does later. */

/** Which authorizations a job will end. */
export function awaitedBy({ userId, types }: Job, state: State): CredentialAuthorization[] {
  return state.credentialAuthorizations.filter((one) => one.userId === userId && types.includes(typeOf(one, state)));
}

/** Counts a read of the list that accepted work will empty. */
export function countRead(world: World): void {
  for (const { id, readsLeft } of world.state.jobs) world.change("jobs", id, { readsLeft: readsLeft - 1 });
}

/** Does the work that is due. */
export function finishJobs(world: World, now: number): void {
  const due = world.state.jobs.filter((job) => job.readsLeft <= 0 && job.dueAt <= now);
  for (const job of due) {
    const ended = awaitedBy(job, world.state);
    world.remove("credentialAuthorizations", (one) => ended.includes(one));
    if (job.destroys) destroyCredentials(world, job);
    world.remove("jobs", (one) => one.id === job.id);
  }
}

function destroyCredentials(world: World, { userId, types }: Job): void {
  const { tokens, sshKeys } = world.state;
  for (const token of tokens.filter((one) => one.userId === userId)) {
    if (types.includes(token.type === "classic" ? "classic_pat" : "fine_grained_pat")) destroyToken(world, token.id);
  }
  if (!types.includes("ssh_key")) return;
  for (const key of sshKeys.filter((one) => one.userId === userId)) destroySshKey(world, key.id);
}

function typeOf({ type, credentialId }: CredentialAuthorization, state: State): Job["types"][number] {
  if (type === "SSH key") return "ssh_key";
  if (type !== "personal access token") return "oauth_app_token";
  const token = credentialId === null ? undefined : find(state, "tokens", credentialId);
  return token?.type === "fine-grained" ? "fine_grained_pat" : "classic_pat";
}
