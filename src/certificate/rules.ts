import { CertificateError, type CertificateErrorCode } from "./error.ts";
import { canonicalBytes, sameBytes } from "./json.ts";
import type { CertificateRecord, Leaf } from "./record.ts";
import { contentsOf, type Contents, type Statement } from "./statement.ts";
import { dispositionOf, summarize } from "./summary.ts";

/**
 * What a well-formed statement may claim, given its records. The issuer refuses to sign what breaks these rules and
 * the verifier refuses to accept it, so neither can drift from the other. Where leaves were erased, the rules that
 * need every leaf are left out, and the verifier says so.
 *
 * @throws {CertificateError} `list-count`, `summary-mismatch`, `scope-mismatch`, `target-unknown`,
 *   `run-unknown`, `record-duplicate`, `dead-without-proof`, `exception-without-approval`, `time-order`,
 *   `outcome-overclaimed`.
 */
export function assertRules(statement: Statement, leaves: readonly Leaf[]): void {
  const contents = contentsOf(statement, leaves);
  if (contents.erased === 0) {
    checkLists(statement, leaves);
    checkSummary(statement, contents);
    checkScope(contents);
  }
  checkUnique(contents.items);
  checkKnown(contents);
  for (const item of contents.items) checkProof(item);
  checkTimes(statement, contents);
  checkOutcome(statement, contents);
}

function refuse(code: CertificateErrorCode, where: string, reason: string): CertificateError {
  return new CertificateError(code, `${where}: ${reason}`, where);
}

function checkLists({ predicate }: Statement, leaves: readonly Leaf[]): void {
  const lists = { scope: predicate.scope, gap: predicate.notCovered, run: predicate.runs };
  for (const [kind, list] of Object.entries(lists)) {
    const stated = "inRecords" in list ? list.inRecords : 0;
    const found = leaves.filter((leaf) => leaf.leaf === kind).length;
    if (found !== stated)
      throw refuse("list-count", "records", `${found} ${kind} leaves, the statement says ${stated}`);
  }
}

function checkSummary({ predicate }: Statement, { items }: Contents): void {
  if (!sameBytes(canonicalBytes(predicate.summary), canonicalBytes(summarize(items)))) {
    throw refuse("summary-mismatch", "predicate.summary", "differs from the count of the records");
  }
}

function checkScope({ scope, items }: Contents): void {
  const counted = new Map<string, number>();
  for (const { target } of items) counted.set(target.name, (counted.get(target.name) ?? 0) + 1);
  const seen = new Set<string>();
  for (const { target, count } of scope) {
    if (seen.has(target)) throw refuse("scope-mismatch", "predicate.scope", `target ${target} is listed twice`);
    seen.add(target);
    const records = counted.get(target) ?? 0;
    if (records !== count) {
      throw refuse(
        "scope-mismatch",
        "predicate.scope",
        `target ${target} counts ${count}, there are ${records} records`,
      );
    }
  }
}

function checkUnique(items: readonly CertificateRecord[]): void {
  const seen = new Set<string>();
  for (const { seq, target, credential } of items) {
    const identity = JSON.stringify([target.name, credential.type, credential.ref]);
    if (seen.has(identity)) throw refuse("record-duplicate", `records[${seq}]`, "the same item as an earlier record");
    seen.add(identity);
  }
}

function checkKnown({ items, scope, runs, erased }: Contents): void {
  const connectors = new Map(scope.map(({ target, connector }) => [target, connector]));
  const runIds = new Set(runs.map(({ id }) => id));
  for (const { seq, target, revocation } of items) {
    const where = `records[${seq}]`;
    const connector = connectors.get(target.name);
    // The entry may be among the erased leaves.
    if (connector === undefined ? erased === 0 : connector !== target.connector) {
      throw refuse("target-unknown", where, "its target and connector are not in the scope");
    }
    if (revocation !== null && erased === 0 && !runIds.has(revocation.runId)) {
      throw refuse("run-unknown", where, "its run is not among the runs");
    }
  }
}

function checkProof({ seq, verification, holding }: CertificateRecord): void {
  const where = `records[${seq}]`;
  if (
    verification.verdict === "dead" &&
    (verification.grade === null ||
      verification.at === null ||
      verification.attempts === 0 ||
      verification.evidence === null)
  ) {
    throw refuse("dead-without-proof", where, "dead needs a grade, a time, an attempt and evidence");
  }
  const answering = new Set(holding?.by);
  if ((holding?.kind === "excepted" && answering.size < 2) || (holding?.kind === "attested" && answering.size < 1)) {
    throw refuse("exception-without-approval", where, "an exception needs two people, an attestation one");
  }
}

function checkTimes({ predicate }: Statement, { items, scope, runs, erased }: Contents): void {
  const { issuedAt, trigger } = predicate;
  inOrder("predicate", { receivedAt: trigger.receivedAt, issuedAt });
  for (const { id, startedAt, completedAt } of runs) inOrder(`run ${id}`, { startedAt, completedAt, issuedAt });
  for (const { target, listedAt } of scope) inOrder(`scope of ${target}`, { listedAt, issuedAt });
  const isRunning = runs.some(({ completedAt }) => completedAt === null) || erased > 0;
  const lastEnd = runs.reduce(
    (latest, run) => (run.completedAt !== null && run.completedAt > latest ? run.completedAt : latest),
    "",
  );
  const end = isRunning ? issuedAt : lastEnd;
  for (const { seq, credential, revocation, verification, holding } of items) {
    const acted = { requestedAt: revocation?.requestedAt ?? null, effectiveAt: revocation?.effectiveAt ?? null };
    const { discoveredAt } = credential;
    const looked = { verifiedAt: verification.at };
    const ended = { runEnd: end, issuedAt };
    const where = `records[${seq}]`;
    // Only a look after the last attempt can call it dead; an older look that saw it alive is history.
    if (verification.verdict === "dead") inOrder(where, { discoveredAt, ...acted, ...looked, ...ended });
    else {
      inOrder(where, { discoveredAt, ...acted, ...ended });
      inOrder(where, { discoveredAt, ...looked, ...ended });
    }
    inOrder(where, { heldAt: holding?.at ?? null, issuedAt });
  }
}

/** Absent times are skipped; equal ones are in order. */
function inOrder(where: string, times: Readonly<Record<string, string | null>>): void {
  let before = { name: "", at: "" };
  for (const [name, at] of Object.entries(times)) {
    if (at === null) continue;
    if (at < before.at) throw refuse("time-order", where, `${name} is before ${before.name}`);
    before = { name, at };
  }
}

function checkOutcome({ predicate }: Statement, { items, scope, runs, erased }: Contents): void {
  const { outcome, summary } = predicate;
  if (outcome === "interim") return;
  const overclaimed = (reason: string) =>
    refuse("outcome-overclaimed", "predicate.outcome", `${outcome}, but ${reason}`);
  const { dead, ...others } = summary;
  if (summary.alive + summary.unknown > 0) throw overclaimed("items are alive or unknown");
  if (runs.some(({ completedAt }) => completedAt === null)) throw overclaimed("a run has not ended");
  if (runs.length === 0 && erased === 0) throw overclaimed("no run is named");
  if (scope.length === 0 && erased === 0) throw overclaimed("no target is in its scope");
  if (outcome === "complete_with_exceptions") return;
  if (others.discovered !== dead.probe + dead.absence + dead.state) throw overclaimed("not every item is dead");
  if (items.some((item) => dispositionOf(item).kind !== "dead")) throw overclaimed("a record is not dead");
  if (scope.some(({ mode }) => mode !== "enforce")) throw overclaimed("a target was only observed");
  if (scope.some(({ inventory }) => inventory !== "complete")) throw overclaimed("an inventory is not complete");
}
