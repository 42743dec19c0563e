import { parsePolicy } from "./policies/document.ts";
import type { UserRow } from "./rows.ts";
import type { Store } from "./store.ts";

export type AliveKind =
  | "access-key"
  | "login-profile"
  | "service-credential"
  | "ssh-key"
  | "signing-certificate"
  | "mfa-device"
  | "group-membership"
  | "attached-policy"
  | "inline-policy"
  | "session"
  | "user";

/** Something that works. Refs: the thing's own id; `user/group`, `user/policy` and `user/arn`; the name of the user. */
export interface Alive {
  readonly kind: AliveKind;
  readonly ref: string;
}

/** What of a user works by this store. The user itself is not among it, nor what only narrows: boundary and denies. */
export function holdingsOf(store: Store, user: UserRow, now: Date, isCutOff: (sessionId: string) => boolean): Alive[] {
  const { id, name } = user;
  const ids = (kind: AliveKind, rows: readonly { readonly id: string }[]) => rows.map((row) => ({ kind, ref: row.id }));
  const active = <T extends { readonly isActive: boolean }>(rows: readonly T[]) => rows.filter((row) => row.isActive);
  const isLasting = (row: { readonly expiresAt: Date | null }) => row.expiresAt === null || row.expiresAt > now;
  const sessions = store.where("sessions", (row) => row.ownerId === id && isLasting(row) && !isCutOff(row.id));
  const groups = store.ofUser("memberships", id).flatMap((row) => store.get("groups", row.groupId) ?? []);
  const attached = store.where("attachments", (row) => row.ownerId === id && allows(policyText(store, row.policyArn)));
  const inline = store.where("inlinePolicies", (row) => row.ownerId === id && allows(row.document));
  return [
    ...ids("access-key", active(store.ofUser("accessKeys", id))),
    ...store.ofUser("logins", id).map(() => ({ kind: "login-profile" as const, ref: name })),
    ...ids("service-credential", active(store.ofUser("serviceCredentials", id)).filter(isLasting)),
    ...ids("ssh-key", active(store.ofUser("sshKeys", id))),
    ...ids("signing-certificate", active(store.ofUser("certificates", id))),
    ...ids("mfa-device", store.ofUser("mfaDevices", id)),
    ...groups.map((group) => ({ kind: "group-membership" as const, ref: `${name}/${group.name}` })),
    ...attached.map((row) => ({ kind: "attached-policy" as const, ref: `${name}/${row.policyArn}` })),
    ...inline.map((row) => ({ kind: "inline-policy" as const, ref: `${name}/${row.name}` })),
    ...ids("session", sessions),
  ];
}

/** Name or id of the user that a ref is about; empty when there is none. */
export function ownerOf(store: Store, kind: AliveKind, ref: string): string {
  switch (kind) {
    case "access-key":
      return store.get("accessKeys", ref)?.userId ?? "";
    case "service-credential":
      return store.get("serviceCredentials", ref)?.userId ?? "";
    case "ssh-key":
      return store.get("sshKeys", ref)?.userId ?? "";
    case "signing-certificate":
      return store.get("certificates", ref)?.userId ?? "";
    case "mfa-device":
      return store.get("mfaDevices", ref)?.userId ?? "";
    case "session":
      return store.get("sessions", ref)?.ownerId ?? "";
    default:
      return ref.split("/", 1)[0] ?? "";
  }
}

const policyText = (store: Store, arn: string): string | undefined => store.get("policies", arn)?.document;

/** Whether a policy gives anything. */
function allows(document: string | undefined): boolean {
  return document !== undefined && parsePolicy(document).some((statement) => statement.effect === "Allow");
}
