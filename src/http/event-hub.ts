import type pg from "pg";
import { messageOf } from "../domain/error.ts";
import type { Log } from "../domain/ports.ts";
import { lastSealedSeq, sealedAfter } from "../store/views/sealed-audit.ts";

/** Something happened: an audit entry without what it says, so that any reader may hear it. */
export interface StreamEvent {
  /** The seal's number: gap-free, so a reader knows what it missed. */
  seq: number;
  action: string;
  caseId: string | null;
  target: string | null;
  at: Date;
}

export interface EventHub {
  /**
   * Hears everything sealed after `after`, then everything new, in order and once. `reset` is called instead of a replay
   * that would be too long, or that no number explains: the reader has to read everything again.
   * @param after null: only what is new.
   * @returns how to stop hearing.
   */
  subscribe(after: number | null, reader: EventReader): Promise<() => void>;
  readonly readers: number;
  stop(): void;
}

export interface EventReader {
  event(event: StreamEvent): void;
  reset(seq: number): void;
}

const pollMs = 500;
const pageSize = 500;
const maxReplay = 1_000;

/** One poll of the seal table for all readers of this process; none while nobody listens. */
export function createEventHub({ pool, log }: { pool: pg.Pool; log: Log }): EventHub {
  const readers = new Set<EventReader>();
  let head = 0;
  let recent: StreamEvent[] = [];
  let timer: NodeJS.Timeout | null = null;
  let polling: Promise<void> | null = null;
  let isStopped = false;

  /** Reads what is new and tells it; calls at the same moment share one read. */
  function poll(): Promise<void> {
    polling ??= readNew().finally(() => (polling = null));
    return polling;
  }

  async function readNew(): Promise<void> {
    if (readers.size === 0) await skipSilence();
    for (;;) {
      const fresh: StreamEvent[] = await sealedAfter(pool, { seq: head, limit: pageSize });
      for (const event of fresh) {
        head = event.seq;
        recent.push(event);
        for (const reader of readers) reader.event(event);
      }
      recent = recent.slice(-maxReplay);
      if (fresh.length < pageSize) return;
    }
  }

  /** While nobody listened, only the latest thousand matter: enough to replay for a reader that was gone briefly. */
  async function skipSilence(): Promise<void> {
    const from = (await lastSealedSeq(pool)) - maxReplay;
    if (from <= head) return;
    head = from;
    recent = [];
  }

  function schedule(): void {
    if (timer !== null || isStopped || readers.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      poll()
        .catch((error: unknown) => log.warn("event stream could not read", { reason: messageOf(error) }))
        .finally(schedule);
    }, pollMs);
    timer.unref();
  }

  return {
    async subscribe(after, reader) {
      await poll();
      // From here to `readers.add` nothing is awaited, so no event can fall between the replay and the first new one.
      const oldest = recent[0]?.seq ?? head + 1;
      if (after !== null && (after > head || after < oldest - 1)) reader.reset(head);
      else if (after !== null) for (const event of recent) if (event.seq > after) reader.event(event);
      readers.add(reader);
      schedule();
      return () => void readers.delete(reader);
    },
    get readers() {
      return readers.size;
    },
    stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      readers.clear();
    },
  };
}
