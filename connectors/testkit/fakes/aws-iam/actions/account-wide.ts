import { type Act, encodeDocument, type Handler, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import type { Xml } from "../xml.ts";
import { permissionsBoundary } from "./managed-policies.ts";
import { showRole } from "./roles.ts";
import { showUser } from "./users.ts";

const listAliases: Handler = (act) => {
  const { alias } = act.account;
  const { items, end } = pageFor(act, alias === null ? [] : [alias], (one) => one);
  return { AccountAliases: items, ...end };
};

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
const getSummary: Handler = ({ store }) => {
  const counts = {
    Users: store.all("users").length,
    UsersQuota: 5_000,
    Groups: store.all("groups").length,
    GroupsQuota: 300,
    Roles: store.all("roles").length,
    RolesQuota: 1_000,
    Policies: store.where("policies", (row) => !row.id.startsWith("arn:aws:iam::aws:")).length,
    MFADevices: store.all("mfaDevices").length,
    MFADevicesInUse: store.where("mfaDevices", (row) => row.userId !== null).length,
    AccountMFAEnabled: 0,
    AccountAccessKeysPresent: 0,
    AccountSigningCertificatesPresent: 0,
    AccessKeysPerUserQuota: 2,
    SigningCertificatesPerUserQuota: 2,
    GroupsPerUserQuota: 10,
    AttachedPoliciesPerUserQuota: 10,
    UserPolicySizeQuota: 2_048,
    GlobalEndpointTokenVersion: 1,
  };
  return { SummaryMap: new Map(Object.entries(counts)) };
};

const filters = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

/** Users and roles with their policies; groups and managed policies are left out, as `Filter` may have it. */
const getDetails: Handler = (act) => {
  const { params, store } = act;
  const wanted = params.list("Filter");
  const stray = wanted.find((one) => !filters.includes(one));
  if (stray !== undefined) {
    throw refuse.validation(`Value '[${stray}]' at 'filter' failed to satisfy constraint: [${filters.join(", ")}]`);
  }
  const isWanted = (kind: string) => wanted.length === 0 || wanted.includes(kind);
  const users = isWanted("User") ? store.all("users").map((row) => ({ key: `user ${row.name}`, user: row })) : [];
  const roles = isWanted("Role") ? store.all("roles").map((row) => ({ key: `role ${row.name}`, role: row })) : [];
  const { items, end } = pageFor(act, [...users, ...roles], (one) => one.key);
  return {
    UserDetailList: items.flatMap((one) => ("user" in one ? [userDetail(act, one.user)] : [])),
    GroupDetailList: [],
    RoleDetailList: items.flatMap((one) =>
      "role" in one ? [{ ...showRole(act, one.role), ...policiesOf(act, one.role.id, "RolePolicyList") }] : [],
    ),
    Policies: [],
    ...end,
  };
};

function userDetail(act: Act, user: Parameters<typeof showUser>[1]): Xml {
  const { store } = act;
  const groups = store.ofUser("memberships", user.id).flatMap((row) => store.get("groups", row.groupId)?.name ?? []);
  return {
    ...showUser(act, user),
    PasswordLastUsed: null, // not in this view
    GroupList: groups.sort(),
    PermissionsBoundary: permissionsBoundary(user.boundary),
    Tags: user.tags.map((tag) => ({ ...tag })),
    ...policiesOf(act, user.id, "UserPolicyList"),
  };
}

function policiesOf({ store }: Act, ownerId: string, listName: string): Readonly<Record<string, Xml>> {
  const inline = store.where("inlinePolicies", (row) => row.ownerId === ownerId);
  const attached = store
    .where("attachments", (row) => row.ownerId === ownerId)
    .flatMap((row) => store.get("policies", row.policyArn) ?? []);
  return {
    [listName]: inline.map((row) => ({ PolicyName: row.name, PolicyDocument: encodeDocument(row.document) })),
    AttachedManagedPolicies: attached.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.id })),
  };
}

export const accountActions = {
  ListAccountAliases: listAliases,
  GetAccountSummary: getSummary,
  GetAccountAuthorizationDetails: getDetails,
} satisfies Record<string, Handler>;
