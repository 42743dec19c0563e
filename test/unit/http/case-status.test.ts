import fc from "fast-check";
import { caseStates } from "../../../src/domain/case.ts";
import { caseStatusOf } from "../../../src/store/views/case-status.ts";
import type { CaseStatusFacts } from "../../../src/store/views/case-status.ts";

const open: CaseStatusFacts = { state: "open", stateReason: null, paused: false, targets: {}, items: {} };

describe("the one status of a case", () => {
  it.each<{ name: string; facts: Partial<CaseStatusFacts>; badge: string; word: string }>([
    { name: "nothing begun", facts: { targets: { pending: 2 } }, badge: "pending", word: "Not started" },
    { name: "one target at work", facts: { targets: { pending: 1, running: 1 } }, badge: "running", word: "Running" },
    {
      name: "one done, one not begun",
      facts: { targets: { pending: 1, finished: 1 } },
      badge: "running",
      word: "Running",
    },
    { name: "all targets done", facts: { targets: { finished: 2 } }, badge: "running", word: "Certifying" },
    {
      name: "waiting beats running",
      facts: { targets: { running: 1, waiting: 1 } },
      badge: "waiting",
      word: "Waiting",
    },
    {
      name: "retrying beats waiting",
      facts: { targets: { retrying: 1, waiting: 1 } },
      badge: "retrying",
      word: "Retrying",
    },
    {
      name: "not checkable beats retrying",
      facts: { targets: { retrying: 1 }, items: { unknown: 1 } },
      badge: "unknown",
      word: "Could not check",
    },
    {
      name: "a blocked target needs somebody",
      facts: { targets: { blocked: 1, running: 3 } },
      badge: "blocked",
      word: "Needs you",
    },
    {
      name: "a question needs somebody",
      facts: { targets: { awaiting_approval: 1 } },
      badge: "blocked",
      word: "Needs you",
    },
    { name: "paused", facts: { paused: true, targets: { running: 1 } }, badge: "blocked", word: "Paused" },
    {
      name: "what still works beats all",
      facts: { paused: true, state: "blocked", items: { failed: 1, verified: 9 } },
      badge: "failed",
      word: "Still works",
    },
    {
      name: "held by the guard",
      facts: { state: "awaiting_approval", stateReason: "guard" },
      badge: "blocked",
      word: "Needs approval",
    },
    {
      name: "first seen gone",
      facts: { state: "awaiting_approval", stateReason: "first-seen-gone" },
      badge: "blocked",
      word: "Needs an answer",
    },
    {
      name: "complete",
      facts: { state: "complete", targets: { finished: 2 } },
      badge: "verified",
      word: "Verified dead",
    },
    {
      name: "with exceptions",
      facts: { state: "complete_with_exceptions" },
      badge: "excepted",
      word: "Done, with exceptions",
    },
    { name: "scheduled", facts: { state: "scheduled" }, badge: "waiting", word: "Scheduled" },
    {
      name: "cancelled while something works",
      facts: { state: "cancelled", items: { failed: 1 } },
      badge: "skipped",
      word: "Cancelled",
    },
  ])("$name", ({ facts, badge, word }) => {
    expect(caseStatusOf({ ...open, ...facts })).toEqual({ badge, word });
  });

  it("T48 says verified for no state but complete, whatever targets and items say", () => {
    const count = fc.nat(3);
    fc.assert(
      fc.property(
        fc.constantFrom(...caseStates.filter((state) => state !== "complete")),
        fc.record({ pending: count, running: count, waiting: count, retrying: count, blocked: count, finished: count }),
        fc.record({ verified: count, failed: count, unknown: count, done: count }),
        (state, targets, items) => caseStatusOf({ ...open, state, targets, items }).badge !== "verified",
      ),
    );
  });
});
