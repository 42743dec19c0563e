import { z } from "zod";

/**
 * What the command line reads of the API's answers. Loose on purpose: fields that are not named here may come and go
 * (docs/api/openapi.json has them all); `--json` prints the answer whole.
 */
const text = z.string();
const maybe = z.string().nullable();

export const caseSummary = z.looseObject({
  id: text,
  subject: z.looseObject({ personId: text, userName: text }),
  state: text,
  stateReason: maybe,
  status: z.looseObject({ badge: text, word: text }),
  source: text,
  urgent: z.boolean(),
  openedAt: text,
  completedAt: maybe,
  nextDueAt: maybe,
  items: z.looseObject({ total: z.int(), verifiedDead: z.int(), stillWorks: z.int() }),
  planSha256: text,
});

export const caseItem = z.looseObject({
  id: text,
  target: text,
  kind: text,
  ref: text,
  accountId: text,
  label: text,
  status: z.looseObject({ badge: text, word: text }),
  revocation: z.looseObject({ outcome: maybe, reason: maybe, attempts: z.int() }),
  look: z.looseObject({ verdict: maybe, grade: maybe, reason: maybe, looks: z.int() }),
});

export const caseTarget = z.looseObject({
  target: text,
  connector: text,
  mode: text,
  state: text,
  step: text,
  reasonCode: maybe,
  reason: maybe,
  nextDueAt: maybe,
  freeze: z.looseObject({ state: text, reason: maybe }),
  gaps: z.array(z.looseObject({ kind: text, why: text })),
  accounts: z.array(z.looseObject({ accountId: text, label: text, strength: text, reason: text })),
});

export const caseStep = z.looseObject({
  id: text,
  target: text,
  kind: text,
  result: text,
  startedAt: text,
  endedAt: text,
});

export const question = z.looseObject({
  id: text,
  kind: text,
  caseId: maybe,
  target: maybe,
  text,
  candidates: z.array(z.looseObject({ account: z.looseObject({ id: text, label: text }), reason: text })),
  answers: z.array(text),
});

export const task = z.looseObject({
  id: text,
  caseId: text,
  target: text,
  kind: text,
  label: text,
  what: text,
  owner: text,
  dueAt: text,
});

export const caseDetail = caseSummary.extend({
  verdict: z.looseObject({ headline: text, explanation: text }),
  blockedBy: z.array(z.looseObject({ kind: text, target: maybe, text, who: text, nextTryAt: maybe })),
  approvals: z.looseObject({ needed: z.int(), given: z.array(z.unknown()) }),
  blindSpots: z.array(z.looseObject({ target: text, text })),
  targetList: z.array(caseTarget),
  itemList: z.array(caseItem),
  steps: z.array(caseStep),
  questions: z.array(question),
  certificates: z.array(z.looseObject({ id: text, kind: text, outcome: text, issuedAt: text })),
});

export type CaseSummary = z.output<typeof caseSummary>;
export type CaseDetail = z.output<typeof caseDetail>;
export type CaseItem = z.output<typeof caseItem>;
export type CaseTarget = z.output<typeof caseTarget>;

export function page<Item extends z.ZodType>(item: Item) {
  return z.looseObject({ items: z.array(item), next: z.string().nullable() });
}

/** Cases that nothing more will happen to without somebody. */
export function isEnded(state: string): boolean {
  return state === "complete" || state === "complete_with_exceptions" || state === "cancelled";
}
