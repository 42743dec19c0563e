import type { SessionRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { parsePolicy } from "./document.ts";
import type { NamedPolicy, PolicySet } from "./evaluate.ts";

/** Whose permissions: a user with or without a session, or a role. */
export interface Holder {
  readonly kind: "user" | "role";
  readonly id: string;
  readonly session: SessionRow | null;
}

/** Everything that grants or bounds, as this store knows it: own, attached, and by way of groups. */
export function policiesOf(store: Store, { kind, id, session }: Holder): PolicySet {
  const groupIds = kind === "user" ? store.ofUser("memberships", id).map((row) => row.groupId) : [];
  const owners = [id, ...groupIds];
  const inline = store.where("inlinePolicies", (row) => owners.includes(row.ownerId));
  const attached = store.where("attachments", (row) => owners.includes(row.ownerId));
  const boundary = kind === "user" ? (store.get("users", id)?.boundary ?? null) : null;
  return {
    identity: [
      ...inline.map((row) => ({ name: row.name, statements: parsePolicy(row.document) })),
      ...attached.flatMap((row) => managed(store, row.policyArn) ?? []),
    ],
    // A bound whose policy is not there bounds to nothing.
    boundary: boundary === null ? null : (managed(store, boundary) ?? { name: boundary, statements: [] }),
    session:
      session === null || session.policy === null ? null : { name: "session", statements: parsePolicy(session.policy) },
  };
}

function managed(store: Store, arn: string): NamedPolicy | undefined {
  const row = store.get("policies", arn);
  return row === undefined ? undefined : { name: arn, statements: parsePolicy(row.document) };
}
