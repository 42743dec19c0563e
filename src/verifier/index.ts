/** Checks a certificate offline. Knows the format alone: bytes in, report out. */
export type { EvidenceLookup } from "./evidence.ts";
export {
  type Finding,
  type Genuine,
  type Report,
  type Requirement,
  requirements,
  type Result,
  type ShortfallCode,
} from "./report.ts";
export { verifyCertificate, type VerifyRequest } from "./verify.ts";
