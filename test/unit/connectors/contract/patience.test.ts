import fc from "fast-check";
import { ConnectorError, connectorErrorCodes } from "../../../../connectors/contract/error.ts";
import type { ConnectorErrorCode } from "../../../../connectors/contract/error.ts";
import { pauseBeforeResend } from "../../../../connectors/contract/patience.ts";

const now = new Date("2026-11-24T12:00:00.000Z");
const failed = (code: ConnectorErrorCode, retryInMs?: number) =>
  new ConnectorError(code, "it failed", {
    target: "aws",
    retryAt: retryInMs === undefined ? null : new Date(now.getTime() + retryInMs),
  });
const ask = (thrown: unknown, more: Partial<Parameters<typeof pauseBeforeResend>[1]> = {}) =>
  pauseBeforeResend(thrown, { attempt: 0, leftMs: 60_000, now, random: 0.5, ...more });

describe("how long a throttled call waits within its step", () => {
  it.each([
    { name: "no wish is the host's own short pause", thrown: failed("rate-limited"), pause: 150 },
    { name: "a wish within 2 s is obeyed to the millisecond", thrown: failed("rate-limited", 1_500), pause: 1_500 },
    { name: "a wish that has passed already is a short pause too", thrown: failed("rate-limited", -5_000), pause: 150 },
    { name: "a wish to come back at once is a short pause too", thrown: failed("rate-limited", 0), pause: 150 },
    { name: "a longer wish is the queue's", thrown: failed("rate-limited", 2_001), pause: null },
    { name: "what is no throttling is the engine's", thrown: failed("unavailable", 100), pause: null },
    { name: "what is no connector's error is nobody's here", thrown: new Error("ours"), pause: null },
  ])("F06 $name", ({ thrown, pause }) => {
    expect(ask(thrown)).toBe(pause);
  });

  it("F06 ends with the operation's patience", () => {
    expect(ask(failed("rate-limited", 1_500), { leftMs: 1_499 })).toBeNull();
    expect(ask(failed("rate-limited"), { leftMs: 0 })).toBeNull();
  });

  it("T51 never sends before the target's own time, never later than 2 s, and nothing but throttling again", () => {
    const code = fc.constantFrom(...connectorErrorCodes);
    const wish = fc.option(fc.integer({ min: -10_000, max: 10_000 }), { nil: undefined });
    fc.assert(
      fc.property(code, wish, fc.nat(100), fc.nat(60_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (...one) => {
        const [code, retryInMs, attempt, leftMs, random] = one;
        const pause = ask(failed(code, retryInMs), { attempt, leftMs, random });
        if (pause === null) return;
        expect(code).toBe("rate-limited");
        expect(pause).toBeGreaterThanOrEqual(Math.max(100, retryInMs ?? 0));
        expect(pause).toBeLessThanOrEqual(Math.min(2_000, leftMs));
      }),
    );
  });
});
