import type { Account } from "./account.ts";
import { membershipId } from "./actions/groups.ts";
import { ownedId } from "./actions/user-policies.ts";
import type { Credentials } from "./authentication.ts";
import { newId, newSecret } from "./ids.ts";
import { plantHoldings, type PlantHoldings, type PlantedHoldings } from "./plant-holdings.ts";
import type { UserRow } from "./rows.ts";
import type { Store } from "./store.ts";
import type { Usage } from "./usage.ts";

/** A policy document, as text or as the object it stands for. */
export type PlantDocument = string | object;

/** Policies of a user, a group or a role. */
export interface PlantPolicies {
  /** Managed policies: an ARN, or the name of one that was planted. */
  readonly attached?: readonly string[];
  /** Inline policies by name. */
  readonly inline?: Readonly<Record<string, PlantDocument>>;
}

/** A user with all it holds. What is left out is made up or not there. */
export interface PlantUser extends PlantPolicies, PlantHoldings {
  readonly name: string;
  readonly path?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdAt?: Date;
  readonly passwordLastUsed?: Date;
  /** ARN or planted name of the policy that bounds it. */
  readonly boundary?: string;
  /** Names; groups that are not there are made. */
  readonly groups?: readonly string[];
}

export interface PlantWorld {
  readonly policies?: readonly { readonly name: string; readonly path?: string; readonly document: PlantDocument }[];
  readonly groups?: readonly (PlantPolicies & { readonly name: string; readonly path?: string })[];
  readonly users?: readonly PlantUser[];
  readonly roles?: readonly (PlantPolicies & {
    readonly name: string;
    readonly path?: string;
    readonly trust: PlantDocument;
    readonly maxSessionSeconds?: number;
  })[];
  /** Principals of other accounts, by ARN, that may assume roles here. */
  readonly outsiders?: readonly { readonly arn: string }[];
}

export interface PlantedUser extends PlantedHoldings {
  /** `AIDA...` */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
}

export interface Planted {
  readonly policies: readonly { readonly name: string; readonly arn: string }[];
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly users: readonly PlantedUser[];
  readonly roles: readonly { readonly id: string; readonly name: string; readonly arn: string }[];
  readonly outsiders: readonly (Credentials & { readonly arn: string })[];
}

export interface PlantDeps {
  readonly store: Store;
  readonly account: Account;
  readonly usage: Usage;
  readonly now: Date;
}

/** Puts a world in place without a call in the log, and without the quotas of the API. */
export function plantWorld(world: PlantWorld, deps: PlantDeps): Planted {
  const { store, account, now } = deps;
  const policies = (world.policies ?? []).map(({ name, path = "/", document }) => {
    const arn = account.policyArn({ name, path });
    store.put("policies", { id: arn, policyId: newId("ANPA"), name, path, document: textOf(document), createdAt: now });
    return { name, arn };
  });
  const groups = (world.groups ?? []).map(({ name, path = "/", ...given }) => {
    const id = newId("AGPA");
    store.put("groups", { id, name, path, createdAt: now });
    plantPolicies(id, given, store);
    return { id, name };
  });
  const users = (world.users ?? []).map((one) => plantUser(one, deps));
  const roles = (world.roles ?? []).map(({ name, path = "/", trust, maxSessionSeconds = 3_600, ...given }) => {
    const id = newId("AROA");
    store.put("roles", { id, name, path, trust: textOf(trust), maxSessionSeconds, createdAt: now });
    plantPolicies(id, given, store);
    return { id, name, arn: account.roleArn({ name, path }) };
  });
  const outsiders = (world.outsiders ?? []).map(({ arn }) => {
    const row = { id: newId("AKIA"), secret: newSecret(), arn, accountId: arn.split(":")[4] ?? "" };
    store.put("outsiders", row);
    return { arn, accessKeyId: row.id, secretAccessKey: row.secret };
  });
  return { policies, groups, users, roles, outsiders };
}

function plantUser(wanted: PlantUser, deps: PlantDeps): PlantedUser {
  const { store, account, now } = deps;
  const user: UserRow = {
    id: newId("AIDA"),
    name: wanted.name,
    path: wanted.path ?? "/",
    createdAt: wanted.createdAt ?? now,
    tags: Object.entries(wanted.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    passwordLastUsed: wanted.passwordLastUsed ?? null,
    boundary: wanted.boundary === undefined ? null : arnOf(wanted.boundary, store),
  };
  store.put("users", user);
  for (const name of wanted.groups ?? []) {
    const group = store.groupNamed(name) ?? { id: newId("AGPA"), name, path: "/", createdAt: now };
    store.put("groups", group);
    store.put("memberships", { id: membershipId(user.id, group.id), userId: user.id, groupId: group.id });
  }
  plantPolicies(user.id, wanted, store);
  return { id: user.id, name: user.name, arn: account.userArn(user), ...plantHoldings(user, wanted, deps) };
}

function plantPolicies(ownerId: string, { attached = [], inline = {} }: PlantPolicies, store: Store): void {
  for (const one of attached) {
    const policyArn = arnOf(one, store);
    store.put("attachments", { id: ownedId(ownerId, policyArn), ownerId, policyArn });
  }
  for (const [name, document] of Object.entries(inline)) {
    store.put("inlinePolicies", { id: ownedId(ownerId, name), ownerId, name, document: textOf(document) });
  }
}

function arnOf(policy: string, store: Store): string {
  const found = store.get("policies", policy) ?? store.where("policies", (row) => row.name === policy)[0];
  if (found === undefined) throw new Error(`no policy ${policy} was planted`);
  return found.id;
}

const textOf = (document: PlantDocument): string =>
  typeof document === "string" ? document : JSON.stringify(document);
