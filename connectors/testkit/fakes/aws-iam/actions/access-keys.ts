import { type Act, type Handler, namedUserOrCaller, pageFor, statusOf } from "../act.ts";
import { refuse } from "../errors.ts";
import { newId, newSecret } from "../ids.ts";
import type { AccessKeyRow } from "../rows.ts";

const listAccessKeys: Handler = (act) => {
  const user = namedUserOrCaller(act);
  const { items, end } = pageFor(act, act.store.ofUser("accessKeys", user.id), (key) => key.id);
  const shown = items.map((key) => ({
    UserName: user.name,
    AccessKeyId: key.id,
    Status: statusOf(key),
    CreateDate: key.createdAt,
  }));
  return { AccessKeyMetadata: shown, ...end };
};

/** `N/A`, and no date, for a key that was never used. */
const getAccessKeyLastUsed: Handler = ({ params, store, usage }) => {
  const id = params.text("AccessKeyId");
  const key = store.get("accessKeys", id);
  const user = store.get("users", key?.userId ?? "");
  if (key === undefined || user === undefined) throw notFound(id);
  const use = usage.of(id);
  return {
    UserName: user.name,
    AccessKeyLastUsed: { LastUsedDate: use?.at, ServiceName: use?.service ?? "N/A", Region: use?.region ?? "N/A" },
  };
};

const createAccessKey: Handler = (act) => {
  const { store, now } = act;
  const user = namedUserOrCaller(act);
  if (store.ofUser("accessKeys", user.id).length >= 2) {
    throw refuse.limitExceeded("Cannot exceed quota for AccessKeysPerUser: 2"); // inactive ones count
  }
  const key: AccessKeyRow = {
    id: newId("AKIA"),
    userId: user.id,
    secret: newSecret(),
    isActive: true,
    createdAt: now,
  };
  store.put("accessKeys", key);
  return {
    AccessKey: {
      UserName: user.name,
      AccessKeyId: key.id,
      Status: "Active",
      SecretAccessKey: key.secret,
      CreateDate: now,
    },
  };
};

const updateAccessKey: Handler = (act) => {
  const isActive = act.params.status();
  act.store.put("accessKeys", { ...namedKey(act), isActive });
  return null;
};

const deleteAccessKey: Handler = (act) => {
  act.store.drop("accessKeys", namedKey(act).id);
  return null;
};

export const accessKeyActions = {
  ListAccessKeys: listAccessKeys,
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
  CreateAccessKey: createAccessKey,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
} satisfies Record<string, Handler>;

/** A key of another user is not found, as if there were none. */
function namedKey(act: Act): AccessKeyRow {
  const id = act.params.text("AccessKeyId");
  const user = namedUserOrCaller(act);
  const key = act.store.get("accessKeys", id);
  if (key === undefined || key.userId !== user.id) throw notFound(id);
  return key;
}

const notFound = (id: string) => refuse.noSuchEntity(`The Access Key with id ${id} cannot be found.`);
