import { isEnded } from "../../domain/case.ts";
import type { BlockerView, TargetView } from "./case-schema.ts";
import type { CaseSummaryView } from "./case-summary.ts";
import type { QuestionView } from "./question.ts";

const heldBecause: Readonly<Record<string, string>> = {
  guard: "More people left at once than the guard lets through. The case waits until it is approved.",
  protected: "Policy protects this person. The case waits until it is approved.",
  "first-seen-gone": "The source announced this person for the first time as already gone.",
};

/** What keeps a case from going on, and who must act; empty while nobody has to. */
export function blockersOf(
  summary: CaseSummaryView,
  parts: { targets: readonly TargetView[]; questions: readonly QuestionView[]; given: number; needed: number },
): BlockerView[] {
  if (isEnded(summary.state)) return [];
  const paused: BlockerView[] = summary.paused
    ? [
        blocker({
          kind: "paused",
          code: "paused",
          text: "Somebody paused this case. Nothing is written until it is resumed.",
          who: "operator",
        }),
      ]
    : [];
  const approval: BlockerView[] =
    summary.state === "awaiting_approval" && summary.stateReason !== "first-seen-gone"
      ? [
          blocker({
            kind: "approval",
            code: summary.stateReason ?? "held",
            text: `${heldBecause[summary.stateReason ?? ""] ?? "The case waits until it is approved."} ${parts.given} of ${parts.needed} approvals given.`,
            who: "approver",
          }),
        ]
      : [];
  const questions = parts.questions
    .filter((question) => question.answeredAt === null && question.kind !== "protected") // that one is the approval
    .map((question) =>
      blocker({ kind: "question", target: question.target, code: question.kind, text: question.text, who: "operator" }),
    );
  const asked = new Set(questions.map((question) => question.target));
  const targets = parts.targets
    .filter(
      (target) => (target.state === "blocked" || target.state === "awaiting_approval") && !asked.has(target.target),
    )
    .map((target) =>
      blocker({
        kind: "target",
        target: target.target,
        code: target.reasonCode ?? target.state,
        text: target.reason ?? "The target cannot go on without help.",
        who: "operator",
        nextTryAt: target.nextDueAt,
      }),
    );
  return [...paused, ...approval, ...questions, ...targets];
}

function blocker(
  entry: Pick<BlockerView, "kind" | "code" | "text" | "who"> & Partial<Pick<BlockerView, "target" | "nextTryAt">>,
): BlockerView {
  return { target: null, nextTryAt: null, ...entry };
}
