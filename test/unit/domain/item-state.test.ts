import { holdsTheTarget, itemStateOf, needsRevocation } from "../../../src/domain/item-state.ts";
import type { ItemFacts } from "../../../src/domain/item-state.ts";

const found: ItemFacts = { disposition: null, outcome: null, verdict: null, grade: null, looks: 0 };
const task = { what: "Replace DATABASE_URL", owner: "team-data", dueAt: "2026-12-01T00:00:00.000Z" };

describe("the one status of an item", () => {
  it.each<{ name: string; item: Partial<ItemFacts>; state: string; holds: boolean; revoke: boolean }>([
    { name: "found", item: {}, state: "pending", holds: true, revoke: true },
    { name: "revoked, unproven", item: { outcome: "revoked" }, state: "done", holds: true, revoke: false },
    { name: "already gone, unproven", item: { outcome: "already-gone" }, state: "done", holds: true, revoke: false },
    {
      name: "dead in one listing only",
      item: { outcome: "revoked", verdict: "dead", grade: "absence", looks: 1 },
      state: "waiting",
      holds: false,
      revoke: false,
    },
    {
      name: "dead in two listings",
      item: { outcome: "revoked", verdict: "dead", grade: "absence", looks: 2 },
      state: "verified",
      holds: false,
      revoke: false,
    },
    {
      name: "tried and refused once",
      item: { outcome: "revoked", verdict: "dead", grade: "probe", looks: 1 },
      state: "verified",
      holds: false,
      revoke: false,
    },
    {
      name: "still works",
      item: { outcome: "revoked", verdict: "alive", grade: "probe" },
      state: "failed",
      holds: true,
      revoke: true,
    },
    {
      name: "could not check",
      item: { outcome: "revoked", verdict: "unknown", grade: "absence" },
      state: "unknown",
      holds: true,
      revoke: false,
    },
    {
      name: "waiting for a person's work",
      item: { outcome: "pending", verdict: "alive", task },
      state: "blocked",
      holds: true,
      revoke: false,
    },
    {
      name: "refused when tried, after a person's work",
      item: { outcome: "pending", verdict: "dead", grade: "probe", looks: 1, task },
      state: "verified",
      holds: false,
      revoke: false,
    },
    {
      name: "attested after a person's work",
      item: { disposition: "attested", outcome: "pending", verdict: "unknown", task },
      state: "attested",
      holds: false,
      revoke: false,
    },
    {
      name: "still being ended by the target",
      item: { outcome: "pending", verdict: "alive", grade: "absence" },
      state: "failed",
      holds: true,
      revoke: true,
    },
    { name: "cut off", item: { outcome: "cut-off" }, state: "cut-off", holds: false, revoke: false },
    { name: "unsupported", item: { outcome: "unsupported" }, state: "skipped", holds: false, revoke: false },
    { name: "observed", item: { disposition: "observed" }, state: "skipped", holds: false, revoke: false },
    {
      name: "excepted though alive",
      item: { disposition: "excepted", outcome: "revoked", verdict: "alive" },
      state: "excepted",
      holds: false,
      revoke: false,
    },
  ])("I08 $name", ({ item, state, holds, revoke }) => {
    const facts = { ...found, ...item };

    expect(itemStateOf(facts)).toBe(state);
    expect(holdsTheTarget(facts)).toBe(holds);
    expect(needsRevocation(facts)).toBe(revoke);
  });
});
