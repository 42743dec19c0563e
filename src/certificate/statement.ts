import { gapShape, type Leaf, runShape, scopeEntryShape } from "./record.ts";
import {
  array,
  boolean,
  count,
  either,
  line,
  nullable,
  object,
  type Of,
  oneOf,
  sha256,
  type Shape,
  time,
} from "./shape.ts";
import { commitmentScheme, subjectKind } from "./subject.ts";
import { summaryShape } from "./summary.ts";

export const statementType = "https://in-toto.io/Statement/v1";
export const predicateType = "https://lastday.dev/certificate/v1";
export const recordsFileName = "records.ndjson";

/** A list in the statement itself or, when it is too long for the signed bytes, the number of its leaves. */
function listOf<T>(entry: Shape<T>): Shape<readonly T[] | { readonly inRecords: number }> {
  return either(Array.isArray, array(entry, 10_000), object({ inRecords: count }));
}

/**
 * What is signed: an in-toto Statement about the records file.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
export const statementShape = object({
  _type: oneOf(statementType),
  subject: array(object({ name: oneOf(recordsFileName), digest: object({ sha256 }) }), 1, 1),
  predicateType: oneOf(predicateType),
  predicate: object({
    certificateId: line(64),
    issuer: object({ id: line(128), org: line(256) }),
    subject: object({ kind: subjectKind, commitment: sha256, scheme: oneOf(commitmentScheme) }),
    trigger: object({
      source: line(128),
      event: line(128),
      /** When the subject left; null when nobody said. */
      effectiveAt: nullable(time),
      /** What said so. */
      effectiveFrom: line(64),
      receivedAt: time,
      rawSha256: nullable(sha256),
    }),
    runs: listOf(runShape),
    /** Digests of the frozen plan: of the case, and of the targets' parts once all of them are frozen. */
    plan: object({ caseSha256: sha256, targetsSha256: nullable(sha256) }),
    preserve: boolean,
    demo: boolean,
    watchedUntil: nullable(time),
    policyDigest: sha256,
    software: object({ name: line(64), version: line(64), digest: nullable(sha256) }),
    scope: listOf(scopeEntryShape),
    summary: summaryShape,
    notCovered: listOf(gapShape),
    /** The tree over all leaves, and its size. */
    records: object({ tree: oneOf("rfc6962-sha256"), size: count, root: sha256 }),
    outcome: oneOf("complete", "complete_with_exceptions", "interim"),
    issuedAt: time,
    /** PAE digest of the certificate this one replaces. */
    supersedes: nullable(sha256),
    /** Head of the audit chain when this was signed. */
    audit: nullable(object({ seq: count, sha256 })),
  }),
});
export type Statement = Of<typeof statementShape>;

/** A certificate's lists brought together, wherever they stand. */
export interface Contents {
  readonly items: readonly Extract<Leaf, { leaf: "item" }>[];
  readonly scope: readonly Of<typeof scopeEntryShape>[];
  readonly notCovered: readonly Of<typeof gapShape>[];
  readonly runs: readonly Of<typeof runShape>[];
  /** Leaves of which only the hash is left; above zero, the lists may lack entries. */
  readonly erased: number;
}

export function contentsOf({ predicate }: Statement, leaves: readonly Leaf[]): Contents {
  const { scope, notCovered, runs } = predicate;
  return {
    items: leaves.filter((leaf) => leaf.leaf === "item"),
    scope: "inRecords" in scope ? leaves.flatMap((leaf) => (leaf.leaf === "scope" ? [leaf.scope] : [])) : scope,
    notCovered:
      "inRecords" in notCovered ? leaves.flatMap((leaf) => (leaf.leaf === "gap" ? [leaf.gap] : [])) : notCovered,
    runs: "inRecords" in runs ? leaves.flatMap((leaf) => (leaf.leaf === "run" ? [leaf.run] : [])) : runs,
    erased: leaves.filter((leaf) => leaf.leaf === "erased").length,
  };
}
