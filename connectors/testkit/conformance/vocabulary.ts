import type { Fault } from "../faults/index.ts";
import type { Matcher, Script } from "../faults/schedule.ts";
import type { Item } from "./item.ts";

export type { Matcher, Script } from "../faults/schedule.ts";

/** How this vendor fails, refuses and lies. The checks are the same for all; what they say to a fake is not. */
export interface Vocabulary {
  /** Every call that asks for a change. */
  writes: Matcher;
  /** The calls by which things of one kind are listed, looked at and ended. */
  about(kind: string): Matcher;
  /**
   * Calls at an account's own address and below it, where accounts have one, but not the list of all accounts: it goes on
   * showing an account whose own address is hidden.
   */
  ofAccount?: Matcher;
  /** The vendor's throttling, without an effect; with its own way to say when to come back, or (null) without one. */
  throttles(retryAfterS: number | null): Fault;
  /** The vendor's answer to a credential that may not do this. */
  denies(kind: string, to: "read" | "write"): Denial;
  /** The vendor's not-found, as it is also sent to a credential that may not look. */
  hides(): Fault;
  /** The vendor's failure on its own side, with a body of its own. */
  fails(): Fault;
  /** The vendor's error with these words in its message, as a server that echoes what it was sent. */
  complains(status: number, words: string): Fault;
  /** Listings that never end; the script means listings by pages and nothing else. Null: nothing here is listed by pages. */
  endless(): Script | null;
  /**
   * Things of the leaver come and go between two pages of a listing: at least one more appears, which must be gone at the
   * end as well. Null: nothing here is listed by pages.
   */
  drifts(): Script | null;
  /** A deleted item is still shown for so many reads. Null where this kind cannot be shown late. */
  lingers(item: Item, reads: number): Script | null;
  /** A deleted item is gone for so many reads, and then there again. Null where this kind cannot come back. */
  returns(item: Item, reads: number): Script | null;
  /** Puts an ended item back behind the connector's back, under the same ref. False where that cannot be. */
  putBack(item: Item): Promise<boolean>;
  /** A listing of the leaver's gives another account's. Null where such an answer does not say whose it is. */
  answersForOther(kind: string): Script | null;
  /** Answers that are no answers, by name; left out: those of an API that speaks JSON. */
  hostileAnswers?: Readonly<Record<string, Fault>>;
}

export interface Denial {
  fault: Fault;
  /** What the error has to name: the missing permission, as the manifest spells it. */
  missing: string;
}

/** Calls that both matchers mean. */
export function bothOf(one: Matcher, other: Matcher): Matcher {
  const fields = ["door", "method", "path", "subject"] as const;
  const twice = fields.find((field) => field in one && field in other && one[field] !== other[field]);
  if (twice !== undefined) throw new Error(`both matchers name a ${twice}; say it as \`when\` in one of them`);
  const conditions = [one.when, other.when].filter((when) => when !== undefined);
  return { ...one, ...other, when: (call) => conditions.every((when) => when(call)) };
}
