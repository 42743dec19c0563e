import type { CaseDetail, CaseItem, CaseTarget } from "../../../src/cli/api/views.ts";

export function aTarget(part: Partial<CaseTarget>): CaseTarget {
  return {
    target: "gw",
    connector: "gateway-keys",
    mode: "enforce",
    state: "running",
    step: "resolve",
    reasonCode: null,
    reason: null,
    nextDueAt: null,
    freeze: { state: "not-yet", reason: null },
    gaps: [],
    accounts: [],
    ...part,
  };
}

export function anItem(part: Partial<CaseItem>): CaseItem {
  return {
    id: "i1",
    target: "gw",
    kind: "key-auth",
    ref: "r1",
    accountId: "c1",
    label: "API key 1",
    status: { badge: "pending", word: "Not started" },
    revocation: { outcome: null, reason: null, attempts: 0 },
    look: { verdict: null, grade: null, reason: null, looks: 0 },
    ...part,
  };
}

export function aCase(part: Partial<CaseDetail>): CaseDetail {
  return {
    id: "019a8f00-0000-7000-8000-000000000001",
    subject: { personId: "019a8f00-0000-7000-8000-0000000000aa", userName: "sam@example.com" },
    state: "open",
    stateReason: null,
    status: { badge: "running", word: "Running" },
    source: "okta",
    urgent: false,
    openedAt: "2026-11-22T03:00:00.000Z",
    completedAt: null,
    nextDueAt: null,
    items: { total: 0, verifiedDead: 0, stillWorks: 0 },
    planSha256: "0".repeat(64),
    verdict: { headline: "Not gone yet", explanation: "Still looking." },
    blockedBy: [],
    approvals: { needed: 2, given: [] },
    blindSpots: [],
    targetList: [],
    itemList: [],
    steps: [],
    questions: [],
    certificates: [],
    ...part,
  };
}
