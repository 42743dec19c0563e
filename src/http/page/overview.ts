import type { CaseState } from "../../domain/case.ts";
import { badgeRank } from "../../store/views/case-status.ts";
import type { CaseSummaryView } from "../views/case-summary.ts";
import { badge } from "./badge.ts";
import { html, nothing } from "./html.ts";
import type { Html } from "./html.ts";
import { certificateName, itemCounts, nameOf, progressBar } from "./parts.ts";
import { distanceTo, timeOf } from "./time.ts";

const openStates = ["scheduled", "open", "awaiting_approval", "blocked"] as const satisfies readonly CaseState[];

/** The filters of the list; each is a link, so that any view can be kept and sent. */
export const overviewFilters = {
  open: { label: "Open", states: openStates, alive: false },
  "needs-you": { label: "Needs you", states: ["awaiting_approval", "blocked"], alive: false },
  alive: { label: "Still has live access", states: openStates, alive: true },
  ended: { label: "Ended", states: ["complete", "complete_with_exceptions", "cancelled"], alive: false },
  all: { label: "All", states: [], alive: false },
} as const satisfies Record<string, { label: string; states: readonly CaseState[]; alive: boolean }>;

export type OverviewFilter = keyof typeof overviewFilters;

export interface OverviewInput {
  basePath: string;
  filter: OverviewFilter;
  cases: readonly CaseSummaryView[];
  /** Cursor of the next page. */
  next: string | null;
  isFirstPage: boolean;
  counts: { byState: Partial<Record<CaseState, number>>; alive: number; pastSla: number };
  now: Date;
  mayOperate: boolean;
  mayApprove: boolean;
}

export function overviewPage(input: OverviewInput): Html {
  const { basePath, filter, counts, mayOperate } = input;
  return html`<div class="head">
      <h1>Offboardings</h1>
      ${mayOperate ? startForm(input) : nothing}
    </div>
    ${cards(counts)}
    <section class="card" aria-labelledby="list-title">
      <header>
        <h2 id="list-title" class="hidden">Cases: ${overviewFilters[filter].label}</h2>
        <nav aria-label="Filter">
          <ul class="chips">
            ${Object.entries(overviewFilters).map(
              ([name, { label }]) =>
                html`<li>
                  <a href="${basePath}/?show=${name}" ${name === filter ? html`aria-current="true"` : nothing}
                    >${label}</a
                  >
                </li>`,
            )}
          </ul>
        </nav>
        <span class="small quiet">${input.cases.length} shown of ${totalOf(counts.byState)}</span>
      </header>
      ${input.cases.length === 0 ? emptyList(input) : caseTable(input)}
    </section>`;
}

function cards({ byState, alive, pastSla }: OverviewInput["counts"]): Html {
  const open = openStates.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  const needYou = (byState.awaiting_approval ?? 0) + (byState.blocked ?? 0);
  const complete = byState.complete ?? 0;
  const excepted = byState.complete_with_exceptions ?? 0;
  return html`<dl class="cards">
    <div class="card">
      <dt>Past SLA</dt>
      <dd class="${pastSla > 0 ? "bad" : ""}">${pastSla}</dd>
      <dd class="note">open longer than the plan allows</dd>
    </div>
    <div class="card">
      <dt>Open</dt>
      <dd>${open}</dd>
      <dd class="note">
        ${needYou === 0 ? "none needs a decision" : `${needYou} need${needYou === 1 ? "s" : ""} a person`}
      </dd>
    </div>
    <div class="card">
      <dt>Still has live access</dt>
      <dd class="${alive > 0 ? "bad" : ""}">${alive}</dd>
      <dd class="note">seen alive after a revocation</dd>
    </div>
    <div class="card">
      <dt>Finished</dt>
      <dd>${complete + excepted}</dd>
      <dd class="note">${complete} complete · ${excepted} with exceptions</dd>
    </div>
  </dl>`;
}

function caseTable({ basePath, cases, next, filter, now }: OverviewInput): Html {
  const worstFirst = [...cases].sort((a, b) => badgeRank[a.status.badge] - badgeRank[b.status.badge]);
  return html`<div class="scroll">
      <table class="stack">
        <caption class="hidden">
          Cases, what needs attention first, then newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Leaver</th>
            <th scope="col">Status</th>
            <th scope="col">Verified dead</th>
            <th scope="col" class="mid">Targets done</th>
            <th scope="col">SLA</th>
            <th scope="col" class="mid">Opened</th>
            <th scope="col" class="wide">Certificate</th>
          </tr>
        </thead>
        <tbody>
          ${worstFirst.map((entry) => caseRow(entry, basePath, now))}
        </tbody>
      </table>
    </div>
    ${next === null ? nothing : html`<p class="body"><a class="button" href="${basePath}/?show=${filter}&cursor=${next}">Older cases</a></p>`}`;
}

function caseRow(entry: CaseSummaryView, basePath: string, now: Date): Html {
  const { subject, targets, items, certificate } = entry;
  return html`<tr>
    <th scope="row">
      <a class="row" id="case-${entry.id}" href="${basePath}/cases/${entry.id}">${nameOf(subject)}</a>
      ${entry.demo ? html` <span class="flag">DEMO</span>` : nothing}
      ${entry.urgent ? html` <span class="flag">URGENT</span>` : nothing}
      <span class="sub"><bdi>${subject.userName}</bdi></span>
    </th>
    <td>${badge(entry.status)}</td>
    <td data-label="Verified dead">${itemCounts(items)}${progressBar(items)}</td>
    <td class="mid" data-label="Targets done">${targets.finished}/${targets.total}</td>
    <td data-label="SLA">${slaOf(entry, now)}</td>
    <td class="mid" data-label="Opened">${timeOf(entry.openedAt)}</td>
    <td class="wide" data-label="Certificate">
      ${certificate === null ? html`<span class="quiet">none yet</span>` : certificateName(certificate)}
    </td>
  </tr>`;
}

export function slaOf({ slaDueAt, pastSla, completedAt, state }: CaseSummaryView, now: Date): Html {
  if (slaDueAt === null || completedAt !== null || state === "cancelled") return html`<span class="quiet">ended</span>`;
  return html`<span class="${pastSla ? "bad" : ""}">${distanceTo(slaDueAt, now)}</span>`;
}

function emptyList({ basePath, counts, filter, isFirstPage }: OverviewInput): Html {
  const total = totalOf(counts.byState);
  if (!isFirstPage)
    return html`<div class="empty">
      <p>No older cases.</p>
      <p><a href="${basePath}/?show=${filter}">Back to the newest</a></p>
    </div>`;
  if (total === 0)
    return html`<div class="empty">
      <p class="strong">Nobody has left yet.</p>
      <p>Connect an identity provider, offboard somebody by hand, or run <code>npm run demo</code>.</p>
    </div>`;
  return html`<div class="empty">
    <p>${total} ${total === 1 ? "case is" : "cases are"} hidden by this filter.</p>
    <p><a href="${basePath}/?show=all">Show all</a></p>
  </div>`;
}

function startForm({ basePath, mayApprove }: OverviewInput): Html {
  return html`<details class="form" id="start">
    <summary class="button primary">Start offboarding</summary>
    <form class="stack card notice" method="post" action="${basePath}/cases">
      <label for="start-user"
        >User name <input type="text" id="start-user" name="userName" required maxlength="200" autocomplete="off"
      /></label>
      <label for="start-source"
        >Source, when the name exists in several
        <input type="text" id="start-source" name="source" maxlength="200" autocomplete="off"
      /></label>
      <label for="start-reason"
        >Reason <input type="text" id="start-reason" name="reason" required minlength="3" maxlength="1000"
      /></label>
      ${mayApprove ? html`<label class="check"><input type="checkbox" name="urgent" value="true" /> Urgent: pass the guard</label>` : nothing}
      <div><button class="primary" type="submit">End this person's access</button></div>
    </form>
  </details>`;
}

function totalOf(byState: OverviewInput["counts"]["byState"]): number {
  return Object.values(byState).reduce((sum, count) => sum + count, 0);
}
