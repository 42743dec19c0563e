/**
 * How fast we may call a vendor: a generic cell rate algorithm, one bucket per target credential, shared by all workers
 * and kept on the server's clock. BullMQ's own limiter counts in fixed windows, which lets twice the rate through a
 * sliding second; this one spaces every call.
 * @see ITU-T I.371, annex A.1 (GCRA, virtual scheduling)
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Pool } from "pg";

export interface Rate {
  /** Calls per second in the long run; may be below 1. */
  perSecond: number;
  /** Calls that may start at once after a pause; 1 spaces every call. */
  burst: number;
}

/**
 * `go`: a slot is booked, start in `waitMs`; `slotMs` is that moment on the server's clock, in ms since the epoch.
 * `full`: the next slot is more than 2 s ahead and nothing was booked; ask again in `retryInMs`.
 */
export type Reservation = { kind: "go"; waitMs: number; slotMs: number } | { kind: "full"; retryInMs: number };

export interface RateBucket {
  /** Books the next slot of this key, at most 2 s ahead. A slot that is not used is lost. */
  reserve(key: string, rate: Rate): Promise<Reservation>;
}

/** A caller that dies takes at most this much of the vendor's quota with it, and an urgent case waits no longer than this. */
const horizonMs = 2_000;

/** On PostgreSQL it uses the table `rate_bucket (key text primary key, tat timestamptz not null)`. */
export function openRateBucket(server: { redis: Redis } | { pool: Pool }): RateBucket {
  return "redis" in server ? redisBucket(server.redis) : postgresBucket(server.pool);
}

/**
 * Waits until a slot of its own has come.
 * @throws {DOMException} `AbortError` as soon as the signal is aborted; a slot booked by then is lost.
 */
export async function acquire(bucket: RateBucket, key: string, rate: Rate, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const reservation = await bucket.reserve(key, rate);
    if (reservation.kind === "go") {
      await sleep(Math.ceil(reservation.waitMs), undefined, { signal });
      return;
    }
    // Those who were turned away together must not come back together.
    await sleep(Math.ceil(reservation.retryInMs + Math.random() * 100), undefined, { signal });
  }
}

/** Microseconds between two calls, and how far ahead of the clock a bucket may run before a call has to wait. */
function cells({ perSecond, burst }: Rate): { interval: number; tolerance: number } {
  if (!(perSecond > 0) || !(burst >= 1)) throw new RangeError("a rate needs perSecond > 0 and burst >= 1");
  const interval = Math.max(1, Math.round(1_000_000 / perSecond));
  return { interval, tolerance: Math.round((Math.floor(burst) - 1) * interval) };
}

/**
 * `tat` is the theoretical arrival time: when the next call would be due if calls came evenly. One that lies further
 * ahead than any booking could have put it (the clock was set back, or the rate raised) is pulled in, so that a bucket
 * cannot stay shut.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local every, tolerance, horizon = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local latest = now + horizon + tolerance
local tat = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
if tat > latest + every then tat = latest end
if tat > latest then return {0, tat - latest, 0} end
redis.call('SET', KEYS[1], string.format('%.0f', tat + every), 'PX', math.ceil((tat + every - now) / 1000) + 1000)
local wait = math.max(0, tat - tolerance - now)
return {1, wait, now + wait}`;

function redisBucket(redis: Redis): RateBucket {
  return {
    async reserve(key, rate) {
      const { interval, tolerance } = cells(rate);
      const answer = await redis.eval(script, 1, `lastday-rate:${key}`, interval, tolerance, horizonMs * 1_000);
      const [booked, waitUs, slotUs] = (answer as unknown[]).map(Number);
      return reservation(booked === 1, Number(waitUs) / 1_000, Number(slotUs) / 1_000);
    },
  };
}

/**
 * The same in one statement: $2 every, $3 tolerance, $4 horizon + tolerance. The row lock of the upsert puts the workers
 * in line, and the clock is read once it is held (`clock_timestamp()`, not the statement's time). No row from the upsert
 * means that nothing was booked.
 */
const upsert = `
  WITH booked AS (
    INSERT INTO rate_bucket AS bucket (key, tat) VALUES ($1, clock_timestamp() + $2::interval)
    ON CONFLICT (key) DO UPDATE
       SET tat = $2::interval + CASE
             WHEN bucket.tat > clock_timestamp() + $4::interval + $2::interval THEN clock_timestamp() + $4::interval
             ELSE greatest(clock_timestamp(), bucket.tat) END
     WHERE bucket.tat <= clock_timestamp() + $4::interval
        OR bucket.tat > clock_timestamp() + $4::interval + $2::interval
    RETURNING greatest(clock_timestamp(), tat - $2::interval - $3::interval) AS slot, clock_timestamp() AS now
  )
  SELECT true AS booked, extract(epoch FROM slot - now) * 1000 AS "waitMs", extract(epoch FROM slot) * 1000 AS "slotMs"
    FROM booked
  UNION ALL
  SELECT false, extract(epoch FROM tat - clock_timestamp() - $4::interval) * 1000, 0
    FROM rate_bucket WHERE key = $1 AND NOT EXISTS (SELECT FROM booked)`;

function postgresBucket(pool: Pool): RateBucket {
  return {
    async reserve(key, rate) {
      const { interval, tolerance } = cells(rate);
      const { rows } = await pool.query<{ booked: boolean; waitMs: string; slotMs: string }>(upsert, [
        key,
        `${interval} microseconds`,
        `${tolerance} microseconds`,
        `${horizonMs * 1_000 + tolerance} microseconds`,
      ]);
      const [row] = rows;
      // No row at all: the bucket was made between the upsert's look and ours. Its first slot is near.
      if (row === undefined) return { kind: "full", retryInMs: 1 };
      return reservation(row.booked, Number(row.waitMs), Number(row.slotMs));
    },
  };
}

function reservation(booked: boolean, ms: number, slotMs: number): Reservation {
  return booked ? { kind: "go", waitMs: Math.max(0, ms), slotMs } : { kind: "full", retryInMs: Math.max(1, ms) };
}
