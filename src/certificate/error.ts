/**
 * Everything that can be wrong with a certificate, its records, or what is given to make one. The codes are stable:
 * scripts and the tampered test vectors name them. `docs/for-auditors.md` and the verifier's report print them.
 */
export type CertificateErrorCode =
  // bytes and JSON (the strict gate)
  | "too-large"
  | "too-deep"
  | "utf8-invalid"
  | "json-malformed"
  | "json-not-canonical"
  | "text-malformed"
  | "number-not-safe"
  | "member-forbidden"
  | "member-unknown"
  | "member-missing"
  | "member-invalid"
  | "base64-malformed"
  // envelope and keys
  | "payload-type"
  | "signature-missing"
  | "signature-duplicate"
  | "signature-malformed"
  | "signature-invalid"
  | "key-unknown"
  | "key-outside-validity"
  | "key-weak"
  | "trust-invalid"
  // what is bound to the statement
  | "statement-type"
  | "records-count"
  | "record-order"
  | "records-root"
  | "records-digest"
  | "subject-mismatch"
  // what the statement may claim
  | "list-count"
  | "summary-mismatch"
  | "scope-mismatch"
  | "target-unknown"
  | "run-unknown"
  | "record-duplicate"
  | "dead-without-proof"
  | "exception-without-approval"
  | "outcome-overclaimed"
  | "time-order"
  // what the reader asked for
  | "evidence-mismatch"
  | "issued-after-known-time"
  | "other-organization"
  | "other-certificate"
  | "other-subject"
  // only while issuing
  | "signed-bytes-too-large";

/**
 * A refusal by the certificate format. It stands apart from the domain's errors because format and verifier must run
 * without the rest of the product.
 */
export class CertificateError extends Error {
  override readonly name: string = "CertificateError";
  readonly code: CertificateErrorCode;
  /** Where in the file: "file", "payload", "records[3].salt", ... */
  readonly where: string;

  constructor(code: CertificateErrorCode, message: string, where = "", options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.where = where;
  }
}
