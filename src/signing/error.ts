import { CodedError } from "../domain/error.ts";

/** Why a signing key cannot be used. Each message names the file and what to do. */
export type SigningErrorCode =
  | "key-file-unreadable"
  | "key-file-permissions"
  | "key-file-corrupt"
  | "key-passphrase-missing"
  | "key-passphrase-wrong"
  | "key-passphrase-too-short"
  | "key-history-corrupt"
  | "key-folder-busy"
  | "key-retired"
  | "key-unknown"
  | "signature-self-check";

export class SigningError extends CodedError<SigningErrorCode> {
  override readonly name = "SigningError";
}
