import type { Account, Outcome } from "../../src/domain/access.ts";
import { ConnectorError } from "../contract/error.ts";
import { denyPolicy, denyPolicyName, denyStateOf } from "./deny-policy.ts";
import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";
import { findUser, findUserToChange } from "./users.ts";

const frozen: Outcome = { state: "disabled", reason: "every request of this user, and of its sessions, is denied" };

/**
 * Denies everything to a user, whatever credential or session it comes with. Our own policy is put right when somebody has
 * altered it; what else stands under its name would be deleted with the other inline policies anyway.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html
 */
export async function denyEverything(account: Account, session: IamSession): Promise<Outcome> {
  const user = await findUserToChange(account, session);
  if (user === null) return { state: "already-gone" };
  if ((await denyStateOf(user, session)) === "exact") return frozen;
  const put = await session.iam.putUserPolicy(user.name, denyPolicyName, denyPolicy);
  if (put === "done") return frozen;
  if (put === "no-room") {
    const reason = "the inline policies of this user leave no room for ours (2,048 characters): they have to go first";
    return { state: "pending", reason };
  }
  if ((await findUser(account, session)) === null) return { state: "already-gone" };
  throw failed(session, "conflict", "PutUserPolicy", "has no user that GetUser has");
}

/** As the first step of a case: whatever keeps a user from being frozen must not keep its keys from being ended. */
export async function freezeUser(account: Account, session: IamSession): Promise<Outcome> {
  try {
    const outcome = await denyEverything(account, session);
    return outcome.state === "pending" ? { ...outcome, state: "unsupported" } : outcome;
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError) || thrown.code !== "forbidden") throw thrown;
    return { state: "unsupported", reason: thrown.message };
  }
}

/** Removes our own policy, and nothing that somebody else put there. */
export async function unfreezeUser(account: Account, session: IamSession): Promise<Outcome> {
  const user = await findUserToChange(account, session);
  const state = user === null ? null : await denyStateOf(user, session);
  if (user === null || state === null || state === "foreign") return { state: "already-gone" };
  const change = await session.iam.deleteUserPolicy(user.name, denyPolicyName);
  return { state: change === "done" ? "revoked" : "already-gone" };
}
