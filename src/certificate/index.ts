/** The certificate: its format, how one is made, and what it may claim. No I/O. `src/verifier` checks one. */
export { decodeBase64, encodeBase64 } from "./base64.ts";
export { buildStatement, type StatementDraft, type StatementInput } from "./build-statement.ts";
export { sha256, sha256Hex, systemRandom, type RandomBytes } from "./digest.ts";
export { type Envelope, maxSignedBytes, payloadType, preAuthenticationEncoding } from "./dsse.ts";
export { assertStrongKey, isSignedBy, type PublicJwk, thumbprint } from "./ed25519.ts";
export { CertificateError, type CertificateErrorCode } from "./error.ts";
export { type CertificateFile, certificateMediaType, maxCertificateBytes, parseCertificateFile } from "./file.ts";
export { type EnvelopeSigner, issueCertificate, type IssuedCertificate, type IssueInput } from "./issue.ts";
export { canonicalBytes, parseStrict } from "./json.ts";
export { assertBound } from "./leaves.ts";
export {
  buildRecord,
  type CertificateRecord,
  type EvidenceRef,
  type Gap,
  type Grade,
  type Leaf,
  type RecordInput,
  type Run,
  type ScopeEntry,
} from "./record.ts";
export { assertRules } from "./rules.ts";
export {
  contentsOf,
  type Contents,
  predicateType,
  type Statement,
  statementShape,
  statementType,
} from "./statement.ts";
export { isTime } from "./shape.ts";
export { commitTo, type SubjectInput, type SubjectOpening } from "./subject.ts";
export { type Disposition, dispositionOf, summarize, type Summary } from "./summary.ts";
export {
  fingerprint,
  parseTrustFile,
  type TrustFile,
  trustFileBytes,
  trustFingerprint,
  type TrustKey,
} from "./trust.ts";
