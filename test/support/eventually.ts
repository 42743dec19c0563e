import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks until something is there. A look that throws counts as "not yet": servers die and come back in these tests.
 * @throws with what was waited for, and the last failure, when it is not there in time.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  { withinMs = 50_000, everyMs = 100 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown = null;
  while (performance.now() < deadline) {
    try {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
      last = null;
    } catch (error) {
      last = error;
    }
    await sleep(everyMs);
  }
  throw new Error(`did not come within ${withinMs / 1_000} s: ${what}`, { cause: last });
}

/** Runs at most so many of the given works at a time; the others wait their turn. */
export function atMost(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next(); // the place is handed on
    }
  };
}
