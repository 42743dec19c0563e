/**
 * What a leaver holds at a target, and what became of it. Words: docs/glossary.md.
 */

/** A principal a person has in a target, by the target's own immutable id. */
export interface Account {
  /** Immutable at the target; never a name that can be renamed or reused. */
  id: string;
  /** For people: the principal's present name. */
  label: string;
}

/** Why an account is believed to be the person's. Only a strong match acts (law 6). */
export interface AccountMatch {
  account: Account;
  strength: "strong" | "weak";
  reason: string;
}

export type Holder = "owned" | "created" | "can-read";
export type Risk = "admin" | "write" | "read";

/** One credential or grant as found: stable, non-secret reference and facts. */
export interface Finding {
  kind: string;
  /** The target's immutable id of the credential. */
  ref: string;
  accountId: string;
  label: string;
  holder: Holder;
  risk: Risk;
  createdAt: string | null;
  lastUsedAt: string | null;
  expiresAt: string | null;
  /** Non-secret facts, already reduced to what the connector's schema names; `reason` is shown in a preview. */
  facts: Record<string, string | number | boolean | null>;
}

export const outcomeStates = ["revoked", "already-gone", "pending", "disabled", "cut-off", "unsupported"] as const;

/** What one revocation attempt did. An expected result, not an error. */
export type OutcomeState = (typeof outcomeStates)[number];

export interface Outcome {
  state: OutcomeState;
  /** For an operator; required by convention for everything but `revoked` and `already-gone`. */
  reason?: string;
  /** With `pending`: what a person has to do before it can be seen dead. */
  task?: HandTask;
  /** With `pending`: when to come back, RFC 3339; left out, soon and then later and later. */
  notBefore?: string;
}

/** What only a person can do, with whose it is and by when. */
export interface HandTask {
  what: string;
  owner: string;
  dueAt: string;
}

export type VerdictState = "dead" | "alive" | "unknown";

/** How a verdict was reached: tried and refused, no longer listed, switched off. */
export type Grade = "probe" | "absence" | "state";

/** What a later look saw. */
export interface Verdict {
  state: VerdictState;
  by: Grade;
  reason: string;
}

/** The state of one item as every surface shows it; computed once, in `itemStateOf`. */
export type ItemState =
  | "pending"
  | "running"
  | "waiting"
  | "retrying"
  | "blocked"
  | "done"
  | "verified"
  | "failed"
  | "unknown"
  | "cut-off"
  | "attested"
  | "excepted"
  | "skipped";
