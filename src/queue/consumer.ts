import { DelayedError, type Job, Worker } from "bullmq";
import { messageOf } from "../domain/error.ts";
import type { Log } from "../domain/ports.ts";
import { type Backend, settleWithin } from "./backend.ts";
import { type RawJob, yieldedRank } from "./jobs.ts";
import { keepLock } from "./lock-keeper.ts";
import type { Consumer, Turn, TurnResult } from "./port.ts";

const maxDelayMs = 10 * 60_000;

export interface ConsumeDeps {
  backend: Backend;
  prefix: string;
  lockDurationMs: number;
  log: Log;
}

/** A job's lock while its turn runs. */
interface Hold {
  readonly stop: AbortController;
  lost: boolean;
  /** Renews the lock no more. */
  readonly release: () => void;
}

/**
 * Takes jobs of one queue, one turn each. Two habits of BullMQ shape it:
 * - A processor that throws `DelayedError` tells BullMQ that the job was moved. We also throw it when nothing could be
 *   moved (lock lost, data wiped, server away): the job then stays active without renewal and is taken over, instead
 *   of failing or completing under somebody else's feet.
 * - A stalled job is found in two passes, so passes come six times per lock: a dead worker's job starts again within
 *   1.2 lock lengths. `maxStalledCount` must not end a revocation, whatever kills the workers.
 */
export async function consume<Work>(
  queue: string,
  concurrency: number,
  read: (job: RawJob) => Work | null,
  handle: (work: Work, turn: Turn) => Promise<TurnResult>,
  { backend, prefix, lockDurationMs, log: parentLog }: ConsumeDeps,
): Promise<Consumer> {
  const log = parentLog.with({ queue });
  const turns = new Map<Hold, Promise<void>>();
  let closing: Promise<void> | undefined;

  async function takeTurn(job: Job, token = ""): Promise<void> {
    const work = read(job);
    if (work === null) return log.warn("dropped a job that is not ours", { jobId: job.id });
    if (closing) return putBack(job, token, { kind: "delay", until: new Date() });
    const hold = holdLock(job, token);
    const running = runTurn(job, token, work, hold).finally(() => {
      hold.release();
      turns.delete(hold);
    });
    turns.set(hold, running);
    return running;
  }

  async function runTurn(job: Job, token: string, work: Work, hold: Hold): Promise<void> {
    const { signal } = hold.stop;
    const othersWait = (): Promise<boolean> => backend.waitsBelow(queue, yieldedRank(job.priority));
    let result: TurnResult | null = null;
    try {
      result = await handle(work, { signal, othersWait });
    } catch (error) {
      if (signal.aborted) result = { kind: "delay", until: new Date() };
      else log.error("job handler threw", { jobId: job.id, error });
    }
    hold.release();
    if (hold.lost) throw new DelayedError();
    if (result === null) throw new Error("job handler threw"); // message and stack go to the server: no more than this
    if (result.kind === "delay") await putBack(job, token, result);
  }

  function holdLock(job: Job, token: string): Hold {
    const stop = new AbortController();
    const hold = { stop, lost: false, release: () => lock.release() };
    const lock = keepLock({
      lengthMs: lockDurationMs,
      renew: async () => (await job.extendLock(token, lockDurationMs)) === 1,
      onLost: (reason) => {
        hold.lost = true;
        log.warn("job lock lost", { jobId: job.id, reason });
        stop.abort(new Error(`the job's lock ${reason}`));
      },
      log,
    });
    return hold;
  }

  async function putBack(
    job: Job,
    token: string,
    { until, lowerPriority }: TurnResult & { kind: "delay" },
  ): Promise<never> {
    try {
      if (lowerPriority) await job.changePriority({ priority: yieldedRank(job.priority) });
      await job.moveToDelayed(Math.min(until.getTime(), Date.now() + maxDelayMs), token);
    } catch (error) {
      log.warn("job could not be put back and will be taken over", { jobId: job.id, error: messageOf(error) });
    }
    throw new DelayedError();
  }

  const worker = new Worker(
    queue,
    takeTurn,
    {
      connection: {}, // the backend's own
      prefix,
      concurrency,
      lockDuration: lockDurationMs,
      skipLockRenewal: true,
      stalledInterval: Math.ceil(lockDurationMs / 6), // both servers refuse a fraction
      maxStalledCount: 1_000_000,
      removeOnComplete: { count: 0 }, // a job whose options were lost must not be kept either
      removeOnFail: { count: 0 },
      runRetryDelay: 2_000,
    },
    backend.factory,
  );
  worker.on("error", (error) => log.warn("queue worker reported an error", { error: messageOf(error) }));
  await worker.waitUntilReady();

  async function close(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    await worker.pause(true); // no more jobs; one already on its way is put back
    for (const { stop } of turns.keys()) stop.abort(new Error("this process is stopping"));
    await settleWithin(timeoutMs, Promise.allSettled(turns.values()));
    const hanging = turns.size > 0;
    if (hanging) {
      log.warn("stopped with turns under way; others will take them over", { turns: turns.size });
      for (const hold of turns.keys()) hold.release();
      await settleWithin(1_000, worker.getBackend().disconnectBlocking(false)); // a forced close leaves it waiting
    }
    await settleWithin(Math.max(1_000, deadline - performance.now()), worker.close(hanging));
  }

  return {
    close: (timeoutMs) => (closing ??= close(timeoutMs)),
    get running() {
      return closing === undefined && worker.isRunning();
    },
  };
}
