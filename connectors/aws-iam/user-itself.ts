import type { Account, Finding, Outcome, Verdict } from "../../src/domain/access.ts";
import type { Page } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import { denyPolicyName, denyStateOf } from "./deny-policy.ts";
import { findingOf } from "./finding.ts";
import { denyEverything } from "./freeze.ts";
import { attachedPolicies, groupMemberships, inlinePolicies } from "./grants.ts";
import { listHeld } from "./held.ts";
import type { HeldKind } from "./held.ts";
import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";
import { loginProfiles, mfaDevices } from "./sign-in.ts";
import { accessKeys, serviceCredentials, signingCertificates, sshPublicKeys } from "./switchable.ts";
import { findUser, findUserToChange, holderOf } from "./users.ts";
import type { IamUser } from "./users.ts";

/** What lets somebody in. */
const credentials: readonly HeldKind[] = [
  accessKeys,
  loginProfiles,
  serviceCredentials,
  sshPublicKeys,
  signingCertificates,
];

/** What must be gone before IAM deletes a user. */
export const heldKinds: readonly HeldKind[] = [
  ...credentials,
  mfaDevices,
  groupMemberships,
  attachedPolicies,
  inlinePolicies,
];

export async function* discoverUser(account: Account, session: IamSession): AsyncGenerator<Page<Finding>> {
  const user = await findUser(account, session);
  if (user === null) return yield { items: [], complete: true };
  const { id, name, arn, createdAt, passwordLastUsedAt } = user;
  const particulars = { ref: id, label: `user ${name}`, createdAt, lastUsedAt: passwordLastUsedAt, facts: { arn } };
  yield { items: [findingOf("user", user, particulars)], complete: true };
}

/** Switched off is frozen. */
export async function disableUser(finding: Finding, session: IamSession): Promise<Outcome> {
  return denyEverything(holderOf(finding), session);
}

/**
 * Deletes a user that holds nothing any more. What restrains it goes last, the boundary before our deny: cut off anywhere,
 * the user is denied everything or holds nothing, and the next attempt freezes it first.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
 */
export async function deleteUser(finding: Finding, session: IamSession): Promise<Outcome> {
  const account = holderOf(finding);
  const user = await findUserToChange(account, session);
  if (user === null) return { state: "already-gone" };
  if ((await denyStateOf(user, session)) !== "exact") await denyEverything(account, session);
  const left = await kindsLeft(heldKinds, user, session, () => true);
  if (left.length > 0)
    throw failed(session, "conflict", "DeleteUser", `has to wait: the user still has ${left.join(", ")}`);
  const { iam } = session;
  if (user.boundaryArn !== null) await iam.deleteBoundary(user.name);
  await iam.deleteUserPolicy(user.name, denyPolicyName);
  const deletion = await iam.deleteUser(user.name).catch(async (thrown: unknown) => {
    // It may still be there: then it is denied everything again before anything else, as far as that can be done.
    if (thrown instanceof ConnectorError && thrown.code !== "cancelled") {
      await denyEverything(account, session).catch(() => undefined);
    }
    throw thrown;
  });
  if (deletion === "done") return { state: "revoked" };
  if ((await findUser(account, session)) === null) return { state: "already-gone" };
  throw failed(session, "conflict", "DeleteUser", "says that there is no such user, and GetUser shows it");
}

/** Frozen and without a credential that works, a user is as good as gone; its deletion may come later. */
export async function verifyUser(finding: Finding, session: IamSession): Promise<Verdict> {
  const user = await findUser(holderOf(finding), session);
  if (user === null) return { state: "dead", by: "absence", reason: "no user of the account has this id" };
  if ((await denyStateOf(user, session)) !== "exact") {
    return { state: "alive", by: "state", reason: "the user is there, and our policy does not stop it" };
  }
  const live = await kindsLeft(credentials, user, session, ({ isLive }) => isLive);
  return live.length === 0
    ? { state: "dead", by: "state", reason: "the user is denied everything and has no credential that works" }
    : { state: "alive", by: "state", reason: `the user still has a live ${live.join(", ")}` };
}

/** Kinds of which something is left; a kind that this server does not know is none, and a gap of the case by itself. */
async function kindsLeft(
  kinds: readonly HeldKind[],
  user: IamUser,
  session: IamSession,
  counts: (held: { isLive: boolean }) => boolean,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const kind of kinds) {
    try {
      for await (const { items } of listHeld(kind, user, session)) {
        if (!items.some(counts)) continue;
        left.push(kind.kind);
        break;
      }
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError) || thrown.code !== "unsupported") throw thrown;
    }
  }
  return left;
}
