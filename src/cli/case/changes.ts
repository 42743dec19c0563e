import type { CaseDetail, CaseItem, CaseTarget } from "../api/views.ts";
import { things } from "../terminal/size.ts";

/** One thing that happened to a case between two readings of it. */
export interface Change {
  target: string;
  /** `resolve`, `freeze`, `discover`, `revoke`, `verify`, `wait`, `needs you`. */
  what: string;
  /** The credential, the account, or nothing. */
  subject: string;
  text: string;
  tone: "plain" | "good" | "bad" | "careful";
}

/** In what grade a verdict was reached; only a probe may say "tried". */
export const gradeText: Readonly<Record<string, string>> = {
  probe: "refused when tried",
  absence: "no longer listed",
  state: "switched off",
};

/**
 * What changed from one reading of a case to the next, in the order of the way through. Pure: a line for everything
 * that became true, none for what stayed.
 */
export function changesBetween(before: CaseDetail | null, after: CaseDetail): Change[] {
  const targets = after.targetList.flatMap((target) =>
    targetChanges(before?.targetList.find((one) => one.target === target.target) ?? null, target),
  );
  const fresh = freshItems(before, after);
  const items = after.itemList.flatMap((item) =>
    itemChanges(before?.itemList.find((one) => one.id === item.id) ?? null, item),
  );
  const blockers = after.blockedBy
    .filter(({ text }) => before?.blockedBy.every((one) => one.text !== text) ?? true)
    .map(({ target, text }): Change => ({
      target: target ?? "case",
      what: "needs you",
      subject: "",
      text,
      tone: "careful",
    }));
  const waits = after.targetList.flatMap((target) =>
    waitChanges(before?.targetList.find((one) => one.target === target.target) ?? null, target),
  );
  return [...targets, ...fresh, ...items, ...waits, ...blockers];
}

function targetChanges(before: CaseTarget | null, after: CaseTarget): Change[] {
  const { target } = after;
  const accounts = after.accounts
    .filter(({ accountId }) => before?.accounts.every((one) => one.accountId !== accountId) ?? true)
    .map(({ label, reason }): Change => ({ target, what: "resolve", subject: label, text: reason, tone: "plain" }));
  const frozen: Change[] =
    (before?.freeze.state ?? "not-yet") === after.freeze.state || ["not-yet", "not-needed"].includes(after.freeze.state)
      ? []
      : [
          {
            target,
            what: "freeze",
            subject: after.accounts.map(({ label }) => label).join(", "),
            text: after.freeze.state === "frozen" ? "frozen, reversibly" : (after.freeze.reason ?? after.freeze.state),
            tone: after.freeze.state === "unsupported" ? "careful" : "plain",
          },
        ];
  return [...accounts, ...frozen];
}

/** What a target waits for, and that it has finished: after its credentials, which are the reason. */
function waitChanges(before: CaseTarget | null, after: CaseTarget): Change[] {
  const { target, state, reason } = after;
  if (state === "finished" && before?.state !== "finished") {
    return [{ target, what: "finished", subject: "", text: finishedText(after), tone: "good" }];
  }
  const isNews = reason !== null && reason !== before?.reason;
  return state === "retrying" && isNews ? [{ target, what: "retry", subject: "", text: reason, tone: "careful" }] : [];
}

function finishedText({ mode, accounts }: CaseTarget): string {
  if (accounts.length === 0) return "no account of this person here";
  return mode === "observe" ? "observed; nothing was ended" : "two clean looks in a row";
}

function freshItems(before: CaseDetail | null, after: CaseDetail): Change[] {
  const known = new Set(before?.itemList.map(({ id }) => id));
  const fresh = after.itemList.filter(({ id }) => !known.has(id));
  return [...new Set(fresh.map(({ target }) => target))].map((target) => {
    const here = fresh.filter((item) => item.target === target);
    const kinds = [...new Set(here.map(({ kind }) => kind))];
    return {
      target,
      what: "discover",
      subject: "",
      text: `${things(here.length, "credential")}: ${kinds.map((kind) => `${countOf(here, kind)} ${kind}`).join(", ")}`,
      tone: "plain",
    };
  });
}

function countOf(items: readonly CaseItem[], kind: string): number {
  return items.filter((item) => item.kind === kind).length;
}

function itemChanges(before: CaseItem | null, after: CaseItem): Change[] {
  const subject = after.label;
  const about = (what: string, text: string, tone: Change["tone"]): Change => ({
    target: after.target,
    what,
    subject,
    text,
    tone,
  });
  const { revocation, look } = after;
  const attempted = revocation.attempts > (before?.revocation.attempts ?? 0) && revocation.outcome !== null;
  const revoked = attempted ? [about("revoke", outcomeText(revocation), "plain")] : [];
  const seenBefore = before?.look.verdict ?? null;
  if (look.verdict === null || (look.verdict === seenBefore && !attempted)) return revoked;
  return [...revoked, about("verify", ...verdictText(after))];
}

/** What is under way says why; everything else is one word. */
function outcomeText({ outcome, reason, attempts }: CaseItem["revocation"]): string {
  const again = attempts > 1 ? ` (attempt ${attempts})` : "";
  return outcome === "pending" && reason !== null ? `pending${again}: ${reason}` : `${outcome ?? "nothing"}${again}`;
}

function verdictText({ look, revocation }: CaseItem): [string, Change["tone"]] {
  if (look.verdict === "dead") return [`dead: ${gradeText[look.grade ?? ""] ?? look.grade ?? "seen"}`, "good"];
  if (look.verdict === "alive" && revocation.outcome === "pending") return ["not ended yet", "careful"];
  if (look.verdict === "alive") {
    return [revocation.outcome === null ? "alive" : "STILL ALIVE after revocation", "bad"];
  }
  return [`could not check: ${look.reason ?? "no answer"}`, "careful"];
}
