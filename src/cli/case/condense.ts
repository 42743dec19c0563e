import { things } from "../terminal/size.ts";
import type { Change } from "./changes.ts";

/** From so many alike on, one line tells them all. */
const worthTelling = 4;

/**
 * Changes of one reading, those that say the same of several credentials of a target told in one line, where the first of
 * them stood. What is bad, or needs somebody, is never counted together: it is read by name.
 */
export function condensed(changes: readonly Change[]): Change[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) groups.set(keyOf(change), [...(groups.get(keyOf(change)) ?? []), change]);
  return changes.flatMap((change) => {
    const alike = groups.get(keyOf(change)) ?? [];
    if (change.subject === "" || change.tone === "bad" || change.tone === "careful" || alike.length < worthTelling) {
      return [change];
    }
    if (change !== alike[0]) return [];
    return [{ ...change, subject: "", text: `${things(alike.length, "credential")} ${change.text}` }];
  });
}

function keyOf({ target, what, text, tone }: Change): string {
  return JSON.stringify([target, what, text, tone]);
}
