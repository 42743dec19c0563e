import type { Grade, HandTask, ItemState, OutcomeState, VerdictState } from "./access.ts";
import { isUnderWay } from "./rotation.ts";
import type { RotationState } from "./rotation.ts";

/** Set by a person or by the kind itself; such an item does not hold the case, and the certificate names it. */
export type Disposition = "attested" | "excepted" | "reported" | "observed";

export interface ItemFacts {
  disposition: Disposition | null;
  outcome: OutcomeState | null;
  verdict: VerdictState | null;
  grade: Grade | null;
  /** Looks in a row that saw it dead. */
  looks: number;
  /** What only a person can do about it; left out or null when there is nothing. */
  task?: HandTask | null;
  /** Of a secret that is being replaced. */
  rotation?: RotationState | null;
}

const shownAs = {
  attested: "attested",
  excepted: "excepted",
  reported: "skipped",
  observed: "skipped",
} as const satisfies Record<Disposition, ItemState>;

/** Looks in a row that must see an item dead before anybody may call it so; a refused try needs only one (I08). */
const looksToBeDead = 2;

/** The one status of an item that list, detail, API, CLI and certificate show. */
export function itemStateOf(item: ItemFacts): ItemState {
  if (item.disposition !== null) return shownAs[item.disposition];
  if (item.outcome === "cut-off") return "cut-off";
  if (item.outcome === "unsupported") return "skipped";
  if (waitsForPerson(item)) return "blocked";
  if (isRotating(item)) return "waiting";
  if (item.verdict === "dead") return item.grade === "probe" || item.looks >= looksToBeDead ? "verified" : "waiting";
  if (item.outcome === null) return "pending";
  if (item.verdict === "alive") return "failed";
  if (item.verdict === "unknown") return "unknown";
  return "done";
}

/** Whether this item keeps its target from being finished. */
export function holdsTheTarget(item: ItemFacts): boolean {
  if (item.disposition !== null || item.outcome === "cut-off" || item.outcome === "unsupported") return false;
  return item.verdict !== "dead" || isRotating(item);
}

/** Whether the old credential of a rotation is still to be ended: switched off is not yet deleted. */
export function isRotating(item: ItemFacts): boolean {
  return item.disposition === null && item.outcome === "pending" && isUnderWay(item.rotation ?? null);
}

/** Whether nothing but a person's work can end it: trying again by ourselves would change nothing. */
export function waitsForPerson(item: ItemFacts): boolean {
  return holdsTheTarget(item) && item.outcome === "pending" && (item.task ?? null) !== null;
}

/** Whether a revocation has to be tried (again). */
export function needsRevocation(item: ItemFacts): boolean {
  if (!holdsTheTarget(item) || waitsForPerson(item)) return false;
  return item.outcome === null || item.verdict === "alive" || isRotating(item);
}
