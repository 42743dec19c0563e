import { envelopeShape } from "./dsse.ts";
import { parseStrict } from "./json.ts";
import { leafShape } from "./record.ts";
import { array, nullable, object, type Of, oneOf, type Shape } from "./shape.ts";
import { subjectOpeningShape } from "./subject.ts";

export const certificateMediaType = "application/vnd.lastday.certificate.v1+json";

/** A certificate file is read whole into memory; 50 records take about 60 kB. */
export const maxCertificateBytes = 32 * 1024 * 1024;
export const maxLeaves = 100_000;

/** Kept for what later versions put here; until then it holds nothing, so nothing can be hidden in it. */
const reserved: Shape<null> = (value, where) => nullable(oneOf<never>())(value, where);

/**
 * `certificate.json`: self-contained, itself canonical JSON with a closed schema, so that every byte of it is bound:
 * to the signature, to what is signed, or to the one spelling of the file.
 */
export const certificateFileShape = object({
  mediaType: oneOf(certificateMediaType),
  envelope: envelopeShape,
  /** The leaves in order; their canonical bytes are what the statement commits to. */
  records: array(leafShape, maxLeaves),
  /** Opens the commitment to the subject; null after an erasure. */
  subject: nullable(subjectOpeningShape),
  /** Proof that the log holds this certificate. */
  log: reserved,
  /** Time-stamp tokens over the signature. */
  timestamps: reserved,
});
export type CertificateFile = Of<typeof certificateFileShape>;

/** @throws {CertificateError} by the strict gate or the schema. */
export function parseCertificateFile(bytes: Uint8Array): CertificateFile {
  return certificateFileShape(parseStrict(bytes, { maxBytes: maxCertificateBytes, maxDepth: 12 }, "file"), "");
}
