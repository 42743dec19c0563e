import type { Log } from "../../../src/domain/ports.ts";
import { keepLock } from "../../../src/queue/lock-keeper.ts";

// In an ES module this is where Jest hands itself over. @see https://jestjs.io/docs/ecmascript-modules
const { jest: fakes } = import.meta as unknown as { jest: typeof jest };

const nothing = (): void => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, with: () => log };

describe("a job's lock", () => {
  beforeEach(() => fakes.useFakeTimers());
  afterEach(() => fakes.useRealTimers());

  /** Keeps a lock of 30 s; `answers` are what the server says to each renewal, the last one for ever. */
  function keep(...answers: (() => Promise<boolean>)[]): { asked: number[]; lost: string[]; release(): void } {
    const seen = { asked: [] as number[], lost: [] as string[] };
    const start = performance.now();
    const lock = keepLock({
      lengthMs: 30_000,
      renew() {
        seen.asked.push(performance.now() - start);
        const answer = answers[Math.min(seen.asked.length, answers.length) - 1];
        return answer?.() ?? Promise.resolve(true);
      },
      onLost: (reason) => seen.lost.push(reason),
      log,
    });
    return { ...seen, release: () => lock.release() };
  }
  const ours = (): Promise<boolean> => Promise.resolve(true);
  const taken = (): Promise<boolean> => Promise.resolve(false);
  const away = (): Promise<boolean> => Promise.reject(new Error("connection refused"));
  const silence = (): Promise<boolean> => new Promise(() => undefined);

  it("is renewed every third of its length, for as long as the turn takes", async () => {
    const { asked, lost } = keep(ours);

    await fakes.advanceTimersByTimeAsync(100_000);

    expect(asked).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((seconds) => seconds * 1_000));
    expect(lost).toEqual([]);
  });

  it.each([
    { name: "the server says so", answers: [ours, taken], lostAfterMs: 20_000 },
    { name: "it could not be renewed for its whole length", answers: [ours, away], lostAfterMs: 40_000 },
    { name: "the server went silent", answers: [silence], lostAfterMs: 30_000 },
    { name: "it was never renewed", answers: [away], lostAfterMs: 30_000 },
  ])("is lost, once, when $name", async ({ answers, lostAfterMs }) => {
    const { lost } = keep(...answers);

    await fakes.advanceTimersByTimeAsync(lostAfterMs - 1);
    const before = [...lost];
    await fakes.advanceTimersByTimeAsync(1);
    const at = [...lost];
    await fakes.advanceTimersByTimeAsync(120_000);

    expect(before).toEqual([]);
    expect(at).toHaveLength(1);
    expect(lost).toEqual(at);
  });

  it("survives a renewal that failed, when the next one succeeds", async () => {
    const { lost } = keep(away, ours);

    await fakes.advanceTimersByTimeAsync(200_000);

    expect(lost).toEqual([]);
  });

  it("counts from when it asked, not from when the answer came", async () => {
    const slow = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(true), 9_000));
    const { lost } = keep(slow, silence);

    await fakes.advanceTimersByTimeAsync(39_999);
    expect(lost).toEqual([]);
    await fakes.advanceTimersByTimeAsync(1);

    expect(lost).toHaveLength(1);
  });

  it.each([
    { name: "before", answers: [ours] },
    { name: "with an answer under way", answers: [taken] },
  ])("is neither renewed nor reported once released: $name", async ({ answers }) => {
    const lock = keep(...answers);
    fakes.advanceTimersByTime(10_000);

    lock.release();
    await fakes.advanceTimersByTimeAsync(120_000);

    expect(lock.asked).toEqual([10_000]);
    expect(lock.lost).toEqual([]);
  });
});
