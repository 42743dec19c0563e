import { isEnded } from "../../domain/case.ts";
import type { CaseDetailView, ItemView, TargetView } from "../views/case-schema.ts";
import { gradeWord, outcomeWord } from "../views/item-word.ts";
import { targetProgressOf } from "../views/step-status.ts";
import { badge, icon } from "./badge.ts";
import { decisions, decisionForms } from "./decision-forms.ts";
import { html, nothing } from "./html.ts";
import type { Html } from "./html.ts";
import { slaOf } from "./overview.ts";
import { certificateName, itemCounts, nameOf, progressBar } from "./parts.ts";
import { dueAt, timeOf } from "./time.ts";

export interface CasePageInput {
  basePath: string;
  case: CaseDetailView;
  now: Date;
  mayOperate: boolean;
  mayApprove: boolean;
}

/** One case: the answer first, then what is open and who must act, then the proof. */
export function casePage(input: CasePageInput): Html {
  const { case: shown } = input;
  return html`<div class="head">
      <div>
        <p class="crumbs"><a href="${input.basePath}/">Offboardings</a> / <code>${shown.id}</code></p>
        <h1>${nameOf(shown.subject)} ${flags(shown)}</h1>
        <p class="soft small">${origin(shown)}</p>
      </div>
      ${input.mayOperate ? decisionForms(input) : nothing}
    </div>
    ${verdictCard(input)} ${decisions(input)} ${targetsCard(input)} ${itemsCard(input)} ${blindSpotsCard(shown)}
    ${certificatesCard(input)} ${stepsCard(input)}`;
}

function flags(shown: CaseDetailView): Html {
  const names = (["demo", "urgent", "preserve", "confidential", "paused"] as const).filter((name) => shown[name]);
  return html`${names.map((name) => html`<span class="flag">${name.toUpperCase()}</span> `)}`;
}

function origin({ subject, source, requestedBy, openedAt, reason, effectiveAt }: CaseDetailView): Html {
  return html`<bdi>${subject.userName}</bdi> · opened ${timeOf(openedAt)} by
    <code>${requestedBy}</code> ${requestedBy === `source:${source}` ? nothing : html`through ${source}`}
    ${effectiveAt === null ? nothing : html` · left ${timeOf(effectiveAt)}`}
    ${reason === null ? nothing : html`<br />Reason: <bdi>${reason}</bdi>`}`;
}

function verdictCard({ case: shown, basePath, now }: CasePageInput): Html {
  const { verdict, status, items, certificate } = shown;
  const file = `${basePath}/api/v1/cases/${shown.id}/certificate`;
  const isFinal = certificate !== null && certificate.kind !== "interim";
  return html`<section class="card verdict ${status.badge}" aria-labelledby="verdict">
    ${icon(status.badge)}
    <div class="say">
      <p>${badge(status)}</p>
      <h2 id="verdict" data-verdict>${verdict.headline}</h2>
      <p class="soft">${verdict.explanation}</p>
      ${shown.nextDueAt === null || isEnded(shown.state) ? nothing : html`<p class="small quiet">Next on its own: ${dueAt(shown.nextDueAt, now)}</p>`}
    </div>
    <div class="count">
      <p>${itemCounts(items, " verified dead")} · SLA ${slaOf(shown, now)}</p>
      ${progressBar(items)}
      <p class="small soft">
        ${items.open} open · ${items.couldNotCheck} could not be checked · ${items.notProven} not proven
      </p>
      <p>
        <a class="button ${isFinal ? "primary" : ""}" id="certificate" href="${file}" download
          >${isFinal ? "Download certificate" : "Get interim certificate"}</a
        >
      </p>
      ${isFinal ? nothing : html`<p class="small quiet">No final certificate before every target is finished.</p>`}
    </div>
  </section>`;
}

function targetsCard({ case: { targetList, itemList }, now }: CasePageInput): Html {
  return html`<section class="card" aria-labelledby="targets-title">
    <header>
      <h2 id="targets-title">Progress</h2>
      <span class="small quiet">${targetList.length} connected</span>
    </header>
    <div class="scroll">
      <table class="stack">
        <caption class="hidden">
          Each target and how far it is
        </caption>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Freeze</th>
            <th scope="col">Find</th>
            <th scope="col">Revoke</th>
            <th scope="col">Verify</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          ${targetList.map((target) =>
            targetRow(
              target,
              itemList.filter((item) => item.target === target.target),
              now,
            ),
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

const freezeWord: Readonly<Record<string, string>> = {
  "not-yet": "Not frozen yet",
  frozen: "Frozen",
  unsupported: "Cannot be frozen",
  "not-needed": "Not needed",
};

function targetRow(target: TargetView, items: readonly ItemView[], now: Date): Html {
  const { find, revoke, verify } = targetProgressOf(target, items);
  return html`<tr>
    <th scope="row">
      ${target.target}
      <span class="sub">${target.connector}${target.mode === "observe" ? " · observed only" : ""}</span>
      ${target.accounts.map((account) => html`<span class="sub">Account <bdi>${account.label}</bdi>: <bdi>${account.reason}</bdi></span>`)}
    </th>
    <td data-label="Freeze">
      ${target.mode === "observe" ? "Observed only" : (freezeWord[target.freeze.state] ?? target.freeze.state)}${target.freeze.at === null ? nothing : html`<span class="sub">${timeOf(target.freeze.at)}</span>`}
    </td>
    <td data-label="Find">${badge(find)}</td>
    <td data-label="Revoke">${badge(revoke)}</td>
    <td data-label="Verify">${badge(verify)}</td>
    <td data-label="Now">${nowOf(target, now)}</td>
  </tr>`;
}

const stateWord: Readonly<Record<TargetView["state"], string>> = {
  pending: "Not started",
  running: "Running",
  waiting: "Waiting",
  retrying: "Retrying",
  blocked: "Needs you",
  awaiting_approval: "Needs an answer",
  finished: "Finished",
};

function nowOf({ state, reason, nextDueAt, finishedAt, attempts }: TargetView, now: Date): Html {
  if (state === "finished") return html`Finished <span class="sub">${timeOf(finishedAt, "")}</span>`;
  return html`${reason === null ? stateWord[state] : html`<bdi>${reason}</bdi>`}
  ${nextDueAt === null ? nothing : html`<span class="sub">Next: ${dueAt(nextDueAt, now)}</span>`}
  ${attempts > 1 ? html`<span class="sub">Attempt ${attempts}</span>` : nothing}`;
}

function itemsCard({ case: shown, basePath }: CasePageInput): Html {
  const { itemList } = shown;
  const evidence = (digest: string | null, text: string): Html =>
    digest === null
      ? nothing
      : html`<span class="sub"><a href="${basePath}/api/v1/cases/${shown.id}/evidence/${digest}">${text}</a></span>`;
  return html`<section class="card" aria-labelledby="items-title">
    <header>
      <h2 id="items-title">Credentials</h2>
      <span class="small quiet">What a revocation did, and what a later look saw, are two things</span>
    </header>
    ${
      itemList.length === 0
        ? html`<div class="empty"><p>No credential has been listed${isEnded(shown.state) ? "" : " so far"}.</p></div>`
        : html`<div class="scroll">
            <table class="stack">
              <caption class="hidden">
                Credentials and grants
              </caption>
              <thead>
                <tr>
                  <th scope="col">Credential</th>
                  <th scope="col">State</th>
                  <th scope="col">Revocation</th>
                  <th scope="col">Later look</th>
                  <th scope="col">How we know</th>
                </tr>
              </thead>
              <tbody>
                ${itemList.map(
                  (item) =>
                    html`<tr>
                      <th scope="row">
                        <bdi>${item.label}</bdi><span class="sub">${item.target} · ${item.kind} · ${item.risk}</span>
                      </th>
                      <td>${badge(item.status)}</td>
                      <td data-label="Revocation">
                        ${revocationOf(item)}${evidence(item.revocation.evidence, "Evidence of the revocation")}
                      </td>
                      <td data-label="Later look">
                        ${lookOf(item)}${evidence(item.look.evidence, "Evidence of the look")}
                      </td>
                      <td data-label="How we know">${gradeOf(item)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

function revocationOf({ revocation }: ItemView): Html {
  if (revocation.outcome === null) return html`<span class="quiet">not tried</span>`;
  return html`${outcomeWord[revocation.outcome]}
    <span class="sub"
      >${timeOf(revocation.at, "")}${revocation.attempts > 1 ? ` · ${revocation.attempts} attempts` : ""}</span
    >
    ${revocation.reason === null ? nothing : html`<span class="sub"><bdi>${revocation.reason}</bdi></span>`}`;
}

const verdictWord = { dead: "Dead", alive: "Alive", unknown: "Could not tell" } as const;

function lookOf({ look }: ItemView): Html {
  if (look.verdict === null) return html`<span class="quiet">after revoke</span>`;
  return html`<span class="${look.verdict === "alive" ? "bad" : ""}">${verdictWord[look.verdict]}</span>
    <span class="sub">${timeOf(look.at, "")}${look.looks > 1 ? ` · ${look.looks} looks in a row` : ""}</span>`;
}

/** The grade always beside the verdict; for a credential that lives it says only how that was seen. */
function gradeOf({ look }: ItemView): Html {
  if (look.verdict === null) return html`<span class="quiet">not known yet</span>`;
  const grade = look.verdict === "dead" && look.grade !== null ? gradeWord[look.grade] : null;
  return html`${grade}${look.reason === null ? nothing : html`<span class="sub"><bdi>${look.reason}</bdi></span>`}`;
}

function blindSpotsCard({ blindSpots }: CaseDetailView): Html {
  return html`<section class="card" aria-labelledby="blind-title">
    <header><h2 id="blind-title">What we cannot check</h2></header>
    <div class="body">
      ${
        blindSpots.length === 0
          ? html`<p class="soft">
              Nothing known within the connected systems. Systems that are not connected are never covered.
            </p>`
          : html`<ul class="plain">
              ${blindSpots.map(({ target, text }) => html`<li>${target}: <bdi>${text}</bdi></li>`)}
            </ul>`
      }
    </div>
  </section>`;
}

function certificatesCard({ case: shown, basePath }: CasePageInput): Html {
  if (shown.certificates.length === 0) return nothing;
  return html`<section class="card" aria-labelledby="certificates-title">
    <header><h2 id="certificates-title">Certificates</h2></header>
    <div class="scroll">
      <table class="stack">
        <caption class="hidden">
          Certificates of this case, newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Certificate</th>
            <th scope="col">Issued</th>
            <th scope="col">Key</th>
            <th scope="col">Stands</th>
          </tr>
        </thead>
        <tbody>
          ${shown.certificates.map(
            (certificate) =>
              html`<tr>
                <th scope="row">
                  <a href="${basePath}/api/v1/certificates/${certificate.id}" download
                    >${certificateName(certificate)}</a
                  >
                </th>
                <td data-label="Issued">${timeOf(certificate.issuedAt)}</td>
                <td data-label="Key"><code>${certificate.keyid}</code></td>
                <td data-label="Stands">${certificate.supersededBy === null ? "yes" : "superseded"}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function stepsCard({ case: shown, basePath }: CasePageInput): Html {
  return html`<section class="card" aria-labelledby="steps-title">
    <header><h2 id="steps-title">What was done</h2></header>
    <div class="body">
      <details id="steps">
        <summary>Steps and their exchanges (${shown.steps.length})</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Steps">
          <table>
            <caption class="hidden">
              Steps, oldest first
            </caption>
            <thead>
              <tr>
                <th scope="col">Ended</th>
                <th scope="col">Target</th>
                <th scope="col">Step</th>
                <th scope="col">Result</th>
                <th scope="col">Exchanges</th>
              </tr>
            </thead>
            <tbody>
              ${shown.steps.map(
                (step) =>
                  html`<tr>
                    <td>${timeOf(step.endedAt)}</td>
                    <td>${step.target}</td>
                    <td>${step.kind}</td>
                    <td>${step.result}</td>
                    <td>
                      ${step.evidence.map(
                        (entry) =>
                          html`<a class="sub mono" href="${basePath}/api/v1/cases/${shown.id}/evidence/${entry.sha256}"
                            >${entry.operation} → ${entry.status ?? "no reply"}</a
                          >`,
                      )}
                    </td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>
      <p class="small quiet">Plan <code>${shown.planSha256}</code> · run ${shown.run.number}</p>
    </div>
  </section>`;
}
