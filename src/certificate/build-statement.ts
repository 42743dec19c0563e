import { type RandomBytes, systemRandom } from "./digest.ts";
import { maxSignedBytes, payloadType, preAuthenticationEncoding } from "./dsse.ts";
import { CertificateError } from "./error.ts";
import { maxLeaves } from "./file.ts";
import { canonicalBytes } from "./json.ts";
import { assertOrder, commitmentOf } from "./leaves.ts";
import type { CertificateRecord, Gap, Leaf, Run, ScopeEntry } from "./record.ts";
import { assertRules } from "./rules.ts";
import { predicateType, recordsFileName, type Statement, statementShape, statementType } from "./statement.ts";
import { commitmentScheme, commitTo, newSalt, openingOf, type SubjectInput, type SubjectOpening } from "./subject.ts";
import { summarize } from "./summary.ts";
import { cleanLine } from "./text.ts";
import { onWire, pick } from "./wire.ts";

/** Everything a certificate says beside its records. Times are instants on our clock; digests are lower-case hex. */
export interface StatementInput {
  /** At most 64 bytes; unique for the issuer. */
  readonly certificateId: string;
  /** `id` names the deployment for ever, `org` is the organization as people call it (at most 256 bytes). */
  readonly issuer: { readonly id: string; readonly org: string };
  readonly subject: SubjectInput;
  readonly trigger: {
    /** Configured name of the source. */
    readonly source: string;
    /** What the source said, for example `scim.user.deactivated`. */
    readonly event: string;
    /** When the subject left; null when nobody said. */
    readonly effectiveAt: Date | null;
    /** What said so: a source's name, `operator`, or `unknown`. At most 64 bytes. */
    readonly effectiveFrom: string;
    readonly receivedAt: Date;
    /** SHA-256 of the raw notice; null when there was none, as at the manual door. */
    readonly rawSha256: string | null;
  };
  /** Every run over the case, oldest first. A final certificate has only completed ones. */
  readonly runs: readonly { readonly id: string; readonly startedAt: Date; readonly completedAt: Date | null }[];
  /** Digests of the frozen plan; `targetsSha256` is null until every target's part is frozen. */
  readonly plan: { readonly caseSha256: string; readonly targetsSha256: string | null };
  /** Legal hold: nothing was deleted. */
  readonly preserve: boolean;
  readonly demo: boolean;
  /** Until when the case is looked at again; null when it is not watched. */
  readonly watchedUntil: Date | null;
  readonly policyDigest: string;
  readonly software: { readonly name: string; readonly version: string; readonly digest: string | null };
  /** Every target of the plan, each once. `count` is filled in from the records. */
  readonly scope: readonly {
    readonly target: string;
    readonly connector: string;
    readonly version: string;
    readonly mode: "observe" | "enforce";
    /** Whether the last listing there was whole; `failed` when there was none. */
    readonly inventory: "complete" | "partial" | "failed";
    readonly listedAt: Date | null;
    readonly frozen: boolean;
  }[];
  /** What the certificate does not speak for. `what` is cut to 256 bytes, `why` to 512. */
  readonly notCovered: readonly Gap[];
  readonly outcome: "complete" | "complete_with_exceptions" | "interim";
  readonly issuedAt: Date;
  /** `paeSha256` of the certificate that this one replaces, or null. */
  readonly supersedes: string | null;
  /** Number and hash of the last sealed audit row, or null where there is no chain. */
  readonly audit: { readonly seq: number; readonly sha256: string } | null;
}

/** A statement that is ready to be signed, with what it commits to. */
export interface StatementDraft {
  readonly statement: Statement;
  /** The statement's canonical bytes. */
  readonly payload: Uint8Array;
  /** What is signed: at most 4,096 bytes. */
  readonly pae: Uint8Array;
  readonly leaves: readonly Leaf[];
  readonly opening: SubjectOpening;
}

/** The lists that may leave the statement for the records tree, with the leaf that carries one entry. */
interface Lists {
  readonly scope: readonly ScopeEntry[];
  readonly notCovered: readonly Gap[];
  readonly runs: readonly Run[];
}
type ListName = keyof Lists;

/**
 * Makes the statement over these records. Lists that do not fit under the ceiling of the signed bytes become leaves of
 * the records tree, the largest first, and the statement keeps their number.
 *
 * @throws {CertificateError} `member-invalid` naming the member, a code of {@link assertRules} when the statement
 *   would claim what its records do not support, `too-large` above 100,000 leaves.
 */
export function buildStatement(
  input: StatementInput,
  records: readonly CertificateRecord[],
  random: RandomBytes = systemRandom,
): StatementDraft {
  const opening = openingOf(input.subject, random);
  const lists = listsOf(input, records);
  const names: ListName[] = ["scope", "notCovered", "runs"];
  const largestFirst = names.sort((one, other) => sizeOf(lists[other]) - sizeOf(lists[one]));
  for (let moved = 0; moved <= largestFirst.length; moved += 1) {
    const leaves = [...records, ...leavesOf(lists, largestFirst.slice(0, moved), records.length, random)];
    const statement = statementOver(input, records, leaves, lists, largestFirst.slice(0, moved), opening);
    const payload = canonicalBytes(statement);
    const pae = preAuthenticationEncoding(payloadType, payload);
    if (pae.length > maxSignedBytes) continue;
    if (leaves.length > maxLeaves) throw new CertificateError("too-large", `more than ${maxLeaves} leaves`, "records");
    assertRules(statementShape(statement, "statement"), leaves);
    assertOrder(leaves);
    return { statement, payload, pae, leaves, opening };
  }
  throw new CertificateError("signed-bytes-too-large", `the statement exceeds ${maxSignedBytes} bytes`, "statement");
}

function statementOver(
  input: StatementInput,
  records: readonly CertificateRecord[],
  leaves: readonly Leaf[],
  lists: Lists,
  moved: readonly ListName[],
  opening: SubjectOpening,
): Statement {
  const inPlace = (name: ListName) => (moved.includes(name) ? { inRecords: lists[name].length } : lists[name]);
  const { size, root, fileSha256 } = commitmentOf(leaves);
  return onWire({
    _type: statementType,
    subject: [{ name: recordsFileName, digest: { sha256: fileSha256 } }],
    predicateType,
    predicate: {
      ...pick(input, "certificateId", "preserve", "demo", "watchedUntil", "policyDigest", "outcome", "issuedAt"),
      issuer: pick(input.issuer, "id", "org"),
      subject: { kind: input.subject.kind, commitment: commitTo(opening), scheme: commitmentScheme },
      trigger: pick(input.trigger, "source", "event", "effectiveAt", "effectiveFrom", "receivedAt", "rawSha256"),
      plan: pick(input.plan, "caseSha256", "targetsSha256"),
      software: pick(input.software, "name", "version", "digest"),
      runs: inPlace("runs"),
      scope: inPlace("scope"),
      notCovered: inPlace("notCovered"),
      summary: summarize(records),
      records: { tree: "rfc6962-sha256", size, root },
      supersedes: input.supersedes,
      audit: input.audit && pick(input.audit, "seq", "sha256"),
    },
  }) as Statement;
}

function listsOf(input: StatementInput, records: readonly CertificateRecord[]): Lists {
  const countOf = (target: string) => records.filter((record) => record.target.name === target).length;
  return onWire({
    scope: input.scope.map((entry) => ({
      ...pick(entry, "target", "connector", "version", "mode", "inventory", "listedAt", "frozen"),
      count: countOf(entry.target),
    })),
    notCovered: input.notCovered.map(({ target, what, why }) => ({
      target,
      what: cleanLine(what, 256) ?? "not stated",
      why: cleanLine(why, 512) ?? "not stated",
    })),
    runs: input.runs.map((run) => pick(run, "id", "startedAt", "completedAt")),
  }) as Lists;
}

function leavesOf(lists: Lists, moved: readonly ListName[], firstSeq: number, random: RandomBytes): Leaf[] {
  let seq = firstSeq;
  const head = () => ({ v: 1 as const, seq: seq++, salt: newSalt(random) });
  const leavesByList = {
    scope: (): Leaf[] => lists.scope.map((scope) => ({ ...head(), leaf: "scope", scope })),
    notCovered: (): Leaf[] => lists.notCovered.map((gap) => ({ ...head(), leaf: "gap", gap })),
    runs: (): Leaf[] => lists.runs.map((run) => ({ ...head(), leaf: "run", run })),
  };
  return moved.flatMap((name) => leavesByList[name]());
}

const sizeOf = (list: readonly unknown[]) => canonicalBytes(list).length;
