import type { Finding } from "../../../src/domain/access.ts";
import { newId } from "../../../src/domain/id.ts";
import { itemStateOf } from "../../../src/domain/item-state.ts";
import type { Look, Trouble } from "../../../src/stages/discover/look-for-access.ts";
import type { ItemRow } from "../../../src/store/turn/rows.ts";
import type { TargetTurn } from "../turn.ts";

/** What a look found that the case did not know. */
export function newItems(turn: TargetTurn, look: Look): ItemRow[] {
  const known = new Set(turn.items.map((item) => `${item.kind}\0${item.ref}`));
  const fresh: ItemRow[] = [];
  for (const finding of look.findings) {
    const key = `${finding.kind}\0${finding.ref}`;
    if (known.has(key)) continue;
    known.add(key);
    fresh.push(itemOf(turn, finding));
  }
  return fresh;
}

function itemOf(turn: TargetTurn, finding: Finding): ItemRow {
  const kind = turn.worker.connector.kinds[finding.kind];
  const disposition = turn.target.mode === "observe" ? "observed" : kind?.strategy === "report" ? "reported" : null;
  const facts = { disposition, outcome: null, verdict: null, grade: null, looks: 0 } as const;
  return {
    id: newId(),
    kind: finding.kind,
    ref: finding.ref,
    accountId: finding.accountId,
    label: finding.label,
    holder: finding.holder,
    risk: finding.risk,
    facts: finding.facts,
    createdAtTarget: dateOf(finding.createdAt),
    lastUsedAt: dateOf(finding.lastUsedAt),
    expiresAt: dateOf(finding.expiresAt),
    discoveredAt: turn.stepStartedAt,
    outcomeReason: null,
    requestedAt: null,
    outcomeAt: null,
    revokeStepId: null,
    revokeEvidence: null,
    attempts: 0,
    verdictReason: null,
    verdictAt: null,
    verifyEvidence: null,
    principal: kind?.principal === true && kind.revoke !== undefined, // what cannot go is never due to go
    task: null,
    rotation: null,
    ...facts,
    state: itemStateOf(facts),
  };
}

/** How whole the look was; the certificate says so. */
export function recordInventory(turn: TargetTurn, look: Look): void {
  const partial = look.gaps.length > 0 || look.troubles.length > 0;
  Object.assign(turn.target, {
    inventory: partial ? "partial" : "complete",
    listedAt: turn.stepStartedAt,
    gaps: look.gaps,
  });
}

/** Seals what a later probe needs. An observed target is never probed. */
export async function keepProbes(turn: TargetTurn, look: Look): Promise<void> {
  if (turn.target.mode === "observe") return;
  for (const [finding, material] of look.materials) {
    await turn.deps.vault.put(turn.case.id, turn.target.target, finding, material);
  }
}

/** A trouble as a step records it: codes only, never a target's words. */
export function told({ kind, error }: Trouble): { kind: string; code: string } {
  return { kind, code: error.code };
}

function dateOf(text: string | null): Date | null {
  if (text === null) return null;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}
