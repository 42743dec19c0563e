/** The certificate: its format, how one is made, and what it may claim. No I/O. `src/verifier` checks one. */
export { decodeBase64 } from "./base64.ts";
export { buildStatement, type StatementInput } from "./build-statement.ts";
export { sha256Hex } from "./digest.ts";
export { type Envelope, maxSignedBytes, payloadType, preAuthenticationEncoding } from "./dsse.ts";
export { isSignedBy, type PublicJwk, thumbprint } from "./ed25519.ts";
export { CertificateError, type CertificateErrorCode } from "./error.ts";
export { type CertificateFile, certificateMediaType, maxCertificateBytes, parseCertificateFile } from "./file.ts";
export { type EnvelopeSigner, issueCertificate, type IssuedCertificate } from "./issue.ts";
export { canonicalBytes, parseStrict } from "./json.ts";
export { assertBound } from "./leaves.ts";
export { buildRecord, type CertificateRecord, type EvidenceRef, type Leaf, type RecordInput } from "./record.ts";
export { assertRules } from "./rules.ts";
export { isTime } from "./shape.ts";
export {
  contentsOf,
  type Contents,
  predicateType,
  type Statement,
  statementShape,
  statementType,
} from "./statement.ts";
export { commitTo } from "./subject.ts";
export { dispositionOf, summarize } from "./summary.ts";
export {
  fingerprint,
  parseTrustFile,
  type TrustFile,
  trustFileBytes,
  trustFingerprint,
  type TrustKey,
} from "./trust.ts";
