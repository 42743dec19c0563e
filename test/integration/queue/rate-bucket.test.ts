import { Redis } from "ioredis";
import {
  acquire,
  openRateBucket,
  type Rate,
  type RateBucket,
  type Reservation,
} from "../../../src/queue/rate-bucket.ts";
import { useDatabase } from "../../support/database.ts";
import { describeWithRedis, useRedis } from "../../support/redis.ts";

/** Opens one more client of the same server, as another worker process would. */
type OpenClient = () => RateBucket;

/** The server, behind the bucket's back. */
interface Behind {
  setAhead: (key: string, aheadMs: number) => Promise<void>;
  clockMs: () => Promise<number>;
}

describeWithRedis("rate bucket on redis", () => {
  const server = useRedis();
  const clients: Redis[] = [];
  bucketTests(
    () => {
      const redis = new Redis(server.url);
      clients.push(redis);
      return openRateBucket({ redis });
    },
    {
      setAhead: async (key, aheadMs) => {
        await clients[0]?.set(`lastday-rate:${key}`, String((Date.now() + aheadMs) * 1_000));
      },
      clockMs: async () => {
        const [seconds, micros] = (await clients[0]?.time()) ?? [];
        return Number(seconds) * 1_000 + Number(micros) / 1_000;
      },
    },
  );
  afterEach(() => clients.splice(0).forEach((redis) => redis.disconnect()));
});

describe("rate bucket on postgres", () => {
  const database = useDatabase({ migrated: false });
  beforeAll(() =>
    database.pool.query("create table if not exists rate_bucket (key text primary key, tat timestamptz not null)"),
  );
  bucketTests(() => openRateBucket({ pool: database.pool }), {
    setAhead: async (key, aheadMs) => {
      await database.pool.query("insert into rate_bucket values ($1, now() + $2 * interval '1 ms')", [key, aheadMs]);
    },
    clockMs: async () => {
      const { rows } = await database.pool.query("select extract(epoch from clock_timestamp()) * 1000 as ms");
      return Number(rows[0].ms);
    },
  });
});

let keys = 0;
const freshKey = (): string => `key-${process.pid}-${(keys += 1)}`;

function bucketTests(client: OpenClient, { setAhead, clockMs }: Behind): void {
  it.each<Rate>([
    { perSecond: 50, burst: 1 },
    { perSecond: 50, burst: 10 },
    { perSecond: 8, burst: 3 },
    { perSecond: 500, burst: 1 },
  ])("T51 four workers together never book more than $perSecond per second and $burst at once", async (rate) => {
    const key = freshKey();
    const slots: number[] = [];
    let turnedAway = 0;
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const bucket = client();
        for (let tries = 0; tries < 60; tries += 1) {
          const reservation = await bucket.reserve(key, rate);
          if (reservation.kind === "full") turnedAway += 1;
          else slots.push(reservation.slotMs);
        }
      }),
    );

    slots.sort((one, other) => one - other);
    expect(slots.length).toBeGreaterThanOrEqual(Math.min(240, rate.perSecond));
    expect(mostWithin(1_000, slots)).toBeLessThanOrEqual(rate.perSecond + rate.burst);
    expect(mostWithin(1_000 / rate.perSecond / 2, slots)).toBeLessThanOrEqual(rate.burst);
    expect(turnedAway > 0).toBe(rate.perSecond < 100);
  });

  it("books nothing more than two seconds ahead, and says when to ask again", async () => {
    const bucket = client();
    const key = freshKey();
    const rate = { perSecond: 0.6, burst: 1 }; // a slot each 1,667 ms

    const answers = [];
    for (let tries = 0; tries < 4; tries += 1) answers.push(await bucket.reserve(key, rate));

    const [now, later, ...tooLate] = answers;
    expect(now).toMatchObject({ kind: "go", waitMs: 0 });
    expect(later?.kind === "go" && Math.ceil(later.waitMs / 1_667)).toBe(1);
    expect(tooLate.map((answer) => answer.kind === "full" && Math.ceil(answer.retryInMs / 1_334))).toEqual([1, 1]);
  });

  it("gives the burst at once and spaces what follows", async () => {
    const bucket = client();
    const key = freshKey();

    const answers = [];
    for (let tries = 0; tries < 6; tries += 1) answers.push(await bucket.reserve(key, { perSecond: 1, burst: 4 }));

    const waits = answers.map((answer) => (answer.kind === "go" ? Math.ceil(answer.waitMs / 1_000) : Number.NaN));
    expect(waits).toEqual([0, 0, 0, 0, 1, 2]);
  });

  it("keeps the keys apart", async () => {
    const bucket = client();
    const rate = { perSecond: 0.1, burst: 1 };

    const answers = [await bucket.reserve(freshKey(), rate), await bucket.reserve(freshKey(), rate)];

    expect(answers).toMatchObject([
      { kind: "go", waitMs: 0 },
      { kind: "go", waitMs: 0 },
    ]);
  });

  it("does not stay shut when the server's clock is set back", async () => {
    const bucket = client();
    const key = freshKey();
    await setAhead(key, 3_600_000);

    const first = await bucket.reserve(key, { perSecond: 10, burst: 1 });
    const second = await bucket.reserve(key, { perSecond: 10, burst: 1 });

    expect(first.kind).toBe("go");
    expect(second).toMatchObject({ kind: "full" });
    expect(second.kind === "full" && second.retryInMs).toBeLessThanOrEqual(100);
  });

  it("lets a waiting caller through when its slot has come, in a bucket that was full", async () => {
    const bucket = client();
    const key = freshKey();
    const rate = { perSecond: 4, burst: 1 };
    while ((await bucket.reserve(key, rate)).kind === "go");
    const answers: Reservation[] = [];
    const watched: RateBucket = {
      async reserve(...asked) {
        const answer = await bucket.reserve(...asked);
        answers.push(answer);
        return answer;
      },
    };

    await acquire(watched, key, rate, new AbortController().signal);
    const passedAt = answers.at(-1);

    expect(answers.map(({ kind }) => kind)).toEqual([...answers.slice(1).map(() => "full"), "go"]);
    expect(answers.length).toBeGreaterThan(1);
    expect(passedAt?.kind === "go" && passedAt.slotMs).toBeLessThanOrEqual(await clockMs());
  });

  it("stops waiting when it is aborted, before and while it waits", async () => {
    const bucket = client();
    const key = freshKey();
    const rate = { perSecond: 0.6, burst: 1 };
    await bucket.reserve(key, rate);
    const abort = new AbortController();

    const booked = acquire(bucket, key, rate, abort.signal);
    const turnedAway = acquire(bucket, key, rate, abort.signal);
    setTimeout(() => abort.abort(), 50);

    await expect(booked).rejects.toMatchObject({ name: "AbortError" });
    await expect(turnedAway).rejects.toMatchObject({ name: "AbortError" });
    await expect(acquire(bucket, key, rate, abort.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each([
    { perSecond: 0, burst: 1 },
    { perSecond: Number.NaN, burst: 1 },
    { perSecond: 1, burst: 0 },
  ])("refuses a rate of $perSecond per second and $burst at once", async (rate) => {
    await expect(client().reserve(freshKey(), rate)).rejects.toBeInstanceOf(RangeError);
  });
}

/** The most slots that lie in any window of this length. */
function mostWithin(lengthMs: number, sorted: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, slot] of sorted.entries()) {
    while (slot - (sorted[first] ?? slot) >= lengthMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
