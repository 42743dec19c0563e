import { CodedError } from "../../src/domain/error.ts";

export const connectorErrorCodes = [
  "rate-limited",
  "unavailable",
  "timed-out",
  "unauthorized",
  "forbidden",
  "invalid-response",
  "unsupported",
  "bad-request",
  "conflict",
  "not-visible",
  "write-refused",
  "egress-refused",
  "cancelled",
] as const;

export type ConnectorErrorCode = (typeof connectorErrorCodes)[number];

/** A failed exchange with a target: classified, so that one table decides what happens next. */
export class ConnectorError extends CodedError<ConnectorErrorCode> {
  override readonly name = "ConnectorError";
  readonly target: string;
  readonly operation: string | null;
  /** When the target asked to be left alone until. */
  readonly retryAt: Date | null;
  readonly status: number | null;

  constructor(
    code: ConnectorErrorCode,
    message: string,
    details: { target: string; operation?: string; retryAt?: Date | null; status?: number; cause?: unknown },
  ) {
    super(code, message, { cause: details.cause });
    this.target = details.target;
    this.operation = details.operation ?? null;
    this.retryAt = details.retryAt ?? null;
    this.status = details.status ?? null;
  }
}
