import { type Act, encodeDocument, type Handler, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import type { RoleRow } from "../rows.ts";
import type { Xml } from "../xml.ts";
import { checkTrust } from "./trust-policies.ts";

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
export function showRole({ account }: Act, role: RoleRow): Readonly<Record<string, Xml>> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: account.roleArn(role),
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodeDocument(role.trust),
  };
}

const list: Handler = (act) => {
  const prefix = act.params.get("PathPrefix") ?? "/";
  const found = act.store.where("roles", (role) => role.path.startsWith(prefix));
  const { items, end } = pageFor(act, found, (role) => role.name);
  const shown = items.map((role) => ({ ...showRole(act, role), MaxSessionDuration: role.maxSessionSeconds }));
  return { Roles: shown, ...end };
};

const get: Handler = (act) => {
  const role = named(act);
  return { Role: { ...showRole(act, role), MaxSessionDuration: role.maxSessionSeconds, RoleLastUsed: {} } };
};

const updateTrust: Handler = (act) => {
  const { params, store, account } = act;
  const role = named(act);
  const trust = params.text("PolicyDocument");
  checkTrust(store, account, trust);
  store.put("roles", { ...role, trust });
  return null;
};

export const roleActions = {
  ListRoles: list,
  GetRole: get,
  UpdateAssumeRolePolicy: updateTrust,
} satisfies Record<string, Handler>;

function named({ params, store }: Act): RoleRow {
  const name = params.name("RoleName", 64);
  const role = store.roleNamed(name);
  if (role === undefined) throw refuse.noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}
