import { type Log } from "../domain/ports.ts";
import { messageOf } from "../domain/error.ts";

/**
 * Holds a job's lock for one turn: renews it every third of its length and reports, once, that it is lost, be it taken
 * by another worker, wiped, or not renewable for a whole length (server away, process stopped). BullMQ's own renewal is
 * off: it keeps jobs by id, so two turns of one job in one process (the second after a lost lock) would end the
 * renewal of each other, and it says nothing while the server is away.
 */
export function keepLock(lock: {
  lengthMs: number;
  /** Asks for another whole length; false when the lock is not ours any more. */
  renew: () => Promise<boolean>;
  onLost: (reason: string) => void;
  log: Log;
}): { release(): void } {
  let ended = false;
  let asking = false;
  const lose = (reason: string): void => {
    if (ended) return;
    release();
    lock.onLost(reason);
  };
  const expireIn = (ms: number): NodeJS.Timeout => setTimeout(() => lose("could not be renewed in time"), ms);

  let expiry = expireIn(lock.lengthMs);
  const beat = setInterval(() => void renew(), lock.lengthMs / 3);

  async function renew(): Promise<void> {
    if (asking) return;
    asking = true;
    const askedAt = performance.now();
    try {
      const ours = await lock.renew();
      if (ended) return;
      if (!ours) return lose("is held by another worker or was wiped");
      clearTimeout(expiry);
      expiry = expireIn(askedAt + lock.lengthMs - performance.now());
    } catch (error) {
      lock.log.warn("job lock renewal failed, will try again", { error: messageOf(error) });
    } finally {
      asking = false;
    }
  }

  function release(): void {
    ended = true;
    clearInterval(beat);
    clearTimeout(expiry);
  }
  return { release };
}
