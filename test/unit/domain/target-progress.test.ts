import fc from "fast-check";
import type { ItemFacts } from "../../../src/domain/item-state.ts";
import { decideAfterLook } from "../../../src/domain/target-progress.ts";
import type { LookInput } from "../../../src/domain/target-progress.ts";

const t = (ms: number): Date => new Date(Date.UTC(2026, 10, 22) + ms);
const dead: ItemFacts = { disposition: null, outcome: "revoked", verdict: "dead", grade: "absence", looks: 1 };
const alive: ItemFacts = { ...dead, verdict: "alive", looks: 0 };
const unsure: ItemFacts = { ...dead, verdict: "unknown", looks: 0 };
const untouched: ItemFacts = { disposition: null, outcome: null, verdict: null, grade: null, looks: 0 };
const task = { what: "Replace DATABASE_URL", owner: "team-data", dueAt: "2026-12-01T00:00:00.000Z" };
const byHand: ItemFacts = { ...unsure, outcome: "pending", task };

const clean: LookInput = {
  items: [dead],
  troubled: false,
  lookStartedAt: t(20_000),
  firstCleanAt: t(10_000),
  lastFreezeAt: t(1_000),
  settledAt: t(5_000),
  lookGapMs: 5_000,
  looksAsked: 2,
};

describe("what a target does after a look", () => {
  it.each<{ name: string; input: Partial<LookInput>; kind: string }>([
    { name: "two clean looks end it", input: {}, kind: "finished" },
    { name: "nothing found twice ends it too", input: { items: [] }, kind: "finished" },
    { name: "one clean look asks for a second", input: { firstCleanAt: null }, kind: "look-again" },
    { name: "looks too close together do not count twice", input: { lookStartedAt: t(12_000) }, kind: "look-again" },
    { name: "what still works is revoked again", input: { items: [dead, alive] }, kind: "revoke" },
    { name: "what is newly found is revoked", input: { items: [untouched] }, kind: "revoke" },
    { name: "an unknown verdict is no clean look", input: { items: [dead, unsure] }, kind: "unsure" },
    { name: "what only a person can end waits for that person", input: { items: [dead, byHand] }, kind: "by-hand" },
    { name: "a person's work does not hide what is unsure", input: { items: [byHand, unsure] }, kind: "unsure" },
    { name: "a person's work keeps nothing else from being ended", input: { items: [byHand, alive] }, kind: "revoke" },
    { name: "a kind that could not be looked at is no clean look", input: { troubled: true }, kind: "unsure" },
    {
      name: "a freeze elsewhere after the first look voids it",
      input: { lastFreezeAt: t(15_000) },
      kind: "look-again",
    },
    { name: "a freeze elsewhere during this look voids both", input: { lastFreezeAt: t(20_000) }, kind: "look-again" },
    { name: "a write after the first look voids it", input: { settledAt: t(11_000) }, kind: "look-again" },
    { name: "a watch asks for one look", input: { firstCleanAt: null, looksAsked: 1 }, kind: "finished" },
    {
      name: "what is only cut off, reported or excepted holds nothing",
      input: {
        items: [
          { ...untouched, outcome: "cut-off" },
          { ...untouched, outcome: "unsupported" },
          { ...untouched, disposition: "reported" },
          { ...alive, disposition: "excepted" },
        ],
      },
      kind: "finished",
    },
  ])("I08 $name", ({ input, kind }) => {
    expect(decideAfterLook({ ...clean, ...input })).toMatchObject({ kind });
  });

  it("I09 is never finished while anything is alive, unknown, untouched or unseen, or a look is too early", () => {
    const instant = fc.integer({ min: 0, max: 40_000 }).map(t);
    const item = fc.constantFrom(dead, alive, unsure, untouched, byHand);
    const input = fc.record<LookInput>({
      items: fc.array(item, { maxLength: 6 }),
      troubled: fc.boolean(),
      lookStartedAt: instant,
      firstCleanAt: fc.option(instant),
      lastFreezeAt: fc.option(instant),
      settledAt: fc.option(instant),
      lookGapMs: fc.constantFrom(0, 1_000, 5_000),
      looksAsked: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(input, (look) => {
        const decision = decideAfterLook(look);
        if (decision.kind !== "finished") return;
        expect(look.items.every((one) => one.verdict === "dead")).toBe(true);
        expect(look.troubled).toBe(false);
        for (const event of [look.lastFreezeAt, look.settledAt]) {
          if (event !== null) expect(decision.firstCleanAt.getTime()).toBeGreaterThan(event.getTime());
        }
        if (look.looksAsked === 2) {
          const gap = decision.secondCleanAt.getTime() - decision.firstCleanAt.getTime();
          expect(gap).toBeGreaterThanOrEqual(look.lookGapMs);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("I17 always ends once the target is clean and quiet", () => {
    const input = { ...clean, firstCleanAt: null as Date | null };
    let at = 0;
    for (let looks = 1; looks <= 4; looks += 1) {
      at += 10_000;
      const decision = decideAfterLook({ ...input, lookStartedAt: t(at) });
      if (decision.kind === "finished") return;
      expect(decision.kind).toBe("look-again");
      if (decision.kind === "look-again") input.firstCleanAt = decision.firstCleanAt;
    }
    throw new Error("four clean looks did not end it");
  });
});
