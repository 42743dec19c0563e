import type { Account, Finding, Outcome, Verdict } from "../../src/domain/access.ts";
import type { Page, Probe } from "../contract/connector.ts";
import type { CursorPage } from "../contract/paging.ts";
import { pagesOf } from "../contract/paging.ts";
import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";
import { findUser, findUserToChange, holderOf } from "./users.ts";
import type { IamUser } from "./users.ts";
import type { Change, Status } from "./writes.ts";

/** One thing that a user holds, as it was listed. */
export interface Held {
  finding: Finding;
  /** What IAM's operations call it: a key id, the name of a group. */
  handle: string;
  /** False once it is switched off or has expired. */
  isLive: boolean;
  /** Whose it is by the answer; null where a listing does not say. */
  owner: string | null;
}

/** One sort of thing that a user holds: what IAM calls its operations, and how its answers read. */
export interface HeldKind {
  kind: string;
  /** The operation that lists it. */
  operation: string;
  /** One page; null where IAM says NoSuchEntity. */
  page(user: IamUser, cursor: string | null, session: IamSession): Promise<CursorPage<Held> | null>;
  /** What only a discovery tells about one: more calls. */
  detail?(finding: Finding, session: IamSession): Promise<Finding>;
  /** The handle, where the finding tells it for ever; what can be renamed has to be listed first. */
  handleOf?(finding: Finding): string;
  /** Where it can be switched off and on. */
  setStatus?(user: IamUser, handle: string, status: Status, session: IamSession): Promise<Change>;
  end(user: IamUser, handle: string, session: IamSession): Promise<Change>;
  /** Tries the credential itself. Null: that could tell nothing. */
  tryIt?(probe: Probe, session: IamSession): Promise<Verdict | null>;
}

/** All of one kind that an account holds right now; nothing where the user is proven gone. */
export async function* discoverHeld(
  kind: HeldKind,
  account: Account,
  session: IamSession,
): AsyncGenerator<Page<Finding>> {
  const user = await findUser(account, session);
  if (user === null) return yield { items: [], complete: true };
  for await (const { items, complete } of listHeld(kind, user, session)) {
    const findings: Finding[] = [];
    for (const { finding } of items) findings.push((await kind.detail?.(finding, session)) ?? finding);
    yield { items: findings, complete };
  }
}

/** A fresh listing. Its NoSuchEntity is believed only when the user is gone. */
export async function* listHeld(kind: HeldKind, user: IamUser, session: IamSession): AsyncGenerator<Page<Held>> {
  const { operation } = kind;
  const fetchPage = async (cursor: string | null): Promise<CursorPage<Held>> => {
    const page = await kind.page(user, cursor, session);
    if (page === null) {
      if ((await findUser({ id: user.id, label: user.name }, session)) === null) return { items: [], next: null };
      throw failed(session, "conflict", operation, "says that there is no such user, and GetUser shows it");
    }
    if (page.items.every(({ owner }) => owner === null || owner === user.name)) return page;
    throw failed(session, "invalid-response", operation, "lists another user's");
  };
  const where = { target: session.target, operation };
  yield* pagesOf(where, fetchPage, ({ finding }) => finding.ref, { maxPages: 2_000, maxItems: 100_000 });
}

async function findHeld(kind: HeldKind, ref: string, user: IamUser, session: IamSession): Promise<Held | null> {
  for await (const { items } of listHeld(kind, user, session)) {
    const found = items.find(({ finding }) => finding.ref === ref);
    if (found !== undefined) return found;
  }
  return null;
}

/** Ends one thing. Safe to repeat; NoSuchEntity counts only with a listing that misses it too. */
export async function revokeHeld(kind: HeldKind, finding: Finding, session: IamSession): Promise<Outcome> {
  const change = await changeHeld(kind, finding, session, (user, handle) => kind.end(user, handle, session));
  return { state: change === "done" ? "revoked" : "already-gone" };
}

export async function disableHeld(kind: HeldKind, finding: Finding, session: IamSession): Promise<Outcome> {
  const change = await changeHeld(kind, finding, session, switchTo(kind, "Inactive", session));
  return change === "done" ? { state: "disabled", reason: "switched off" } : { state: "already-gone" };
}

/** Switches on again what was on when it was found. */
export async function restoreHeld(kind: HeldKind, finding: Finding, session: IamSession): Promise<Outcome> {
  if (finding.facts["status"] !== "Active") return { state: "already-gone", reason: "it was off when it was found" };
  const change = await changeHeld(kind, finding, session, switchTo(kind, "Active", session));
  if (change === "done") return { state: "revoked", reason: "switched on again" };
  return { state: "unsupported", reason: "it is gone, and cannot be made again" };
}

function switchTo(kind: HeldKind, status: Status, session: IamSession) {
  return async (user: IamUser, handle: string): Promise<Change> => {
    if (kind.setStatus === undefined) throw new TypeError(`${kind.kind} cannot be switched`);
    return kind.setStatus(user, handle, status, session);
  };
}

async function changeHeld(
  kind: HeldKind,
  finding: Finding,
  session: IamSession,
  work: (user: IamUser, handle: string) => Promise<Change>,
): Promise<Change> {
  const user = await findUserToChange(holderOf(finding), session);
  if (user === null) return "absent";
  const handle = kind.handleOf?.(finding) ?? (await findHeld(kind, finding.ref, user, session))?.handle;
  if (handle === undefined) return "absent";
  if ((await work(user, handle)) === "done") return "done";
  if ((await findHeld(kind, finding.ref, user, session)) === null) return "absent";
  // IAM answers AccessDenied to those who may not look, and two of its servers may differ for a while.
  throw failed(
    session,
    "conflict",
    kind.operation,
    "still lists what is said not to be there when it is to be changed",
  );
}

/** Looks again: a fresh, whole listing, and the credential itself where it is at hand. */
export async function verifyHeld(
  kind: HeldKind,
  finding: Finding,
  probe: Probe | null,
  session: IamSession,
): Promise<Verdict> {
  const user = await findUser(holderOf(finding), session);
  const held = user === null ? null : await findHeld(kind, finding.ref, user, session);
  if (held?.isLive === true) return { state: "alive", by: "state", reason: "IAM still lists it, and nothing stops it" };
  const tried = probe === null ? null : await kind.tryIt?.(probe, session);
  if (tried !== null && tried !== undefined) return tried;
  if (user === null) return { state: "dead", by: "absence", reason: "the user is gone, and all that it held" };
  return held === null
    ? { state: "dead", by: "absence", reason: "IAM no longer lists it, in a whole and fresh list" }
    : { state: "dead", by: "state", reason: "IAM lists it as switched off" };
}
