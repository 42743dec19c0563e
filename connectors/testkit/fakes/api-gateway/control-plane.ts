import { randomUUID } from "node:crypto";
import { unluckyShare } from "../../aws/call-rate.ts";
import type { Call, Reply } from "../../faults/index.ts";
import type { Admins } from "./admins.ts";
import { errorReply } from "./errors.ts";
import { make } from "./made-up.ts";
import type { PagingMode, PagingOptions } from "./paging.ts";
import type { Region } from "./region.ts";
import { answerControl } from "./routes.ts";

export interface ControlPlaneDeps {
  readonly admins: Admins;
  readonly options: {
    readonly paging?: PagingMode;
    readonly pageSize?: number;
    readonly throttleShare?: number;
    readonly throttleRetryAfter?: number;
    readonly seed?: number;
  };
  readonly clock: () => number;
}

export interface ControlPlane {
  /** Looks at the signature of a call as it arrived: a fault may change the call before it is answered. */
  notice(call: Call, region: Region): void;
  answer(call: Call, region: Region): Reply;
}

/** The way into every region: who is it, may they, is it too much; then the routes. */
export function controlPlane({ admins, options, clock }: ControlPlaneDeps): ControlPlane {
  const refusals = new WeakMap<Call["headers"], Reply>();
  const isUnlucky = unluckyShare(options.throttleShare ?? 0, options.seed ?? 1);
  const paging: PagingOptions = {
    mode: options.paging ?? "keyset",
    ...(options.pageSize === undefined ? {} : { pageSize: options.pageSize }),
  };
  const answer = (call: Call, region: Region): Reply => {
    const refusal = refusals.get(call.headers);
    if (refusal !== undefined) return refusal;
    if (isUnlucky()) return errorReply("TooManyRequestsException", "Too Many Requests", options.throttleRetryAfter);
    return answerControl({ call, region, paging, make, now: Math.floor(clock() / 1_000) });
  };
  return {
    notice: (call, region) => {
      // Signatures go by the system's time, as their makers do, however the clock of the fake is moved.
      const refusal = admins.refusalOf(call, region.name, Date.now());
      if (refusal !== undefined) refusals.set(call.headers, refusal);
    },
    answer: (call, region) => branded(answer(call, region)),
  };
}

function branded(reply: Reply): Reply {
  return { ...reply, headers: { "x-amzn-requestid": randomUUID(), ...reply.headers } };
}
