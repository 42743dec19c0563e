import { type Act, type Handler, namedUser, namedUserOrCaller } from "../act.ts";
import { refuse } from "../errors.ts";
import type { LoginRow, UserRow } from "../rows.ts";
import type { Xml } from "../xml.ts";

const show = (user: UserRow, login: LoginRow): Xml => ({
  UserName: user.name,
  CreateDate: login.createdAt,
  PasswordResetRequired: login.isResetRequired,
});

const getLoginProfile: Handler = (act) => {
  const user = namedUserOrCaller(act);
  return { LoginProfile: show(user, loginOf(act, user)) };
};

const createLoginProfile: Handler = (act) => {
  const { params, store, now } = act;
  const user = namedUserOrCaller(act);
  if (store.get("logins", user.id) !== undefined) {
    throw refuse.alreadyExists(`Login Profile for user ${user.name} already exists.`);
  }
  const login: LoginRow = {
    id: user.id,
    userId: user.id,
    password: params.text("Password"),
    createdAt: now,
    isResetRequired: params.flag("PasswordResetRequired") ?? false,
  };
  store.put("logins", login);
  return { LoginProfile: show(user, login) };
};

const updateLoginProfile: Handler = (act) => {
  const { params, store } = act;
  const login = settledLogin(act, namedUser(act));
  store.put("logins", {
    ...login,
    password: params.get("Password") ?? login.password,
    isResetRequired: params.flag("PasswordResetRequired") ?? login.isResetRequired,
  });
  return null;
};

const deleteLoginProfile: Handler = (act) => {
  act.store.drop("logins", settledLogin(act, namedUserOrCaller(act)).id);
  return null;
};

export const loginProfileActions = {
  GetLoginProfile: getLoginProfile,
  CreateLoginProfile: createLoginProfile,
  UpdateLoginProfile: updateLoginProfile,
  DeleteLoginProfile: deleteLoginProfile,
} satisfies Record<string, Handler>;

function loginOf({ store }: Act, user: UserRow): LoginRow {
  const login = store.get("logins", user.id);
  if (login === undefined) throw refuse.noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
  return login;
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html : EntityTemporarilyUnmodifiable */
function settledLogin(act: Act, user: UserRow): LoginRow {
  const login = loginOf(act, user);
  if (act.now.getTime() < login.createdAt.getTime() + act.loginSettlesMs) {
    const when = "cannot be modified while login profile is being created.";
    throw refuse.temporarilyUnmodifiable(`Login Profile for User ${user.name} ${when}`);
  }
  return login;
}
