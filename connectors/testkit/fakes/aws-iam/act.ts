import type { Account } from "./account.ts";
import type { Caller } from "./caller.ts";
import { refuse } from "./errors.ts";
import { type Page, pageOf } from "./paging.ts";
import type { Params } from "./params.ts";
import type { UserRow } from "./rows.ts";
import type { Store } from "./store.ts";
import type { Usage } from "./usage.ts";
import type { Xml } from "./xml.ts";

/** One call of one action, let in. Writes see the true state; reads what has reached them. */
export interface Act {
  readonly action: string;
  readonly params: Params;
  readonly store: Store;
  /** Policies as they are in force: what authorization goes by. */
  readonly inForce: Store;
  readonly account: Account;
  readonly caller: Caller;
  readonly now: Date;
  readonly usage: Usage;
  /** Milliseconds after a password was made during which it cannot be changed or deleted. */
  readonly loginSettlesMs: number;
  /** Page size whatever is asked for; null leaves it to the caller. */
  readonly pageSize: number | null;
}

/** Carries an action out and says what is in its result; null when it has none. */
export type Handler = (act: Act) => Xml | null;

/** One page of a list, in order of key. */
export function pageFor<T>(
  { action, params, pageSize }: Act,
  items: readonly T[],
  keyOf: (item: T) => string,
): Page<T> {
  return pageOf(items, keyOf, { action, params, forced: pageSize });
}

/** The user that a call must name. */
export function namedUser({ params, store }: Act, name = "UserName"): UserRow {
  const wanted = params.name(name);
  const user = store.userNamed(wanted);
  if (user === undefined) throw refuse.noSuchEntity(`The user with name ${wanted} cannot be found.`);
  return user;
}

/** The user that a call names, or else the caller, if that is a user. */
export function namedUserOrCaller(act: Act): UserRow {
  if (act.params.get("UserName") !== null) return namedUser(act);
  const { caller, store } = act;
  const user = caller.kind === "user" ? store.get("users", caller.ownerId) : undefined;
  if (user === undefined) throw refuse.validation("Must specify userName when calling with non-User credentials");
  return user;
}

export const statusOf = (row: { readonly isActive: boolean }): string => (row.isActive ? "Active" : "Inactive");

/** A document as answers carry it: URL-encoded by RFC 3986. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
