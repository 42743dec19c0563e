/**
 * The most calls in any sliding second.
 *
 * @param times epoch milliseconds, in any order.
 */
export function peakPerSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let from = 0;
  return sorted.reduce((peak, time, at) => {
    while ((sorted[from] ?? time) <= time - 1_000) from += 1;
    return Math.max(peak, at - from + 1);
  }, 0);
}

/**
 * Says for one call after another whether it is among an unlucky share, the same ones for the same seed.
 *
 * @param share 0 for none, 1 for all.
 */
export function unluckyShare(share: number, seed: number): () => boolean {
  let state = seed >>> 0;
  return () => {
    // A 32-bit linear congruential generator (Numerical Recipes); its high bits are what is compared.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 < share;
  };
}
