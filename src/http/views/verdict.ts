import type { CaseSummaryView } from "./case-summary.ts";
import type { ItemView, TargetView } from "./case-schema.ts";

export interface Verdict {
  headline: string;
  explanation: string;
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
  const { items: counts, state } = summary;
  const enforced = targets.filter((target) => target.mode === "enforce").length;
  switch (state) {
    case "complete":
      if (counts.total === 0)
        return {
          headline: `Nothing was found in ${allOf(enforced)}`,
          explanation: "Every connected system was listed twice and showed no credential of this person.",
        };
      return {
        headline: `Gone from ${allOf(enforced)}`,
        explanation: `${credentials(counts.verifiedDead)} verified dead by a later look. Nothing that was found still works.`,
      };
    case "complete_with_exceptions":
      return {
        headline: `Done, with ${things(counts.notProven + summary.targets.observed, "exception")} to read`,
        explanation: `${credentials(counts.verifiedDead)} verified dead. What was not proven is listed below and named in the certificate.`,
      };
    case "cancelled":
      return {
        headline: "Cancelled",
        explanation: "Nothing more is ended. What was frozen or revoked stays as it is.",
      };
    case "scheduled":
      return {
        headline: "Not started yet",
        explanation: `Access ends from ${summary.nextDueAt ?? "its date"} on. Until then nothing is touched.`,
      };
    case "awaiting_approval":
      return {
        headline: "Held: nothing has been touched",
        explanation: "A person has to decide before anything is ended.",
      };
    case "open":
    case "blocked":
      return activeVerdict(counts, items);
  }
}

function activeVerdict(counts: CaseSummaryView["items"], items: readonly ItemView[]): Verdict {
  const [alive] = items.filter((item) => item.status.badge === "failed");
  if (alive !== undefined) {
    return {
      headline: `Not gone yet: ${counts.stillWorks} of ${credentials(counts.total)} still ${counts.stillWorks === 1 ? "works" : "work"}`,
      explanation: `${alive.target} · ${alive.kind} ${alive.label}: ${alive.look.reason ?? "seen alive after its revocation"}.`,
    };
  }
  if (counts.total === 0) {
    return { headline: "Not gone yet: still looking", explanation: "No credential has been listed so far." };
  }
  const open = counts.open + counts.couldNotCheck;
  if (open > 0) {
    return {
      headline: `Not gone yet: ${open} of ${credentials(counts.total)} ${open === 1 ? "is" : "are"} not proven dead`,
      explanation: `${counts.verifiedDead} verified dead so far.`,
    };
  }
  return {
    headline: "Everything found looks dead; not certified yet",
    explanation: "A case ends when every target was looked at twice and agrees.",
  };
}

function allOf(targets: number): string {
  return targets === 1 ? "the 1 connected system" : `all ${targets} connected systems`;
}

function credentials(count: number): string {
  return things(count, "credential");
}

function things(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
