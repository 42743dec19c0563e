import { CodedError } from "../domain/error.ts";

/** `verify` has codes of its own: design section 7. */
export const exitCode = { ok: 0, failed: 1, usage: 2 } as const;

export type CliErrorCode = "usage" | "no-server" | "no-token" | "refused" | "not-done" | "io";

/** Ends the command with a sentence for the person who typed it, and what to do about it. */
export class CliError extends CodedError<CliErrorCode> {
  override readonly name = "CliError";
  readonly fix: string | null;

  constructor(code: CliErrorCode, message: string, options: { fix?: string; cause?: unknown } = {}) {
    super(code, message, { cause: options.cause });
    this.fix = options.fix ?? null;
  }

  get exitCode(): number {
    return this.code === "usage" ? exitCode.usage : exitCode.failed;
  }
}
