import { systemRandom, type RandomBytes } from "./digest.ts";
import { array, boolean, count, line, nullable, object, type Of, oneOf, sha256, tagged, time } from "./shape.ts";
import { newSalt, saltShape } from "./subject.ts";
import { cleanLine, referenceOf } from "./text.ts";
import { onWire, pick } from "./wire.ts";

/** The canonical bytes of an exchange with a target, stored apart and found by hash. */
const evidenceShape = object({ sha256, bytes: count, mediaType: line(64) });
export type EvidenceRef = Of<typeof evidenceShape>;

export const targetName = line(128);
export const connectorName = line(64);
const version = line(64);
const identifier = line(128);

export const outcomes = ["revoked", "already-gone", "pending", "disabled", "cut-off", "unsupported"] as const;
export const verdicts = ["dead", "alive", "unknown"] as const;
export const grades = ["probe", "absence", "state"] as const;
export type Grade = (typeof grades)[number];

const leaf = { v: oneOf(1), seq: count, salt: saltShape };

/** One item of access: what it was, what was done, what a later look saw. */
export const itemShape = object({
  ...leaf,
  leaf: oneOf("item"),
  target: object({ name: targetName, connector: connectorName, connectorVersion: version }),
  credential: object({
    /** The kind of access, in the connector's words: `access-key`. */
    type: line(64),
    /** The target's own id, or `sha256:` and its digest. Never the secret. */
    ref: line(512),
    label: nullable(line(256)),
    createdAt: nullable(time),
    discoveredAt: time,
  }),
  revocation: nullable(
    object({
      outcome: oneOf(...outcomes),
      method: nullable(line(128)),
      runId: identifier,
      stepId: identifier,
      requestedAt: nullable(time),
      effectiveAt: nullable(time),
      evidence: nullable(evidenceShape),
    }),
  ),
  verification: object({
    verdict: oneOf(...verdicts),
    grade: nullable(oneOf(...grades)),
    at: nullable(time),
    attempts: count,
    evidence: nullable(evidenceShape),
  }),
  holding: nullable(
    object({
      kind: oneOf("attested", "excepted", "cut-off", "reported"),
      /** Ids of the people who answer for it; an exception needs two. */
      by: array(line(128), 8),
      at: time,
      reason: line(512),
    }),
  ),
});
/** One item of access as it stands in the certificate: a leaf of its tree. */
export type CertificateRecord = Of<typeof itemShape>;

/** How a target took part. */
export const scopeEntryShape = object({
  target: targetName,
  connector: connectorName,
  version,
  mode: oneOf("observe", "enforce"),
  /** Whether the last listing there was whole. */
  inventory: oneOf("complete", "partial", "failed"),
  listedAt: nullable(time),
  /** Item records of this target in this certificate. */
  count,
  /** Whether the subject's principal there was frozen before the cleaning. */
  frozen: boolean,
});
export type ScopeEntry = Of<typeof scopeEntryShape>;

/** Something the certificate does not speak for; target null when it is about no single target. */
export const gapShape = object({ target: nullable(targetName), what: line(256), why: line(512) });
export type Gap = Of<typeof gapShape>;

/** One pass over the case. */
export const runShape = object({ id: identifier, startedAt: time, completedAt: nullable(time) });
export type Run = Of<typeof runShape>;

/**
 * A line of `records.ndjson`. Items come first; scope entries, gaps and runs follow only when they are too many for
 * the signed bytes. A bare leaf hash stands where a line was erased.
 */
export const leafShape = tagged("leaf", {
  item: itemShape,
  scope: object({ ...leaf, leaf: oneOf("scope"), scope: scopeEntryShape }),
  gap: object({ ...leaf, leaf: oneOf("gap"), gap: gapShape }),
  run: object({ ...leaf, leaf: oneOf("run"), run: runShape }),
  erased: object({ leaf: oneOf("erased"), hash: sha256 }),
});
export type Leaf = Of<typeof leafShape>;

/**
 * One item of access, as the engine knows it. Times are instants on our clock, `createdAt` excepted, which is the
 * target's. Everything absent is null.
 */
export interface RecordInput {
  /** Position among the item records, from 0. */
  readonly seq: number;
  readonly target: { readonly name: string; readonly connector: string; readonly connectorVersion: string };
  readonly credential: {
    /** The kind of access, in the connector's words. */
    readonly type: string;
    /** The target's own id of it, never the secret. Ids that do not fit are replaced by their digest. */
    readonly ref: string;
    /** What people call it at the target; cleaned and cut to 256 bytes. */
    readonly label: string | null;
    readonly createdAt: Date | null;
    /** When a discovery of ours first saw it. */
    readonly discoveredAt: Date;
  };
  /** The last attempt to end it; null when none was made, as in `observe`. */
  readonly revocation: {
    readonly outcome: (typeof outcomes)[number];
    /** How, in the connector's words, for example `DELETE /consumers/{id}/key-auth/{id}`. */
    readonly method: string | null;
    /** A run of {@link StatementInput.runs}. */
    readonly runId: string;
    readonly stepId: string;
    /** When the call was sent; null when no call was needed. */
    readonly requestedAt: Date | null;
    /** When the target said it took effect; null when it did not, or was already gone. */
    readonly effectiveAt: Date | null;
    readonly evidence: EvidenceRef | null;
  } | null;
  /** The last look. `dead` needs grade, time, at least one attempt and evidence. */
  readonly verification: {
    readonly verdict: (typeof verdicts)[number];
    readonly grade: Grade | null;
    readonly at: Date | null;
    readonly attempts: number;
    readonly evidence: EvidenceRef | null;
  };
  /** Why an item that no look saw dead does not hold the case; null when nothing of the kind was decided. */
  readonly holding: {
    readonly kind: "attested" | "excepted" | "cut-off" | "reported";
    /** Ids of the people who answer for it: two different ones for `excepted`, one for `attested`. */
    readonly by: readonly string[];
    readonly at: Date;
    /** Cut to 512 bytes. */
    readonly reason: string;
  } | null;
}

/**
 * Makes the record of one item, with a fresh salt.
 * @throws {CertificateError} `member-invalid` naming the member.
 */
export function buildRecord(input: RecordInput, random: RandomBytes = systemRandom): CertificateRecord {
  const { credential, revocation, holding } = input;
  return itemShape(
    onWire({
      v: 1,
      leaf: "item",
      seq: input.seq,
      salt: newSalt(random),
      target: pick(input.target, "name", "connector", "connectorVersion"),
      credential: {
        ...pick(credential, "type", "createdAt", "discoveredAt"),
        ref: referenceOf(credential.ref, 512),
        label: credential.label === null ? null : cleanLine(credential.label, 256),
      },
      revocation: revocation && {
        ...pick(revocation, "outcome", "runId", "stepId", "requestedAt", "effectiveAt"),
        method: revocation.method === null ? null : cleanLine(revocation.method, 128),
        evidence: revocation.evidence && pick(revocation.evidence, "sha256", "bytes", "mediaType"),
      },
      verification: {
        ...pick(input.verification, "verdict", "grade", "at", "attempts"),
        evidence: input.verification.evidence && pick(input.verification.evidence, "sha256", "bytes", "mediaType"),
      },
      holding: holding && {
        ...pick(holding, "kind", "by", "at"),
        reason: cleanLine(holding.reason, 512) ?? "not stated",
      },
    }),
    `records[${input.seq}]`,
  );
}
