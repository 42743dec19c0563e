/**
 * Base of every error the product throws on purpose: a stable code, a sentence for an operator, the cause.
 * Expected results are outcomes, never errors.
 */
export class CodedError<Code extends string = string> extends Error {
  override readonly name: string = "CodedError";
  readonly code: Code;

  constructor(code: Code, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The text of anything thrown, for a log line or an operator. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
