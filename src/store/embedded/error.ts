import { CodedError } from "../../domain/error.ts";

export type EmbeddedPostgresErrorCode =
  | "unsupported-platform"
  | "binaries-missing"
  | "binaries-unusable"
  | "unknown-user"
  | "wrong-user"
  | "unreachable-folder"
  | "not-a-cluster"
  | "initdb-failed"
  | "password-missing"
  | "password-rejected"
  | "foreign-server"
  | "start-in-progress"
  | "start-failed"
  | "start-timeout"
  | "server-died"
  | "stop-timeout";

/** Why the embedded database cannot be had; the message names the folder, port or user and what to do about it. */
export class EmbeddedPostgresError extends CodedError<EmbeddedPostgresErrorCode> {
  override readonly name = "EmbeddedPostgresError";
}
