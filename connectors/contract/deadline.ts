/** Why a call was ended from our side. */
export type CallEnd = "timed-out" | "cancelled";

/** One call's end: by its own time limit or by the caller's signal, whichever comes first. */
export interface Deadline {
  signal: AbortSignal;
  /** Null while the call may go on. */
  ended(): CallEnd | null;
  /** Lets go of the timer and of the caller's signal. */
  stop(): void;
}

/** `AbortSignal.any` would keep every call alive for as long as the parent lives; this one lets go. */
export function startDeadline(parent: AbortSignal, limitMs: number): Deadline {
  const controller = new AbortController();
  let end: CallEnd | null = null;
  const finish = (why: CallEnd): void => {
    end ??= why;
    controller.abort();
  };
  const timer = setTimeout(finish, limitMs, "timed-out");
  const cancel = (): void => finish("cancelled");
  parent.addEventListener("abort", cancel, { once: true });
  if (parent.aborted) cancel();
  return {
    signal: controller.signal,
    ended: () => end,
    stop() {
      clearTimeout(timer);
      parent.removeEventListener("abort", cancel);
    },
  };
}
