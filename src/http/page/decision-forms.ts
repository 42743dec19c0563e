import { isEnded } from "../../domain/case.ts";
import type { BlockerView, CaseDetailView } from "../views/case-schema.ts";
import type { QuestionView } from "../views/question.ts";
import { html, nothing } from "./html.ts";
import type { Html } from "./html.ts";
import { timeOf } from "./time.ts";

interface Input {
  basePath: string;
  case: CaseDetailView;
  mayOperate: boolean;
  mayApprove: boolean;
}

/** What can be done to a case as a whole; only what can be done now is shown. */
export function decisionForms({ basePath, case: shown }: Input): Html {
  if (isEnded(shown.state)) return nothing;
  const act = (word: string, label: string): Html =>
    html`<form method="post" action="${basePath}/cases/${shown.id}/${word}">
      <button type="submit">${label}</button>
    </form>`;
  const isRunning = shown.state === "open" || shown.state === "blocked";
  return html`<div class="actions">
    ${isRunning && !shown.paused ? act("retry", "Check again now") : nothing}
    ${shown.paused ? act("resume", "Resume") : act("pause", "Pause")}
    <details class="form" id="cancel">
      <summary class="button">Cancel this case</summary>
      <form class="stack card notice" method="post" action="${basePath}/cases/${shown.id}/cancellation">
        <p>
          Nothing more will be ended. What was frozen or revoked stays as it is, and there will be no final certificate.
        </p>
        <label for="cancel-reason"
          >Reason <input type="text" id="cancel-reason" name="reason" required minlength="3" maxlength="1000"
        /></label>
        <div><button class="danger" type="submit">Cancel the case</button></div>
      </form>
    </details>
  </div>`;
}

/** What keeps the case from going on and who must act, each with the form that settles it. */
export function decisions(input: Input): Html {
  const { blockedBy } = input.case;
  if (blockedBy.length === 0) return nothing;
  return html`<section class="card" aria-labelledby="open-title">
    <header><h2 id="open-title">What is open, and who must act</h2></header>
    <ul class="list">
      ${blockedBy.map((blocker) => html`<li>${blockerLine(blocker)}${formFor(blocker, input)}</li>`)}
    </ul>
  </section>`;
}

function blockerLine({ target, text, who, nextTryAt }: BlockerView): Html {
  return html`<p>
    <span class="strong">${target === null ? "" : `${target}: `}</span><bdi>${text}</bdi>
    <span class="sub"
      >Needs: ${who}${nextTryAt === null ? nothing : html` · tried again on its own ${timeOf(nextTryAt)}`}</span
    >
  </p>`;
}

function formFor(blocker: BlockerView, input: Input): Html {
  if (blocker.kind === "approval") return approvalForm(input);
  if (blocker.kind !== "question" || !input.mayOperate) return nothing;
  const question = input.case.questions.find(
    (entry) => entry.answeredAt === null && entry.kind === blocker.code && entry.target === blocker.target,
  );
  return question === undefined ? nothing : questionForm(question, input.basePath);
}

function approvalForm({ basePath, case: shown, mayApprove }: Input): Html {
  const { needed, given } = shown.approvals;
  const approvers = given.map(({ by, at }) => html`<span class="sub"><code>${by}</code> approved ${timeOf(at)}</span>`);
  if (!mayApprove)
    return html`${approvers}
      <p class="small quiet">Your token cannot approve: that takes the role approver.</p>`;
  return html`${approvers}
    <form method="post" action="${basePath}/cases/${shown.id}/approval">
      <input type="hidden" name="planSha256" value="${shown.planSha256}" />
      <button class="primary" type="submit">Approve ending access at ${shown.targets.total} targets</button>
      <span class="small quiet">${given.length} of ${needed}; the requester does not count; good for 24 hours</span>
    </form>`;
}

const answerLabel = {
  leaver: "A leaver: end their access",
  "not-a-leaver": "Not a leaver: cancel the case",
  link: "These are theirs",
  "no-account": "None is theirs",
} as const;

/** One form per question; each answer is a button. */
export function questionForm(question: QuestionView, basePath: string): Html {
  const { id, candidates, answers } = question;
  const button = (answer: keyof typeof answerLabel): Html =>
    html`<button type="submit" name="answer" value="${answer}">${answerLabel[answer]}</button> `;
  const accounts =
    candidates.length > 0
      ? candidates.map(
          ({ account, reason, strength }, n) =>
            html`<label class="check" for="q-${id}-${n}">
              <input type="checkbox" id="q-${id}-${n}" name="accountId" value="${account.id}" />
              <span
                ><bdi>${account.label}</bdi> <code>${account.id}</code>
                <span class="quiet">${strength}: <bdi>${reason}</bdi></span></span
              >
            </label>`,
        )
      : [
          html`<label for="q-${id}"
            >Account id at the target <input type="text" id="q-${id}" name="accountId" maxlength="200"
          /></label>`,
        ];
  return html`<form class="stack" method="post" action="${basePath}/questions/${id}/answer">
    ${answers.includes("link") ? accounts : nothing}
    <div class="actions">${answers.map(button)}</div>
  </form>`;
}
