import type { CaseSummaryView } from "../views/case-summary.ts";
import type { QuestionView } from "../views/question.ts";
import type { TargetHealthView } from "../views/reference.ts";
import type { Operation } from "../operation.ts";
import { badge } from "./badge.ts";
import { questionForm } from "./decision-forms.ts";
import { html, nothing } from "./html.ts";
import type { Html } from "./html.ts";
import { nameOf } from "./parts.ts";
import { timeOf } from "./time.ts";

/** Everything that waits for a person, whoever waits longest first. */
export function decisionsPage({ basePath, held, questions, mayOperate }: DecisionsInput): Html {
  const isEmpty = held.length === 0 && questions.length === 0;
  return html`<div class="head"><h1>Decisions</h1></div>
    ${
      isEmpty
        ? html`<section class="card">
            <div class="empty"><p class="strong">Nothing waits for a person.</p></div>
          </section>`
        : nothing
    }
    ${
      held.length === 0
        ? nothing
        : html`<section class="card" aria-labelledby="held-title">
            <header>
              <h2 id="held-title">Held cases</h2>
              <span class="small quiet">${held.length} shown</span>
            </header>
            <ul class="list">
              ${held.map(
                (entry) =>
                  html`<li>
                    <p>
                      <a href="${basePath}/cases/${entry.id}">${nameOf(entry.subject)}</a> ${badge(entry.status)}
                      <span class="sub"
                        >${entry.stateReason ?? ""} · opened ${timeOf(entry.openedAt)} by
                        <code>${entry.requestedBy}</code></span
                      >
                    </p>
                  </li>`,
              )}
            </ul>
          </section>`
    }
    ${
      questions.length === 0
        ? nothing
        : html`<section class="card" aria-labelledby="questions-title">
            <header>
              <h2 id="questions-title">Questions</h2>
              <span class="small quiet">${questions.length} shown</span>
            </header>
            <ul class="list">
              ${questions.map(
                (question) =>
                  html`<li>
                    <p>
                      <span class="strong">${question.target === null ? "" : `${question.target}: `}</span
                      ><bdi>${question.text}</bdi>
                      <span class="sub"
                        >asked
                        ${timeOf(question.createdAt)}${question.caseId === null ? nothing : html` · <a href="${basePath}/cases/${question.caseId}">about <bdi>${question.userName ?? "this case"}</bdi></a>`}</span
                      >
                    </p>
                    ${mayOperate ? questionForm(question, basePath) : nothing}
                  </li>`,
              )}
            </ul>
          </section>`
    }`;
}

interface DecisionsInput {
  basePath: string;
  held: readonly CaseSummaryView[];
  questions: readonly (QuestionView & { userName: string | null })[];
  mayOperate: boolean;
}

/** Each connected system and whether it answers. */
export function targetsPage({ targets }: { targets: readonly TargetHealthView[] }): Html {
  return html`<div class="head"><h1>Targets</h1></div>
    <section class="card" aria-labelledby="targets-list">
      <header>
        <h2 id="targets-list">Connected systems</h2>
        <span class="small quiet">Only these are covered by a certificate</span>
      </header>
      ${
        targets.length === 0
          ? html`<div class="empty">
              <p class="strong">No target is configured.</p>
              <p>Add one under <code>targets</code> in <code>lastday.yaml</code>.</p>
            </div>`
          : html`<div class="scroll">
              <table class="stack">
                <caption class="hidden">
                  Configured targets
                </caption>
                <thead>
                  <tr>
                    <th scope="col">Target</th>
                    <th scope="col">Mode</th>
                    <th scope="col">Health</th>
                    <th scope="col">Last success</th>
                  </tr>
                </thead>
                <tbody>
                  ${targets.map(
                    (target) =>
                      html`<tr>
                        <th scope="row">${target.name}<span class="sub">${target.connector}</span></th>
                        <td data-label="Mode">
                          ${target.mode === "enforce" ? "Enforce" : "Observe: nothing is written"}
                        </td>
                        <td data-label="Health">
                          ${badge(healthOf(target))}${target.reason === null ? nothing : html`<span class="sub"><bdi>${target.reason}</bdi></span>`}
                        </td>
                        <td data-label="Last success">${timeOf(target.lastSuccessAt)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
    </section>`;
}

function healthOf({ health }: TargetHealthView): Parameters<typeof badge>[0] {
  if (health === "ok") return { badge: "done", word: "Answers" };
  if (health === "unknown") return { badge: "pending", word: "Not called yet" };
  return { badge: "failed", word: `Breaker ${health}` };
}

/** The endpoints in short; the machine-readable description is linked. */
export function docsPage({ basePath, operations }: { basePath: string; operations: readonly Operation[] }): Html {
  return html`<div class="head">
      <div>
        <h1>API</h1>
        <p class="soft">
          Send <code>Authorization: Bearer &lt;token&gt;</code>. Refusals are problem details (RFC 9457) with a stable
          <code>code</code>.
        </p>
      </div>
      <a class="button" href="${basePath}/api/v1/openapi.json">OpenAPI 3.1</a>
    </div>
    <section class="card" aria-labelledby="docs-title">
      <header>
        <h2 id="docs-title">Endpoints below <code>${basePath}/api/v1</code></h2>
      </header>
      <div class="scroll">
        <table class="stack">
          <caption class="hidden">
            Endpoints
          </caption>
          <thead>
            <tr>
              <th scope="col">Endpoint</th>
              <th scope="col">Does</th>
              <th scope="col">Least role</th>
            </tr>
          </thead>
          <tbody>
            ${operations.map(
              (operation) =>
                html`<tr>
                  <th scope="row" class="line"><code>${operation.method.toUpperCase()} ${operation.path}</code></th>
                  <td>${operation.summary}<span class="sub">${withCode(operation.description ?? "")}</span></td>
                  <td data-label="Least role">${operation.role}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
}

/** Backticks of a description as code. */
function withCode(text: string): Html {
  return html`${text.split("`").map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
}
