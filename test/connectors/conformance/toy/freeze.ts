import type { Account, Outcome } from "../../../../src/domain/access.ts";
import type { ToyClient } from "./client.ts";
import { seenUser } from "./listing.ts";

/** Marks a suspension as ours, so that nobody else's is lifted. */
const ours = "lastday";

export async function freezeUser(toy: ToyClient, { id }: Account): Promise<Outcome> {
  const user = await seenUser(toy, id);
  if (user === null) return { state: "already-gone" };
  if (user.suspendedBy === null) await toy.suspend(id, ours);
  return { state: "disabled", reason: "the user is suspended" };
}

export async function unfreezeUser(toy: ToyClient, { id }: Account): Promise<Outcome> {
  const user = await seenUser(toy, id);
  if (user === null || user.suspendedBy !== ours) return { state: "already-gone" };
  await toy.suspend(id, null);
  return { state: "revoked" };
}
