import { denyPolicy, denyPolicyName, denyStateOf } from "./deny-policy.ts";
import { findingOf } from "./finding.ts";
import type { Held, HeldKind } from "./held.ts";
import { mapped } from "./switchable.ts";

/** What gives a user its permissions, under refs that begin with the user's id. It goes after the credentials: some of it may deny, and taking that away widens. */
export const groupMemberships: HeldKind = {
  kind: "group-membership",
  operation: "ListGroupsForUser",
  page: async (user, cursor, { iam }) =>
    mapped(await iam.groups(user.name, cursor), ({ GroupId, GroupName }) => ({
      finding: findingOf("group-membership", user, {
        ref: `${user.id}/${GroupId}`,
        label: `group ${GroupName}`,
        facts: { group: GroupName },
      }),
      handle: GroupName,
      isLive: true,
      owner: null,
    })),
  end: (user, group, { iam }) => iam.removeFromGroup(user.name, group),
};

const forAdmins = /:iam::aws:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;

export const attachedPolicies: HeldKind = {
  kind: "attached-policy",
  operation: "ListAttachedUserPolicies",
  page: async (user, cursor, { iam }) =>
    mapped(await iam.attachedPolicies(user.name, cursor), ({ PolicyArn, PolicyName }) => ({
      finding: findingOf("attached-policy", user, {
        ref: `${user.id}/${PolicyArn}`,
        label: `policy ${PolicyName ?? PolicyArn}`,
        risk: forAdmins.test(PolicyArn) ? "admin" : "write",
        facts: { policy: PolicyArn },
      }),
      handle: PolicyArn,
      isLive: true,
      owner: null,
    })),
  handleOf: ({ ref, accountId }) => ref.slice(accountId.length + 1),
  end: (user, arn, { iam }) => iam.detachPolicy(user.name, arn),
};

/** Our own deny is none of them: while it is what it should be, it is left out. What is not is put right again. */
export const inlinePolicies: HeldKind = {
  kind: "inline-policy",
  operation: "ListUserPolicies",
  async page(user, cursor, session) {
    const page = await session.iam.inlinePolicies(user.name, cursor);
    if (page === null) return null;
    const hasOurs = page.items.includes(denyPolicyName) && (await denyStateOf(user, session)) === "exact";
    const others = page.items.filter((name) => name !== denyPolicyName || !hasOurs);
    const toHeld = (name: string): Held => ({
      finding: findingOf("inline-policy", user, { ref: `${user.id}/${name}`, label: `inline policy ${name}` }),
      handle: name,
      isLive: true,
      owner: null,
    });
    return { next: page.next, items: others.map(toHeld) };
  },
  handleOf: ({ ref, accountId }) => ref.slice(accountId.length + 1),
  async end(user, name, { iam }) {
    if (name !== denyPolicyName) return iam.deleteUserPolicy(user.name, name);
    return (await iam.putUserPolicy(user.name, denyPolicyName, denyPolicy)) === "done" ? "done" : "absent";
  },
};
