/** Checks a certificate offline. Knows the format alone: bytes in, report out. */
export { clockSkewMs } from "./validity.ts";
export type { EvidenceLookup } from "./evidence.ts";
export {
  exitCodes,
  type Finding,
  type Genuine,
  type Report,
  type Requirement,
  requirements,
  type Result,
  type ShortfallCode,
} from "./report.ts";
export { verifyCertificate, type VerifyRequest } from "./verify.ts";
