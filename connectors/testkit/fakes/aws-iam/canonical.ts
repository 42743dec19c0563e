import { createHash } from "node:crypto";
import type { UserRow } from "./rows.ts";
import type { Store } from "./store.ts";

const secrets = new Set(["secret", "password"]);

/** A user's row and all rows that are its own, by kind. Sessions are left out: they come and go without the account. */
export function belongings(store: Store, user: UserRow): Readonly<Record<string, unknown>> {
  const owned = [
    "accessKeys",
    "logins",
    "memberships",
    "mfaDevices",
    "sshKeys",
    "certificates",
    "serviceCredentials",
  ] as const;
  const policies = ["attachments", "inlinePolicies"] as const;
  return {
    user,
    ...Object.fromEntries(owned.map((table) => [table, inOrder(store.ofUser(table, user.id))])),
    ...Object.fromEntries(
      policies.map((table) => [table, inOrder(store.where(table, (row) => row.ownerId === user.id))]),
    ),
  };
}

/** JSON with the keys of every object in order, and a hash in the place of every secret. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (key, one: unknown) => {
    if (secrets.has(key) && typeof one === "string") return createHash("sha256").update(one).digest("hex");
    if (one === null || typeof one !== "object" || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function inOrder<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}
