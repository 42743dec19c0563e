import { type Act, type Handler, namedUser, namedUserOrCaller, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Tag, UserRow } from "../rows.ts";
import type { Xml } from "../xml.ts";
import { refuseUnlessEmpty } from "./delete-conflicts.ts";
import { attachablePolicy, permissionsBoundary } from "./managed-policies.ts";
import { replacePrincipal } from "./trust-policies.ts";

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html */
export function showUser({ account }: Pick<Act, "account">, user: UserRow): Readonly<Record<string, Xml | null>> {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: account.userArn(user),
    CreateDate: user.createdAt,
    PasswordLastUsed: user.passwordLastUsed,
  };
}

/** What GetUser and CreateUser show, and lists leave out. */
function showWhole(act: Act, user: UserRow): Xml {
  return {
    ...showUser(act, user),
    PermissionsBoundary: permissionsBoundary(user.boundary),
    ...(user.tags.length === 0 ? {} : { Tags: user.tags.map((tag) => ({ ...tag })) }),
  };
}

const listUsers: Handler = (act) => {
  const prefix = act.params.get("PathPrefix") ?? "/";
  const found = act.store.where("users", (user) => user.path.startsWith(prefix));
  const { items, end } = pageFor(act, found, (user) => user.name);
  return { Users: items.map((user) => showUser(act, user)), ...end };
};

const getUser: Handler = (act) => ({ User: showWhole(act, namedUserOrCaller(act)) });

const listUserTags: Handler = (act) => {
  const { items, end } = pageFor(act, namedUser(act).tags, (tag) => tag.Key);
  return { Tags: items.map((tag) => ({ ...tag })), ...end };
};

const createUser: Handler = (act) => {
  const { params, store, now } = act;
  const name = params.name("UserName", 64);
  refuseTaken(act, name);
  const boundary = params.get("PermissionsBoundary");
  const user: UserRow = {
    id: newId("AIDA"),
    name,
    path: pathOf(params.get("Path")),
    createdAt: now,
    tags: params.tags(),
    passwordLastUsed: null,
    boundary: boundary === null ? null : attachablePolicy(store, boundary).id,
  };
  store.put("users", user);
  return { User: showWhole(act, user) };
};

/** Renames or moves a user. Its id, and all it holds, stays; its ARN does not. */
const updateUser: Handler = (act) => {
  const { params, store, account } = act;
  const user = namedUser(act);
  const name = params.get("NewUserName") === null ? user.name : params.name("NewUserName", 64);
  if (name !== user.name) refuseTaken(act, name, user.id);
  const path = params.get("NewPath") === null ? user.path : pathOf(params.get("NewPath"));
  const renamed = { ...user, name, path };
  store.put("users", renamed);
  replacePrincipal(store, account.userArn(user), account.userArn(renamed));
  return null;
};

const deleteUser: Handler = (act) => {
  const { store, account } = act;
  const user = namedUser(act);
  refuseUnlessEmpty(store, user.id);
  store.drop("users", user.id);
  for (const session of store.where("sessions", (row) => row.ownerId === user.id)) store.drop("sessions", session.id);
  replacePrincipal(store, account.userArn(user), user.id);
  return null;
};

const tagUser: Handler = (act) => {
  const user = namedUser(act);
  const given: readonly Tag[] = act.params.tags();
  const kept = user.tags.filter((tag) => !given.some((one) => one.Key === tag.Key));
  if (kept.length + given.length > 50) {
    throw refuse.limitExceeded("The number of tags has reached the maximum limit.");
  }
  act.store.put("users", { ...user, tags: [...kept, ...given] });
  return null;
};

const untagUser: Handler = (act) => {
  const user = namedUser(act);
  const keys = act.params.list("TagKeys");
  act.store.put("users", { ...user, tags: user.tags.filter((tag) => !keys.includes(tag.Key)) });
  return null;
};

export const userActions = {
  ListUsers: listUsers,
  GetUser: getUser,
  ListUserTags: listUserTags,
  CreateUser: createUser,
  UpdateUser: updateUser,
  DeleteUser: deleteUser,
  TagUser: tagUser,
  UntagUser: untagUser,
} satisfies Record<string, Handler>;

/** Names differ by more than case: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
function refuseTaken({ store }: Act, name: string, exceptId?: string): void {
  const isTaken = (user: UserRow) => user.id !== exceptId && user.name.toLowerCase() === name.toLowerCase();
  if (store.where("users", isTaken).length > 0) throw refuse.alreadyExists(`User with name ${name} already exists.`);
}

function pathOf(path: string | null): string {
  if (path === null) return "/";
  if (/^\/$|^\/[!-~]+\/$/.test(path)) return path;
  throw refuse.validation(
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  );
}
