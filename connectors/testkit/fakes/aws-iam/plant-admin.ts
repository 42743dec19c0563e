import { ownedId } from "./actions/user-policies.ts";
import type { Credentials } from "./authentication.ts";
import { type PlantDeps, plantWorld } from "./plant.ts";

/** What an administrator may do. Patterns of actions, `iam:List*`; allowed left out: everything. */
export interface AdminRights {
  readonly name?: string;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** ARN or pattern the allowance is for. Default `*`. */
  readonly resource?: string;
}

/** Puts a user with one key and one inline policy in place: listed as any other user is. */
export function plantAdmin(
  { name, allow = ["*"], deny = [], resource = "*" }: AdminRights,
  deps: PlantDeps,
): Credentials & { readonly userName: string; readonly arn: string } {
  const userName = name ?? `operator-${deps.store.all("users").length}`;
  const statements = [
    { Effect: "Allow", Action: allow, Resource: resource },
    ...(deny.length === 0 ? [] : [{ Effect: "Deny", Action: deny, Resource: "*" }]),
  ];
  const { users } = plantWorld({ users: [{ name: userName, path: "/operators/", accessKeys: [{}] }] }, deps);
  const [user] = users;
  const [key] = user?.accessKeys ?? [];
  if (user === undefined || key === undefined) throw new Error("an administrator has one key");
  deps.store.put("inlinePolicies", {
    id: ownedId(user.id, "rights"),
    ownerId: user.id,
    name: "rights",
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
  return { ...key, userName, arn: user.arn };
}
