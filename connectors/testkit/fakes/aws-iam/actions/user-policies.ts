import { type Act, encodeDocument, type Handler, namedUser, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import { checkOperators } from "../policies/conditions.ts";
import { parsePolicy } from "../policies/document.ts";
import type { InlinePolicyRow, UserRow } from "../rows.ts";
import { attachablePolicy } from "./managed-policies.ts";

const listAttached: Handler = (act) => {
  const { store } = act;
  const user = namedUser(act);
  const prefix = act.params.get("PathPrefix") ?? "/";
  const found = store
    .where("attachments", (row) => row.ownerId === user.id)
    .flatMap((row) => store.get("policies", row.policyArn) ?? [])
    .filter((policy) => policy.path.startsWith(prefix));
  const { items, end } = pageFor(act, found, (policy) => policy.id);
  return { AttachedPolicies: items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.id })), ...end };
};

/** Attaching again is a success without effect. */
const attach: Handler = (act) => {
  const { params, store } = act;
  const user = namedUser(act);
  const policyArn = attachablePolicy(store, params.text("PolicyArn")).id;
  const id = ownedId(user.id, policyArn);
  if (store.get("attachments", id) !== undefined) return null;
  if (store.where("attachments", (row) => row.ownerId === user.id).length >= 10) {
    throw refuse.limitExceeded("Cannot exceed quota for PoliciesPerUser: 10");
  }
  store.put("attachments", { id, ownerId: user.id, policyArn });
  return null;
};

const detach: Handler = (act) => {
  const { params, store } = act;
  const user = namedUser(act);
  const arn = params.text("PolicyArn");
  if (!arn.startsWith("arn:")) throw refuse.invalidInput(`ARN ${arn} is not valid.`);
  const id = ownedId(user.id, arn);
  if (store.get("attachments", id) === undefined) throw refuse.noSuchEntity(`Policy ${arn} was not found.`);
  store.drop("attachments", id);
  return null;
};

const listInline: Handler = (act) => {
  const user = namedUser(act);
  const found = act.store.where("inlinePolicies", (row) => row.ownerId === user.id);
  const { items, end } = pageFor(act, found, (policy) => policy.name);
  return { PolicyNames: items.map((policy) => policy.name), ...end };
};

const getInline: Handler = (act) => {
  const user = namedUser(act);
  const policy = namedInline(act, user);
  return { UserName: user.name, PolicyName: policy.name, PolicyDocument: encodeDocument(policy.document) };
};

/** Adds a policy, or replaces the one of that name. */
const putInline: Handler = (act) => {
  const { params, store } = act;
  const user = namedUser(act);
  const name = params.name("PolicyName");
  const document = params.text("PolicyDocument");
  for (const statement of parsePolicy(document)) checkOperators(statement.conditions);
  const others = store.where("inlinePolicies", (row) => row.ownerId === user.id && row.name !== name);
  const size = [document, ...others.map((row) => row.document)].reduce((sum, one) => sum + lengthOf(one), 0);
  if (size > 2_048) throw refuse.limitExceeded(`Maximum policy size of 2048 bytes exceeded for user ${user.name}`);
  store.put("inlinePolicies", { id: ownedId(user.id, name), ownerId: user.id, name, document });
  return null;
};

const deleteInline: Handler = (act) => {
  act.store.drop("inlinePolicies", namedInline(act, namedUser(act)).id);
  return null;
};

const putBoundary: Handler = (act) => {
  const user = namedUser(act);
  const boundary = attachablePolicy(act.store, act.params.text("PermissionsBoundary")).id;
  act.store.put("users", { ...user, boundary });
  return null;
};

const deleteBoundary: Handler = (act) => {
  const user = namedUser(act);
  if (user.boundary === null) {
    throw refuse.noSuchEntity(`User ${user.name} does not have a permissions boundary attached`);
  }
  act.store.put("users", { ...user, boundary: null });
  return null;
};

export const userPolicyActions = {
  ListAttachedUserPolicies: listAttached,
  AttachUserPolicy: attach,
  DetachUserPolicy: detach,
  ListUserPolicies: listInline,
  GetUserPolicy: getInline,
  PutUserPolicy: putInline,
  DeleteUserPolicy: deleteInline,
  PutUserPermissionsBoundary: putBoundary,
  DeleteUserPermissionsBoundary: deleteBoundary,
} satisfies Record<string, Handler>;

/** Id of a policy on or in something. */
export const ownedId = (ownerId: string, policy: string): string => `${ownerId} ${policy}`;

/** White space does not count: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const lengthOf = (document: string): number => document.replace(/\s/g, "").length;

function namedInline({ params, store }: Act, user: UserRow): InlinePolicyRow {
  const name = params.name("PolicyName");
  const policy = store.get("inlinePolicies", ownedId(user.id, name));
  if (policy === undefined) throw refuse.noSuchEntity(`The user policy with name ${name} cannot be found.`);
  return policy;
}
