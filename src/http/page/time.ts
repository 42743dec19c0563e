import { html } from "./html.ts";
import type { Html } from "./html.ts";

const format = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "2-digit",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

/** A time as people read it, always in UTC and saying so; the exact one is in the element. */
export function timeOf(instant: string | null, otherwise = "not yet"): Html {
  if (instant === null) return html`<span class="quiet">${otherwise}</span>`;
  return html`<time datetime="${instant}">${utc(instant)}</time>`;
}

export function utc(instant: string): string {
  return `${format.format(new Date(instant))} UTC`;
}

/** When something happens next; what is due already happens now. */
export function dueAt(instant: string, now: Date): Html {
  return new Date(instant).getTime() <= now.getTime() ? html`now` : timeOf(instant);
}

/** How far a deadline is: `2h 11m over`, `3h 41m left`. */
export function distanceTo(deadline: string, now: Date): string {
  const ms = new Date(deadline).getTime() - now.getTime();
  return `${duration(Math.abs(ms))} ${ms < 0 ? "over" : "left"}`;
}

/** The two largest units of a duration in ms. */
export function duration(ms: number): string {
  const units: readonly [string, number][] = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
  ];
  const first = units.findIndex(([, size]) => ms >= size);
  if (first === -1) return "0s";
  let rest = ms;
  return units
    .slice(first, first + 2)
    .map(([name, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return `${count}${name}`;
    })
    .join(" ");
}
