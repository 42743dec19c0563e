import { refuse } from "../errors.ts";
import type { Store } from "../store.ts";

/**
 * What must go before a user may, and how IAM says so.
 *
 * Which: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html. Wording, as reported by those who met it:
 * policies https://github.com/aws-samples/eks-workshop/pull/763, keys
 * https://github.com/aws-controllers-k8s/community/issues/2229, password
 * https://github.com/cloud-custodian/cloud-custodian/issues/1663, groups
 * https://github.com/mozilla-services/userplex/issues/17, MFA https://github.com/rebuy-de/aws-nuke/issues/281, SSH keys
 * https://github.com/rebuy-de/aws-nuke/issues/470, service-specific credentials
 * https://github.com/rebuy-de/aws-nuke/pull/308. The reference gives no order, and no wording for certificates.
 */
const conflicts: readonly (readonly [string, (store: Store, userId: string) => number])[] = [
  ["must detach all policies first", (store, id) => store.where("attachments", (row) => row.ownerId === id).length],
  ["must delete policies first", (store, id) => store.where("inlinePolicies", (row) => row.ownerId === id).length],
  ["must delete access keys first", (store, id) => store.ofUser("accessKeys", id).length],
  ["must delete login profile first", (store, id) => store.ofUser("logins", id).length],
  ["must remove users from group first", (store, id) => store.ofUser("memberships", id).length],
  ["must delete MFA device first", (store, id) => store.ofUser("mfaDevices", id).length],
  ["must delete signing certificates first", (store, id) => store.ofUser("certificates", id).length],
  [
    "must remove referenced objects first",
    (store, id) => store.ofUser("sshKeys", id).length + store.ofUser("serviceCredentials", id).length,
  ],
];

/** Refuses the deletion of a user that still has something; inactive things count as well. */
export function refuseUnlessEmpty(store: Store, userId: string): void {
  const found = conflicts.find(([, count]) => count(store, userId) > 0);
  if (found !== undefined) throw refuse.deleteConflict(`Cannot delete entity, ${found[0]}.`);
}
