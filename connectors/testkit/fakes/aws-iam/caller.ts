import type { Account } from "./account.ts";
import type { RequestContext } from "./policies/conditions.ts";
import type { SessionRow } from "./rows.ts";
import type { Store } from "./store.ts";

/** Who makes a call. */
export interface Caller {
  readonly kind: "user" | "role" | "outsider";
  /** Id of the user or the role; of an outsider its access key. */
  readonly ownerId: string;
  /** As GetCallerIdentity shows it: `AIDA...`, or `AROA...:session`. */
  readonly userId: string;
  /** Name of a user; null for anybody else. */
  readonly userName: string | null;
  readonly arn: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly session: SessionRow | null;
}

/** Finds whose an access key id is, whether or not it may still be used; undefined when nobody has it. */
export function callerOf(store: Store, account: Account, accessKeyId: string): Caller | undefined {
  const session = store.get("sessions", accessKeyId) ?? null;
  const key = store.get("accessKeys", accessKeyId);
  const outsider = store.get("outsiders", accessKeyId);
  if (outsider !== undefined) {
    const { arn, accountId } = outsider;
    const ids = { ownerId: accessKeyId, userId: accessKeyId, userName: null };
    return { kind: "outsider", ...ids, arn, accountId, accessKeyId, session: null };
  }
  if (session?.ownerKind === "role") {
    const role = store.get("roles", session.ownerId);
    if (role === undefined) return undefined;
    const arn = account.sessionArn(role.name, session.name);
    const ids = { ownerId: role.id, userId: `${role.id}:${session.name}`, userName: null };
    return { kind: "role", ...ids, arn, accountId: account.id, accessKeyId, session };
  }
  const user = store.get("users", session?.ownerId ?? key?.userId ?? "");
  if (user === undefined) return undefined;
  const ids = { ownerId: user.id, userId: user.id, userName: user.name };
  return { kind: "user", ...ids, arn: account.userArn(user), accountId: account.id, accessKeyId, session };
}

/**
 * What a request of this caller says of itself.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function contextOf(caller: Caller, now: Date): RequestContext {
  return {
    "aws:currenttime": now.toISOString(),
    "aws:principalarn": caller.arn,
    "aws:principalaccount": caller.accountId,
    "aws:userid": caller.userId,
    "aws:username": caller.userName ?? undefined,
    // Both are there for temporary credentials only.
    "aws:tokenissuetime": caller.session === null ? undefined : inSeconds(caller.session.issuedAt),
    "aws:multifactorauthpresent": caller.session === null ? undefined : String(caller.session.hasMfa),
  };
}

/** A token says the second it was issued in, and no more. */
const inSeconds = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;
