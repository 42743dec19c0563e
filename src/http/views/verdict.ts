import type { CaseState } from "../../domain/case.ts";
import type { ItemView, TargetView } from "./case-schema.ts";
import type { CaseSummaryView } from "./case-summary.ts";

export interface Verdict {
  headline: string;
  explanation: string;
}

interface Seen {
  summary: CaseSummaryView;
  targets: readonly TargetView[];
  items: readonly ItemView[];
}

/**
 * The answer to the one question of the page: is this leaver really gone, and how do we know? Never more than was seen:
 * "gone from all n connected systems", never "gone everywhere".
 */
export function verdictOf(
  summary: CaseSummaryView,
  targets: readonly TargetView[],
  items: readonly ItemView[],
): Verdict {
  return verdicts[summary.state]({ summary, targets, items });
}

const verdicts: Readonly<Record<CaseState, (seen: Seen) => Verdict>> = {
  complete: ({ summary, targets }) => {
    const systems = allOf(targets.filter((target) => target.mode === "enforce").length);
    const { verifiedDead, total } = summary.items;
    if (total === 0)
      return {
        headline: `Nothing was found in ${systems}`,
        explanation: "Every connected system was listed twice and showed no credential of this person.",
      };
    return {
      headline: `Gone from ${systems}`,
      explanation: `${things(verifiedDead, "credential")} verified dead by a later look. Nothing that was found still works.`,
    };
  },
  complete_with_exceptions: ({ summary: { items, targets } }) => ({
    headline: `Done, with ${things(items.notProven + targets.observed, "exception")} to read`,
    explanation: `${things(items.verifiedDead, "credential")} verified dead. What was not proven is listed below and named in the certificate.`,
  }),
  cancelled: () => ({
    headline: "Cancelled",
    explanation: "Nothing more is ended. What was frozen or revoked stays as it is.",
  }),
  scheduled: ({ summary }) => ({
    headline: "Not started yet",
    explanation: `Access ends from ${summary.nextDueAt ?? "its date"} on. Until then nothing is touched.`,
  }),
  awaiting_approval: () => ({
    headline: "Held: nothing has been touched",
    explanation: "A person has to decide before anything is ended.",
  }),
  open: activeVerdict,
  blocked: activeVerdict,
};

function activeVerdict({ summary: { items: counts }, items }: Seen): Verdict {
  const alive = items.find((item) => item.status.badge === "failed");
  if (alive !== undefined)
    return {
      headline: `Not gone yet: ${counts.stillWorks} of ${things(counts.total, "credential")} still ${counts.stillWorks === 1 ? "works" : "work"}`,
      explanation: `${alive.target}, ${alive.kind} ${alive.label}: ${alive.look.reason ?? "seen alive after its revocation"}.`,
    };
  if (counts.total === 0)
    return { headline: "Not gone yet: still looking", explanation: "No credential has been listed so far." };
  const open = counts.open + counts.couldNotCheck;
  if (open > 0)
    return {
      headline: `Not gone yet: ${open} of ${things(counts.total, "credential")} ${open === 1 ? "is" : "are"} not proven dead`,
      explanation: `${counts.verifiedDead} verified dead so far.`,
    };
  return {
    headline: "Everything found looks dead; not certified yet",
    explanation: "A case ends when every target was looked at twice and agrees.",
  };
}

function allOf(targets: number): string {
  return targets === 1 ? "the 1 connected system" : `all ${targets} connected systems`;
}

function things(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
