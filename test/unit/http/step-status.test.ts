import type { ItemView, TargetView } from "../../../src/http/views/case-schema.ts";
import { targetProgressOf } from "../../../src/http/views/step-status.ts";

const target: TargetView = {
  target: "gateway",
  connector: "gateway-keys",
  connectorVersion: "1.0.0",
  mode: "enforce",
  state: "running",
  step: "resolve",
  reasonCode: null,
  reason: null,
  nextDueAt: null,
  attempts: 0,
  failingSince: null,
  freeze: { state: "not-yet", reason: null, at: null },
  looks: 0,
  inventory: null,
  gaps: [],
  finishedAt: null,
  accounts: [],
};

function item(badge: ItemView["status"]["badge"], outcome: ItemView["revocation"]["outcome"] = "revoked"): ItemView {
  return {
    id: "0195f0c0-0000-7000-8000-000000000000",
    target: "gateway",
    kind: "key-auth",
    ref: "r",
    accountId: "a",
    label: "key …9f2c",
    holder: "owned",
    risk: "write",
    createdAtTarget: null,
    lastUsedAt: null,
    expiresAt: null,
    discoveredAt: "2026-11-22T10:00:00.000Z",
    status: { badge, word: badge },
    disposition: null,
    task: null,
    revocation: { outcome, reason: null, at: null, attempts: 1, evidence: null },
    look: { verdict: null, grade: null, reason: null, at: null, looks: 0, evidence: null },
  };
}

it.each<{ name: string; target: Partial<TargetView>; items: ItemView[]; words: [string, string, string] }>([
  { name: "not begun", target: { state: "pending" }, items: [], words: ["Not started", "After find", "After revoke"] },
  { name: "looking", target: { step: "discover" }, items: [], words: ["Looking", "After find", "After revoke"] },
  {
    name: "a refused token while looking",
    target: { step: "freeze", state: "blocked" },
    items: [],
    words: ["Needs you", "After find", "After revoke"],
  },
  {
    name: "revoking",
    target: { step: "revoke" },
    items: [item("pending", null)],
    words: ["Found 1", "Revoking", "After revoke"],
  },
  {
    name: "revoked, looking again",
    target: { step: "verify" },
    items: [item("done")],
    words: ["Found 1", "Revoked", "Looking again"],
  },
  {
    name: "waiting to settle",
    target: { step: "verify", state: "waiting" },
    items: [item("done")],
    words: ["Found 1", "Revoked", "Waiting"],
  },
  {
    name: "one survived",
    target: { step: "verify" },
    items: [item("verified"), item("failed")],
    words: ["Found 2", "Revoked", "Still works"],
  },
  {
    name: "one survived and is revoked again",
    target: { step: "revoke" },
    items: [item("failed")],
    words: ["Found 1", "Revoking", "Still works"],
  },
  {
    name: "a look that failed is no sign of life",
    target: { step: "verify", state: "retrying" },
    items: [item("unknown")],
    words: ["Found 1", "Revoked", "Could not check"],
  },
  {
    name: "done",
    target: { step: "done", state: "finished" },
    items: [item("verified")],
    words: ["Found 1", "Revoked", "Verified dead"],
  },
  {
    name: "nothing there",
    target: { step: "done", state: "finished" },
    items: [],
    words: ["Nothing found", "Nothing to revoke", "Listed twice, nothing"],
  },
  {
    name: "one cannot be revoked",
    target: { step: "done", state: "finished" },
    items: [item("verified"), item("skipped", "unsupported")],
    words: ["Found 2", "Revoked 1 of 2", "With exceptions"],
  },
  {
    name: "only observed",
    target: { step: "done", state: "finished", mode: "observe" },
    items: [item("skipped", null)],
    words: ["Found 1", "Only observed", "Only observed"],
  },
  {
    name: "a listing that failed",
    target: { step: "verify", inventory: "failed" },
    items: [],
    words: ["Could not look", "Nothing to revoke", "Looking again"],
  },
])("find, revoke, verify: $name", ({ target: changed, items, words }) => {
  const { find, revoke, verify } = targetProgressOf({ ...target, ...changed }, items);
  expect([find.word, revoke.word, verify.word]).toEqual(words);
});
