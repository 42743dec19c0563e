import type { CaseSummaryView } from "../views/case-summary.ts";
import { html, nothing } from "./html.ts";
import type { Html } from "./html.ts";

/** The person's name as given, isolated so that its direction cannot reorder what stands beside it. */
export function nameOf({ displayName, userName }: CaseSummaryView["subject"]): Html {
  return html`<bdi>${displayName ?? userName}</bdi>`;
}

/** Dead solid, still works striped, the rest empty; the numbers stand beside it. */
export function progressBar({ total, verifiedDead, stillWorks }: CaseSummaryView["items"]): Html {
  if (total === 0) return nothing;
  const dead = (verifiedDead / total) * 100;
  const works = (stillWorks / total) * 100;
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="dead" width="${dead.toFixed(1)}" height="8" />
    <rect class="works" x="${dead.toFixed(1)}" width="${works.toFixed(1)}" height="8" />
  </svg>`;
}

export function itemCounts({ total, verifiedDead, stillWorks }: CaseSummaryView["items"], what = ""): Html {
  if (total === 0) return html`<span class="quiet">none listed</span>`;
  const works = stillWorks === 0 ? nothing : html` · <span class="bad">${stillWorks} live</span>`;
  return html`<span>${verifiedDead}/${total}${what}${works}</span>`;
}

const outcomeNames: Readonly<Record<string, string>> = {
  complete: "complete",
  complete_with_exceptions: "complete, with exceptions",
};

export function certificateName({ kind, outcome }: { kind: string; outcome: string }): string {
  return kind === "interim" ? "Interim" : `${kind === "final" ? "Final" : kind}, ${outcomeNames[outcome] ?? outcome}`;
}

/** A card that says what failed, instead of an empty list (dashboard.md section 1: error is not empty). */
export function errorCard({ title, detail, requestId, next }: ErrorCardInput): Html {
  return html`<section class="card notice error" role="alert">
    <h1>${title}</h1>
    <p class="soft">${detail}</p>
    <p class="small quiet">Request <code>${requestId}</code></p>
    <p><a class="button" href="${next.path}">${next.label}</a></p>
  </section>`;
}

export interface ErrorCardInput {
  title: string;
  detail: string;
  requestId: string;
  next: { path: string; label: string };
}
