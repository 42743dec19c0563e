import type { CaseDetail, CaseSummary } from "../api/views.ts";
import { field, padded, table } from "../terminal/table.ts";
import { things, timeText } from "../terminal/size.ts";
import type { Style } from "../terminal/style.ts";
import { visible, wrap } from "../verify/layout.ts";
import type { Change } from "./changes.ts";
import { gradeText } from "./changes.ts";

const subjectColumns = 30;

/** `    12.3 s  revoke    API key 7f3a21bc                revoked`, in 80 columns; what is longer goes on below. */
export function changeLine(change: Change, sinceMs: number, style: Style): string {
  const seconds = `${(sinceMs / 1_000).toFixed(1)} s`.padStart(8);
  const subject = change.subject === "" ? "" : `${padded(visible(change.subject), subjectColumns)}  `;
  const head = `${seconds}  ${padded(change.what, 9)} ${subject}`;
  const [first = "", ...more] = wrap(" ".repeat(head.length), visible(change.text));
  const tones = {
    plain: String,
    good: style.good,
    bad: (text: string) => style.bad(style.bold(text)),
    careful: style.careful,
  };
  const toned = [first, ...more].map((line) => tones[change.tone](line.slice(head.length)));
  return `${style.dim(seconds)}${head.slice(seconds.length)}${toned.join(`\n${" ".repeat(head.length)}`)}\n`;
}

/** A change as one of several targets' is told: with the name of its target. */
export function namingTarget(change: Change): Change {
  return { ...change, subject: change.subject === "" ? change.target : `${change.target}: ${change.subject}` };
}

export function caseList(items: readonly CaseSummary[]): string {
  if (items.length === 0) return "No cases.\n";
  const rows = items.map((one) => [
    one.subject.userName,
    one.state,
    `${one.items.verifiedDead}/${one.items.total}`,
    timeText(one.openedAt).slice(0, 16),
  ]);
  const [head = "", ...lines] = table(["PERSON", "STATE", "DEAD", "OPENED"], rows, 0).split("\n");
  return `${head}\n${items.map(({ id }, index) => `${lines[index] ?? ""}\n  ${id}\n`).join("")}`;
}

/** A case on one page: the verdict first, then what it rests on. */
export function casePage(one: CaseDetail, style: Style): string {
  const headline = visible(one.verdict.headline);
  return [
    `${style.bold(headline)}\n`,
    field("", visible(one.verdict.explanation), 0),
    "\n",
    field("case", one.id),
    field("person", `${one.subject.userName} (${one.source})`),
    field("state", `${one.state}${one.stateReason === null ? "" : `: ${one.stateReason}`}`),
    field("opened", timeText(one.openedAt)),
    ...(one.completedAt === null ? [] : [field("completed", timeText(one.completedAt))]),
    ...(one.nextDueAt === null ? [] : [field("next", timeText(one.nextDueAt))]),
    ...one.blockedBy.map(({ target, text, who }) =>
      field("needs", `${who}: ${target === null ? "" : `${target}: `}${text}`),
    ),
    ...one.blindSpots.map(({ target, text }) => field("not covered", `${target}: ${text}`)),
    ...one.certificates.map((certificate) =>
      field("certificate", `${certificate.kind}, ${certificate.outcome}, ${timeText(certificate.issuedAt)}`),
    ),
    "\n",
    itemTable(one),
  ].join("");
}

function itemTable({ itemList }: CaseDetail): string {
  if (itemList.length === 0) return "No credential has been found so far.\n";
  const rows = itemList.map(({ target, kind, label, status, look }) => [
    target,
    kind,
    label,
    status.word,
    gradeText[look.grade ?? ""] ?? "",
  ]);
  return `${table(["TARGET", "KIND", "CREDENTIAL", "STATE", "HOW"], rows, 2)}${things(itemList.length, "credential")}\n`;
}
