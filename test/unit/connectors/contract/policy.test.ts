import * as fc from "fast-check";
import { connectorErrorCodes } from "../../../../connectors/contract/error.ts";
import { backOffMs, nextAttempt, retryPolicy } from "../../../../connectors/contract/policy.ts";
import type { FailureHistory } from "../../../../connectors/contract/policy.ts";

const minute = 60_000;
const hour = 60 * minute;
const now = new Date("2026-11-22T03:00:00.000Z");

const code = fc.constantFrom(...connectorErrorCodes);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const age = fc.integer({ min: 0, max: 40 * 24 * hour });
const failures = fc.nat({ max: 1_000_000 });

function history(failingForMs: number, over: Partial<FailureHistory> = {}): FailureHistory {
  return { failures: 0, failingSince: new Date(now.getTime() - failingForMs), stage: "other", ...over };
}

describe("what follows a failed exchange", () => {
  it("I02 is another attempt, for ever, unless the turn itself was ended", () => {
    fc.assert(
      fc.property(code, failures, age, random, (code, failures, failingForMs, random) => {
        const next = nextAttempt({ code, retryAt: null }, history(failingForMs, { failures }), now, random);

        if (retryPolicy[code] === "stop") return expect(next.at).toBeNull();
        const delayMs = (next.at?.getTime() ?? 0) - now.getTime();
        expect(delayMs).toBeGreaterThanOrEqual(2_000);
        expect(delayMs).toBeLessThanOrEqual(66 * minute);
        if (failingForMs < 24 * hour) expect(delayMs).toBeLessThanOrEqual(18 * minute);
        else expect(delayMs).toBeGreaterThanOrEqual(hour);
      }),
    );
  });

  it("is never before the target wants to be asked again", () => {
    const asked = fc.integer({ min: 0, max: hour });
    fc.assert(
      fc.property(code, asked, age, random, (code, askedMs, failingForMs, random) => {
        const retryAt = new Date(now.getTime() + askedMs);
        const next = nextAttempt({ code, retryAt }, history(failingForMs), now, random);

        if (next.at !== null) expect(next.at.getTime()).toBeGreaterThanOrEqual(retryAt.getTime());
        if (code === "rate-limited") expect(next.at).toEqual(retryAt);
      }),
    );
  });

  it.each(connectorErrorCodes.map((code) => ({ code, decision: retryPolicy[code] })))(
    "is told to a person at once where only one can help: $code, $decision",
    ({ code, decision }) => {
      const { blocked } = nextAttempt({ code, retryAt: null }, history(0), now, 0.5);

      expect(blocked).toBe(["block-target", "ask-a-person", "isolate-kind"].includes(decision));
    },
  );

  it.each([
    { stage: "contain", failingForMs: 15 * minute - 1, blocked: false },
    { stage: "contain", failingForMs: 15 * minute, blocked: true },
    { stage: "other", failingForMs: 4 * hour - 1, blocked: false },
    { stage: "other", failingForMs: 4 * hour, blocked: true },
  ] as const)("is blocked after $failingForMs ms at stage $stage: $blocked", ({ stage, failingForMs, blocked }) => {
    const next = nextAttempt({ code: "unavailable", retryAt: null }, history(failingForMs, { stage }), now, 0.5);

    expect(next.blocked).toBe(blocked);
  });
});

describe("the back-off", () => {
  it("spreads over the whole range below a ceiling that doubles to a quarter of an hour", () => {
    expect([0, 1, 2, 8, 9, 50].map((failures) => backOffMs(failures, 0, 0.999_999_9))).toEqual([
      4_000, 8_000, 16_000, 900_000, 900_000, 900_000,
    ]);
    expect([0, 1, 2, 8, 9, 50].map((failures) => backOffMs(failures, 0, 0))).toEqual(Array(6).fill(2_000));
  });

  it("never shortens with the number of failures", () => {
    fc.assert(
      fc.property(failures, random, (failures, random) => {
        expect(backOffMs(failures + 1, 0, random)).toBeGreaterThanOrEqual(backOffMs(failures, 0, random));
      }),
    );
  });

  it("is not shortened by a clock that was set back", () => {
    const future = { failures: 3, failingSince: new Date(now.getTime() + 10 * hour), stage: "other" } as const;

    expect(nextAttempt({ code: "unavailable", retryAt: null }, future, now, 0)).toMatchObject({ blocked: false });
  });
});
