/** One figure against its goal, as people and machines read it. */
export interface Row {
  name: string;
  goal: string;
  value: string;
  ok: boolean;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of them lies; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export async function times<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await work(index));
  return results;
}

/** Runs `work` for each index below `count`, `width` at a time; the time of each in ms, and of all together. */
export async function spread(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<{ each: number[]; totalMs: number }> {
  const each: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let index = next++; index < count; index = next++) {
        const from = performance.now();
        await work(index);
        each.push(performance.now() - from);
      }
    }),
  );
  return { each, totalMs: performance.now() - started };
}
