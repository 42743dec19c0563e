import type { Log } from "../../src/domain/ports.ts";

/**
 * What the engine hands to the host that runs a connector: who may write, where exchanges are recorded, how fast.
 * `createTargetHttp` in target-http.ts implements the transport over these ports.
 */
export interface HostPorts {
  /** `read`: observe and dry run; every operation not declared a read is refused at this seam. */
  access: "read" | "write";
  /** Waits for a slot of the target's rate bucket. Rejects when aborted. */
  rateSlot(signal: AbortSignal): Promise<void>;
  /** Called before a write leaves; rejects when the write must not happen (lost lease, cancelled, person active again). */
  beforeWrite(write: WriteIntent): Promise<IntentHandle>;
  /** Receives each exchange as evidence, already reduced and redacted. */
  recordExchange(exchange: RecordedExchange): void;
  signal: AbortSignal;
  log: Log;
}

export interface WriteIntent {
  operation: string;
  method: string;
  template: string;
}

export interface IntentHandle {
  /** The reply was read: the intent is closed with the status, or with null when no reply came. */
  settled(status: number | null): Promise<void>;
}

/** One exchange, reduced to the allow-list, in canonical bytes. */
export interface RecordedExchange {
  operation: string;
  /** Canonical JSON: request template, method, status, request id, reduced body. */
  bytes: Uint8Array;
  sha256: string;
  mediaType: "application/json";
  requestId: string | null;
  status: number | null;
  at: Date;
  write: boolean;
}
