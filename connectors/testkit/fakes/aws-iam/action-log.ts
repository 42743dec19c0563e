import type { IncomingHttpHeaders } from "node:http";
import { type Call, CallLog, type LoggedCall } from "../../faults/index.ts";
import { paramsOf } from "./params.ts";
import { reference } from "./reference.ts";

/** One line of the call log. `isWrite` is by action: everything comes by POST. */
export interface AwsCall extends LoggedCall {
  readonly service: "iam" | "sts";
  readonly action: string;
  /** The access key that signed it, as claimed; null when it was not signed. */
  readonly accessKeyId: string | null;
  /** Error code of the fake's own answer; null for a success and for an answer that a fault gave. */
  readonly code: string | null;
  /** Whether the account is another after it. */
  readonly hadEffect: boolean;
}

type Line = { -readonly [K in Exclude<keyof AwsCall, keyof LoggedCall>]: AwsCall[K] };

/**
 * The call log with what the door cannot know: which action a call is. The door opens a line before it has read the
 * body, and settles it for the first time right after it told of the call; there the two are put together.
 */
export class ActionLog extends CallLog {
  readonly #lines = new Map<number, Line>();
  readonly #byRequest = new WeakMap<IncomingHttpHeaders, Line>();
  #noticed: Line | null = null;
  #opened = 0;
  #clearings = 0;

  override open(call: Parameters<CallLog["open"]>[0]): ReturnType<CallLog["open"]> {
    const settle = super.open(call);
    this.#opened += 1;
    const seq = this.#opened;
    const clearings = this.#clearings;
    return (end) => {
      if (clearings !== this.#clearings) return; // its line is gone, and the number may be another call's by now
      if (this.#noticed !== null && !this.#lines.has(seq)) {
        this.#lines.set(seq, this.#noticed);
        this.#noticed = null;
      }
      settle(end);
    };
  }

  /** Told of a call whose body has been read. */
  notice(call: Call): void {
    const params = paramsOf(call);
    const action = params.get("Action") ?? "";
    const accessKeyId = /Credential=([^/,\s]+)\//.exec(call.headers.authorization ?? "")?.[1] ?? null;
    const service = reference[action]?.service ?? "iam";
    this.#noticed = { service, action, accessKeyId, code: null, hadEffect: false };
    this.#byRequest.set(call.headers, this.#noticed);
  }

  /** Notes how the fake itself answered a call. */
  answered(call: Call, end: { code: string | null; hadEffect: boolean }): void {
    Object.assign(this.#byRequest.get(call.headers) ?? {}, end);
  }

  /** All calls, in the order of arrival. */
  actions(): AwsCall[] {
    const none = { service: "iam", action: "", accessKeyId: null, code: null, hadEffect: false } as const;
    return this.all().map((call) => {
      const line = this.#lines.get(call.seq) ?? none;
      return { ...call, ...line, isWrite: reference[line.action]?.access === "write" };
    });
  }

  override clear(): void {
    super.clear();
    this.#lines.clear();
    this.#opened = 0;
    this.#clearings += 1;
  }
}

/** Most calls in any second, wherever it begins. */
export function peakPerSecond(calls: readonly LoggedCall[]): number {
  const times = calls.map((call) => call.at.getTime()).sort((a, b) => a - b);
  let from = 0;
  let peak = 0;
  for (const [at, time] of times.entries()) {
    while (time - (times[from] ?? time) >= 1_000) from += 1;
    peak = Math.max(peak, at - from + 1);
  }
  return peak;
}
