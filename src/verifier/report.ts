import type { CertificateErrorCode, CertificateFile, Contents, Statement, TrustKey } from "../certificate/index.ts";

/** Proofs by outsiders that a reader can insist on. None exists yet, so each of them ends below the requirement. */
export const requirements = ["inclusion", "witness", "timestamp"] as const;
export type Requirement = (typeof requirements)[number];

/** Why a genuine certificate proves less than was asked, or counts no more. */
export type ShortfallCode =
  | "trust-missing"
  | "records-erased"
  | "subject-erased"
  | "evidence-missing"
  | "inclusion-missing"
  | "witness-missing"
  | "timestamp-missing"
  | "superseded"
  | "key-compromised";

export interface Finding {
  readonly code: CertificateErrorCode | ShortfallCode;
  /** Where in the file; empty when it is about the whole. */
  readonly where: string;
  readonly message: string;
}

/** The first of these that applies. */
export type Result =
  "invalid" | "key-compromised" | "superseded" | "signature-not-checked" | "below-requirement" | "valid";

/** Exit codes of `lastday verify` for a file that could be read. */
export const exitCodes = {
  valid: 0,
  invalid: 1,
  "below-requirement": 3,
  "signature-not-checked": 3,
  superseded: 4,
  "key-compromised": 4,
} as const satisfies Record<Result, number>;

/** What a certificate says and how far that was checked. `statement` is a claim unless `level.signature` is checked. */
export interface Genuine {
  readonly sha256: string;
  /** Name of this certificate for `supersedes`. */
  readonly paeSha256: string;
  readonly statement: Statement;
  readonly contents: Contents;
  /** Who it is about; null when erased from the file. */
  readonly subject: CertificateFile["subject"];
  /** Pinned keys that signed it; empty without trust. */
  readonly signedBy: readonly TrustKey[];
  readonly level: {
    readonly signature: "checked" | "not-checked";
    readonly records: "checked" | "some-erased";
    readonly evidence: "checked" | "some-missing" | "not-given";
    readonly inclusion: "none";
    readonly witness: "none";
    readonly timestamp: "none";
  };
  /** Sentences, each completing "Not proved: ...". Never empty: no certificate proves everything. */
  readonly notProved: readonly string[];
}

export interface Report {
  readonly result: Result;
  readonly exitCode: (typeof exitCodes)[Result];
  /** Reasons for the result; empty when valid. */
  readonly findings: readonly Finding[];
  /** Null when the certificate is invalid: nothing in it may be believed. */
  readonly certificate: Genuine | null;
}
