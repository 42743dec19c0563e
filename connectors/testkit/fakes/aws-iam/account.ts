import type { GroupRow, RoleRow, UserRow } from "./rows.ts";

type Named = Pick<UserRow, "name" | "path">;

/** Names of things in one account. */
export interface Account {
  readonly id: string;
  readonly alias: string | null;
  userArn(user: Named): string;
  groupArn(group: Pick<GroupRow, "name" | "path">): string;
  roleArn(role: Pick<RoleRow, "name" | "path">): string;
  policyArn(policy: Named): string;
  mfaArn(name: string): string;
  sessionArn(roleName: string, sessionName: string): string;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
export function accountOf(id: string, alias: string | null): Account {
  const arn = (kind: string, { name, path }: Named) => `arn:aws:iam::${id}:${kind}${path}${name}`;
  return {
    id,
    alias,
    userArn: (user) => arn("user", user),
    groupArn: (group) => arn("group", group),
    roleArn: (role) => arn("role", role),
    policyArn: (policy) => arn("policy", policy),
    mfaArn: (name) => `arn:aws:iam::${id}:mfa/${name}`,
    sessionArn: (roleName, sessionName) => `arn:aws:sts::${id}:assumed-role/${roleName}/${sessionName}`,
  };
}
