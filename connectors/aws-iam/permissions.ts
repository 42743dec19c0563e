import type { Permission } from "../contract/connector.ts";
import { stsReads } from "../vendors/aws/sts.ts";

type Listed = readonly (readonly [action: string, why: string])[];

/**
 * Actions of IAM, as a policy names them; policies/ has them as documents.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
const looks: Listed = [
  ["ListUsers", "lists the users, to match them to people and to see that one is gone"],
  ["GetUser", "reads a user by its name, to see that it is the one meant"],
  ["GetAccountAuthorizationDetails", "reads the tags of all users in few calls"],
  ["ListUserTags", "reads the tags of one user, where the former does not show them"],
  ["ListAccessKeys", "lists access keys"],
  ["GetAccessKeyLastUsed", "records the last use of a key before it is deleted, and lost with it"],
  ["GetLoginProfile", "sees whether there is a console password"],
  ["ListServiceSpecificCredentials", "lists credentials for single services"],
  ["ListSSHPublicKeys", "lists SSH public keys"],
  ["ListSigningCertificates", "lists signing certificates"],
  ["ListMFADevices", "lists MFA devices"],
  ["ListGroupsForUser", "lists group memberships"],
  ["ListAttachedUserPolicies", "lists attached managed policies"],
  ["ListUserPolicies", "lists inline policies"],
  ["GetUserPolicy", "reads our own deny policy, to see that it stands as we wrote it"],
  ["SimulatePrincipalPolicy", "asks what IAM decides under that policy, and which permissions we have"],
  ["ListRoles", "finds roles that trust the user by name"],
];

const containments: Listed = [
  ["PutUserPolicy", "freezes a user and ends its sessions"],
  ["DeleteUserPolicy", "takes the freeze away again; deletes inline policies"],
  ["UpdateAccessKey", "switches access keys off, and on again"],
  ["UpdateServiceSpecificCredential", "switches credentials for single services off, and on again"],
  ["UpdateSSHPublicKey", "switches SSH public keys off, and on again"],
  ["UpdateSigningCertificate", "switches signing certificates off, and on again"],
];

const deletions: Listed = [
  ["DeleteAccessKey", "deletes access keys"],
  ["DeleteLoginProfile", "deletes the console password"],
  ["DeleteServiceSpecificCredential", "deletes credentials for single services"],
  ["DeleteSSHPublicKey", "deletes SSH public keys"],
  ["DeleteSigningCertificate", "deletes signing certificates"],
  ["DeactivateMFADevice", "takes MFA devices from the user"],
  ["DeleteVirtualMFADevice", "deletes virtual MFA devices that were taken from the user"],
  ["RemoveUserFromGroup", "ends group memberships"],
  ["DetachUserPolicy", "detaches managed policies"],
  ["DeleteUserPermissionsBoundary", "removes the boundary right before the user is deleted"],
  ["DeleteUser", "deletes the user once its time has come"],
];

export const permissions: readonly Permission[] = [
  ...listed(looks, "read"),
  ...listed(containments, "contain"),
  ...listed(deletions, "delete"),
  { name: "sts:AssumeRole", for: "read", why: "assumes the role that works here", where: "assumeRole" },
];

/** Every call to AWS is a POST; these look and change nothing. Whether that is so is held against the fake's log. */
export const reads: readonly string[] = [...looks.map(([action]) => action), ...stsReads];

function listed(actions: Listed, use: Permission["for"]): readonly Permission[] {
  return actions.map(([action, why]) => ({ name: `iam:${action}`, for: use, why }));
}
