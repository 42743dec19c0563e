import { dispositionOf, type TrustFile, trustFingerprint } from "../../certificate/index.ts";
import type { Finding, Genuine, Report, Result } from "../../verifier/index.ts";
import { visible, wrap } from "./layout.ts";

const headlines = {
  valid: "VALID",
  invalid: "INVALID",
  "below-requirement": "GENUINE, BUT BELOW WHAT WAS REQUIRED",
  "signature-not-checked": "SIGNATURE NOT CHECKED",
  superseded: "SUPERSEDED",
  "key-compromised": "KEY COMPROMISED",
} as const satisfies Record<Result, string>;

/** What a genuine certificate says, so that nobody takes VALID for more than the issuer claimed. */
const meanings = {
  complete: "complete: every item of access found was later seen dead",
  complete_with_exceptions: "complete with exceptions, which are named below",
  interim: "INTERIM: the case is not finished",
} as const;

/** The most items that a terminal is asked to show one by one. */
const maxListed = 40;

/** The report for people: verdict first, then what it rests on, then what it does not prove. */
export function renderReport(report: Report, trust: TrustFile | null): string {
  const lines = [headlineOf(report), ...report.findings.slice(0, maxListed).flatMap(renderFinding)];
  if (report.findings.length > maxListed) lines.push(`  and ${report.findings.length - maxListed} more (--json)`);
  if (report.certificate === null) {
    lines.push("", ...wrap("", "Nothing in this file may be relied on."));
  } else {
    lines.push("", ...renderClaims(report.certificate), "", ...renderLevel(report.certificate));
    if (trust !== null) lines.push("", ...renderTrust(trust));
  }
  return `${lines.join("\n")}\n`;
}

function headlineOf({ result, certificate }: Report): string {
  if (result !== "valid" || certificate === null) return headlines[result];
  const { outcome, demo } = certificate.statement.predicate;
  return `${headlines.valid}, ${demo ? "DEMO, " : ""}${meanings[outcome]}`;
}

function renderFinding({ code, where, message }: Finding): string[] {
  const place = where === "" || message.startsWith(where) ? "" : `${where}: `;
  return wrap(`  ${code}: `, visible(place + message));
}

function renderClaims({ statement, contents, subject, level }: Genuine): string[] {
  const { issuer, certificateId, issuedAt, outcome, trigger, summary, demo, preserve, watchedUntil } =
    statement.predicate;
  const claim = (label: string, text: string) => wrap(label.padEnd(13), visible(text));
  const about =
    subject === null ? "(erased)" : `${subject.displayName ?? ""} <${subject.userName ?? subject.id}>`.trim();
  return [
    ...(level.signature === "checked"
      ? []
      : wrap("", "What follows is claimed by the file; anybody could have written it.")),
    ...(demo ? claim("DEMO", "issued by a demonstration; not about a real person") : []),
    ...claim("Outcome", meanings[outcome]),
    ...claim("Subject", `${about}, ${statement.predicate.subject.kind}`),
    ...claim("Issuer", issuer.org),
    ...claim("Certificate", certificateId),
    ...claim("Issued", issuedAt),
    ...claim(
      "Left",
      trigger.effectiveAt === null ? "not stated" : `${trigger.effectiveAt}, says ${trigger.effectiveFrom}`,
    ),
    ...claim("Noticed", `${trigger.receivedAt}, by ${trigger.source} (${trigger.event})`),
    ...(preserve ? claim("Legal hold", "nothing was deleted") : []),
    ...(watchedUntil === null ? [] : claim("Watched", `until ${watchedUntil}`)),
    ...claim("Items", `${summary.discovered} found: ${countsOf(summary).join(", ") || "none"}`),
    ...claim("Systems", contents.scope.length === 0 ? "none" : ""),
    ...contents.scope.slice(0, maxListed).flatMap((entry) => wrap("  ", visible(scopeLine(entry)))),
    ...more(contents.scope.length),
    ...listExceptions(contents),
    ...(contents.notCovered.length === 0 ? [] : ["Not covered"]),
    ...contents.notCovered
      .slice(0, maxListed)
      .flatMap(({ target, what, why }) =>
        wrap("  ", visible(`${target === null ? "" : `${target}: `}${what} (${why})`)),
      ),
    ...more(contents.notCovered.length),
  ];
}

function countsOf(summary: Genuine["statement"]["predicate"]["summary"]): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [summary.dead.probe, "refused when tried"],
    [summary.dead.absence, "no longer listed"],
    [summary.dead.state, "switched off"],
    [summary.attested, "attested by a person"],
    [summary.cutOff, "cut off only"],
    [summary.reported, "reported only"],
    [summary.excepted, "excepted by two people"],
    [summary.alive, "STILL ALIVE"],
    [summary.unknown, "UNKNOWN"],
  ];
  return counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}

function scopeLine({
  target,
  connector,
  version,
  mode,
  inventory,
  count,
  frozen,
}: Genuine["contents"]["scope"][number]): string {
  const doing = mode === "observe" ? "observed only" : "enforced";
  return `${target} (${connector} ${version}): ${doing}, inventory ${inventory}, ${frozen ? "frozen" : "not frozen"}, items ${count}`;
}

function listExceptions({ items }: Genuine["contents"]): string[] {
  const open = items.filter((item) => dispositionOf(item).kind !== "dead");
  if (open.length === 0) return [];
  const listed = open.slice(0, maxListed).flatMap((item) => {
    const { target, credential, holding } = item;
    const what = `${target.name} ${credential.type} ${credential.label ?? credential.ref}`;
    const why = holding === null ? "" : `: ${holding.reason}`;
    return wrap("  ", visible(`${wordOf[dispositionOf(item).kind]}: ${what}${why}`));
  });
  return ["Not seen dead", ...listed, ...more(open.length)];
}

const wordOf = {
  dead: "dead",
  attested: "attested",
  cutOff: "cut off",
  reported: "reported",
  excepted: "excepted",
  alive: "ALIVE",
  unknown: "UNKNOWN",
} as const;

const more = (total: number) => (total > maxListed ? [`  and ${total - maxListed} more (--json)`] : []);

function renderLevel({ level, contents, notProved, signedBy }: Genuine): string[] {
  const erased = contents.erased === 0 ? "" : `, ${contents.erased} erased`;
  return [
    ...(level.signature === "checked" ? [] : ["signature    NOT CHECKED"]),
    ...signedBy.flatMap(({ kid, status }) => wrap("signature    ", `good, by ${status} key ${kid}`)),
    ...wrap("records      ", `good, ${contents.items.length} items${erased}`),
    ...wrap("evidence     ", evidenceWords[level.evidence]),
    ...wrap("log proof    ", level.inclusion),
    ...wrap("witness      ", level.witness),
    ...wrap("time stamp   ", level.timestamp),
    "",
    "NOT PROVED",
    ...notProved.flatMap((sentence) => wrap("  - ", visible(sentence))),
  ];
}

const evidenceWords = {
  checked: "good, all of it",
  "some-missing": "some is missing; the rest is good",
  "not-given": "not given",
} as const;

function renderTrust(trust: TrustFile): string[] {
  return [
    ...wrap("", visible(`Trust file of ${trust.organization}. Compare its fingerprint with the issuer, by voice:`)),
    `  ${trustFingerprint(trust)}`,
  ];
}
