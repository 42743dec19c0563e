import { encodeBase64 } from "./base64.ts";
import { buildStatement, type StatementInput } from "./build-statement.ts";
import { type RandomBytes, sha256Hex, systemRandom } from "./digest.ts";
import { payloadType } from "./dsse.ts";
import { isSignedBy, type PublicJwk, thumbprint } from "./ed25519.ts";
import { CertificateError } from "./error.ts";
import { type CertificateFile, certificateFileShape, certificateMediaType } from "./file.ts";
import { canonicalBytes, decodeUtf8 } from "./json.ts";
import type { CertificateRecord } from "./record.ts";
import type { Statement } from "./statement.ts";

/** What issuing needs of a key; `Signer` of `src/signing` fits. */
export interface EnvelopeSigner {
  /** RFC 7638 thumbprint of `publicJwk`. */
  readonly keyid: string;
  readonly publicJwk: PublicJwk;
  /** Pure Ed25519 over at most 4,096 bytes; 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface IssueInput {
  readonly statement: StatementInput;
  /** In order of their `seq`, made by `buildRecord`. */
  readonly records: readonly CertificateRecord[];
  readonly signer: EnvelopeSigner;
  /** Left out: the system's random source. */
  readonly random?: RandomBytes;
}

export interface IssuedCertificate {
  /** The certificate file, `certificate.json`: canonical JSON; its UTF-8 bytes are the file. */
  readonly json: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  /** SHA-256 of what was signed: the name of this certificate for `supersedes`. Erasures do not change it. */
  readonly paeSha256: string;
  readonly statement: Statement;
  /** Item records in it. */
  readonly recordCount: number;
}

/**
 * Signs a certificate over these records. What the verifier would refuse is refused here, before anything is signed,
 * and the signature is checked before it is handed out.
 *
 * @throws {CertificateError} what {@link buildStatement} throws; `signature-invalid` when the signer returned something
 *   else than its key's signature. What the signer throws passes through.
 */
export async function issueCertificate(input: IssueInput): Promise<IssuedCertificate> {
  const { signer, records } = input;
  const draft = buildStatement(input.statement, records, input.random ?? systemRandom);
  const signature = await signer.sign(draft.pae);
  if (thumbprint(signer.publicJwk) !== signer.keyid || !isSignedBy(signer.publicJwk, draft.pae, signature)) {
    throw new CertificateError(
      "signature-invalid",
      "the signer's result does not verify under its own key",
      "envelope",
    );
  }
  const file: CertificateFile = {
    mediaType: certificateMediaType,
    envelope: {
      payload: encodeBase64(draft.payload),
      payloadType,
      signatures: [{ keyid: signer.keyid, sig: encodeBase64(signature) }],
    },
    records: draft.leaves,
    subject: draft.opening,
    log: null,
    timestamps: null,
  };
  const bytes = canonicalBytes(certificateFileShape(file, ""));
  return {
    json: decodeUtf8(bytes, "file"),
    sha256: sha256Hex(bytes),
    paeSha256: sha256Hex(draft.pae),
    statement: draft.statement,
    recordCount: records.length,
  };
}
