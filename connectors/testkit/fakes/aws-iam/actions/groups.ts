import { type Act, type Handler, namedUser, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import type { GroupRow } from "../rows.ts";
import type { Xml } from "../xml.ts";

const show = ({ account }: Act, group: GroupRow): Xml => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.id,
  Arn: account.groupArn(group),
  CreateDate: group.createdAt,
});

const listGroups: Handler = (act) => {
  const prefix = act.params.get("PathPrefix") ?? "/";
  const found = act.store.where("groups", (group) => group.path.startsWith(prefix));
  const { items, end } = pageFor(act, found, (group) => group.name);
  return { Groups: items.map((group) => show(act, group)), ...end };
};

const listGroupsForUser: Handler = (act) => {
  const { store } = act;
  const found = store.ofUser("memberships", namedUser(act).id).flatMap((row) => store.get("groups", row.groupId) ?? []);
  const { items, end } = pageFor(act, found, (group) => group.name);
  return { Groups: items.map((group) => show(act, group)), ...end };
};

/** Adding a member again is a success without effect. */
const addUserToGroup: Handler = (act) => {
  const { store } = act;
  const group = namedGroup(act);
  const user = namedUser(act);
  const id = membershipId(user.id, group.id);
  if (store.get("memberships", id) !== undefined) return null;
  if (store.ofUser("memberships", user.id).length >= 10) {
    throw refuse.limitExceeded("Cannot exceed quota for GroupsPerUser: 10");
  }
  store.put("memberships", { id, userId: user.id, groupId: group.id });
  return null;
};

const removeUserFromGroup: Handler = (act) => {
  const group = namedGroup(act);
  const user = namedUser(act);
  const id = membershipId(user.id, group.id);
  if (act.store.get("memberships", id) === undefined) {
    throw refuse.noSuchEntity(`User ${user.name} not in group ${group.name}`);
  }
  act.store.drop("memberships", id);
  return null;
};

export const groupActions = {
  ListGroups: listGroups,
  ListGroupsForUser: listGroupsForUser,
  AddUserToGroup: addUserToGroup,
  RemoveUserFromGroup: removeUserFromGroup,
} satisfies Record<string, Handler>;

export const membershipId = (userId: string, groupId: string): string => `${userId} ${groupId}`;

function namedGroup({ params, store }: Act): GroupRow {
  const name = params.name("GroupName");
  const group = store.groupNamed(name);
  if (group === undefined) throw refuse.noSuchEntity(`The group with name ${name} cannot be found.`);
  return group;
}
