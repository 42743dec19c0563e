import type { Store } from "./store.ts";

const named = [
  "UserName",
  "NewUserName",
  "AccessKeyId",
  "GroupName",
  "RoleName",
  "RoleArn",
  "PolicyArn",
  "PolicyName",
  "PermissionsBoundary",
  "SerialNumber",
  "SSHPublicKeyId",
  "CertificateId",
  "ServiceSpecificCredentialId",
  "PolicySourceArn",
];

/** Ids and names of all that a call is about: what its parameters name, and the id of the user among them. */
export function subjectsOf(params: URLSearchParams, store: Store): string[] {
  const values = named.flatMap((name) => params.get(name) ?? []);
  const user = store.userNamed(params.get("UserName") ?? "");
  return [...new Set([...values, ...(user === undefined ? [] : [user.id])])];
}
