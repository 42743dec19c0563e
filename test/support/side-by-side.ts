import { atMost } from "./eventually.ts";
import { redisIsAvailable } from "./redis.ts";

export type QueueKind = "postgres" | "redis";

/** A situation on both queues. */
export function onBoth<Situation extends { readonly name: string }>(
  situation: Situation,
): (Situation & { readonly queue: QueueKind })[] {
  return (["postgres", "redis"] as const).map((queue) => onQueue(situation, queue));
}

export function onQueue<Situation extends { readonly name: string }>(
  situation: Situation,
  queue: QueueKind,
): Situation & { readonly queue: QueueKind } {
  return { ...situation, name: `${situation.name}, queue on ${queue}`, queue };
}

/**
 * Tests that mostly wait, for a lock to run out or a sweep to come, played side by side: one test for each, all begun
 * before the first. Call once in a `describe`; `play` asserts as in any test. Without a redis-server the runs on it
 * appear as skipped, and say why.
 */
export function itSideBySide<Run extends { readonly name: string; readonly queue: QueueKind }>(
  runs: readonly Run[],
  play: (run: Run) => Promise<void>,
  { limit = 8, timeoutMs = 300_000 }: { limit?: number; timeoutMs?: number } = {},
): void {
  const possible = runs.filter(({ queue }) => queue !== "redis" || redisIsAvailable);
  const played = new Map<Run, Promise<void>>();
  beforeAll(() => {
    const inTurn = atMost(limit);
    for (const run of possible) {
      const playing = inTurn(() => play(run));
      playing.catch(() => undefined); // its own test reports it
      played.set(run, playing);
    }
  });
  afterAll(async () => void (await Promise.allSettled(played.values())), timeoutMs);

  it.each(possible.map((run) => ({ name: run.name, run })))(
    "$name",
    async ({ run }) => await played.get(run),
    timeoutMs,
  );
  const impossible = runs.filter((run) => !possible.includes(run));
  if (impossible.length > 0)
    it.skip.each(impossible)("$name (SKIPPED: redis-server is not installed)", () => undefined);
}
