/** Keys that sign certificates, and what is published about them. */
export { SigningError, type SigningErrorCode } from "./error.ts";
export {
  defaultOverlapMs,
  type KeyFileOptions,
  type KeyFileSigner,
  markCompromised,
  openKeyFileSigner,
  rotateKey,
} from "./key-file.ts";
export { jwksOf, type PublishedJwk, trustFileOf } from "./publish.ts";
export type { Signer } from "./signer.ts";
