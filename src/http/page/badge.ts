import type { ItemState } from "../../domain/access.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

/**
 * Icon shapes of the states: shape, word and colour each suffice alone (dashboard.md section 2). Drawn on 24 by 24,
 * stroked unless filled.
 */
const shapes: Readonly<Record<ItemState, Html>> = {
  pending: html`<circle cx="12" cy="12" r="9" stroke-dasharray="3.2 3.8" />`,
  running: html`<path d="M12 3a9 9 0 1 0 9 9" />`,
  waiting: html`<path d="M6 3h12M6 21h12M7 3c0 5 3 7 5 9-2 2-5 4-5 9M17 3c0 5-3 7-5 9 2 2 5 4 5 9" />`,
  retrying: html`<path d="M20 12a8 8 0 0 1-14 5.3M4 12a8 8 0 0 1 14-5.3M18 2v5h-5M6 22v-5h5" />`,
  blocked: html`<path
    d="M8 12V5.5a1.5 1.5 0 0 1 3 0V11M11 5V3.5a1.5 1.5 0 0 1 3 0V11M14 5.5a1.5 1.5 0 0 1 3 0V12M17 8a1.5 1.5 0 0 1 3 0v6a7 7 0 0 1-7 7c-3 0-4.500-1-6-3.500L4.500 14a1.500 1.500 0 0 1 2.500-1.600L8 14"
  />`,
  done: html`<path d="M4 13l5 5L20 6" />`,
  verified: html`<path class="solid" d="M12 2l8 3v6c0 5.500-3.500 9-8 11-4.500-2-8-5.500-8-11V5z" /><path
      class="cut"
      d="M8 12l3 3 5-6"
    />`,
  failed: html`<path class="solid" d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" /><path class="cut" d="M12 7v6M12 16.500v.5" />`,
  unknown: html`<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" /><path
      d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .9-1 1.700M12 17v.2"
    />`,
  "cut-off": html`<path d="M6 6l12 12M6 18L18 6M3 6a3 3 0 1 0 6 0 3 3 0 1 0-6 0M3 18a3 3 0 1 0 6 0 3 3 0 1 0-6 0" />`,
  attested: html`<path d="M4 20l1-5L16 4l4 4L9 19zM14 6l4 4" />`,
  excepted: html`<path d="M5 22V3h13l-3 4.500L18 12H5" />`,
  skipped: html`<circle cx="12" cy="12" r="9" /><path d="M6 18L18 6" />`,
};

export function icon(state: ItemState): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" width="15" height="15" aria-hidden="true">${shapes[state]}</svg>`;
}

/** A state with its word. */
export function badge({ badge: state, word }: { badge: ItemState; word: string }): Html {
  return html`<span class="badge ${state}">${icon(state)}${word}</span>`;
}
