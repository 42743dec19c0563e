import { needsRevocation } from "../../../src/domain/item-state.ts";
import type { TargetTurn } from "../turn.ts";

export function isComplete({ case: held }: TargetTurn): boolean {
  return held.state === "complete" || held.state === "complete_with_exceptions";
}

/**
 * Whether a later run found access where the case was complete: it is open again then, and its certificate superseded.
 * The principals that a deletion run is there to delete have not returned.
 */
export function hasReturned(turn: TargetTurn): boolean {
  const { deleting } = turn.case;
  return isComplete(turn) && turn.items.some((item) => needsRevocation(item) && !(deleting && item.principal));
}
