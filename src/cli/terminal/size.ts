/** `1 credential`, `2 credentials`. */
export function things(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The instant on the reader's own clock, with seconds; an absent one as a dash. */
export function timeText(instant: string | null): string {
  if (instant === null) return "–";
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)}Z`;
}
