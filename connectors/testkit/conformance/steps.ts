import { ConnectorError } from "../../contract/error.ts";
import { randomUUID } from "node:crypto";
import type { Finding, Outcome } from "../../../src/domain/access.ts";
import { noFault } from "../../../src/domain/fault.ts";
import { isRotating, needsRevocation, waitsForPerson } from "../../../src/domain/item-state.ts";
import { decideAfterLook } from "../../../src/domain/target-progress.ts";
import { lookForAccess } from "../../../src/stages/discover/look-for-access.ts";
import type { Look, Trouble } from "../../../src/stages/discover/look-for-access.ts";
import { freezeAccounts } from "../../../src/stages/freeze/freeze-accounts.ts";
import { resolveAccounts } from "../../../src/stages/resolve/resolve-accounts.ts";
import type { Resolution } from "../../../src/stages/resolve/resolve-accounts.ts";
import { revokeItem } from "../../../src/stages/revoke/revoke-item.ts";
import { rotateItem } from "../../../src/stages/revoke/rotate-item.ts";
import { revokeOrder } from "../../../src/stages/revoke/revoke-order.ts";
import type { OpenTarget } from "../../../src/stages/session.ts";
import { lookAgain } from "../../../src/stages/verify/look-again.ts";
import { keyOf } from "./item.ts";
import type { Item } from "./item.ts";
import { commit, looked, newItem, replaced } from "./stored-case.ts";
import type { StoredCase, StoredItem } from "./stored-case.ts";
import type { Match } from "./subject.ts";

export interface StepContext {
  target: OpenTarget;
  stored: StoredCase;
  match: Match;
  /** `observe` looks once and ends there. */
  mode: "enforce" | "observe";
  /** Clean looks that are asked for: the engine asks for two, a watch for one. */
  looks: 1 | 2;
  /** Told of each item before and after it is worked on. */
  onItem?: (item: Item, moment: "before" | "after") => void;
  /** Told when the engine holds everything for ended: first all but the principals, then these as well. */
  onEnded?: () => void;
}

/** How a step ended; `again` means that the engine would try later, from what is stored. */
export type StepEnd =
  | { kind: "next" }
  | { kind: "asked"; question: Extract<Resolution, { kind: "ask" }> }
  | { kind: "again"; why: string; error: ConnectorError | null };

/** One function per step, as in the target worker: each stores its result before the next begins. */
export const steps = { resolve, freeze, discover, revoke, verify } as const;

async function resolve({ target, stored, match, mode }: StepContext): Promise<StepEnd> {
  const { connector, session } = target;
  const resolution = await resolveAccounts(
    target,
    { ...match, links: [], rejected: [], answered: false },
    {
      async principals() {
        const all = [];
        for await (const page of connector.accounts(session)) {
          if (!page.complete) return "incomplete";
          all.push(...page.items);
        }
        return all;
      },
      linkedToOthers: async () => new Set(),
      rivals: async () => [],
    },
  );
  if (resolution.kind === "ask") return { kind: "asked", question: resolution };
  if (resolution.kind === "incomplete") {
    return { kind: "again", why: "the list of accounts was not whole", error: null };
  }
  const accounts = resolution.kind === "none" ? [] : resolution.accounts.map(({ account }) => account);
  commit(stored, { accounts, step: accounts.length === 0 ? "done" : mode === "enforce" ? "freeze" : "discover" });
  return { kind: "next" };
}

async function freeze({ target, stored }: StepContext): Promise<StepEnd> {
  await freezeAccounts({ ...target, accounts: stored.accounts });
  commit(stored, { step: "discover" });
  return { kind: "next" };
}

async function discover({ target, stored, mode }: StepContext): Promise<StepEnd> {
  const look = await lookForAccess({ ...target, accounts: stored.accounts }, stored.items.map(findingOf));
  const items = [...stored.items, ...fresh(target, stored, look)];
  const found = { items, gaps: look.gaps, troubles: look.troubles, sealed: sealedAfter(stored, look) };
  const [trouble] = look.troubles;
  if (mode === "observe") {
    commit(stored, { ...found, step: trouble === undefined ? "done" : "discover" });
    return trouble === undefined ? { kind: "next" } : againAfter(trouble);
  }
  commit(stored, { ...found, step: items.some(needsRevocation) ? "revoke" : "verify" });
  return { kind: "next" };
}

async function revoke({ target, stored, onItem }: StepContext): Promise<StepEnd> {
  const order = revokeOrder(target.connector.kinds);
  const due = stored.items
    .filter(needsRevocation)
    .toSorted((a, b) => order.indexOf(a.finding.kind) - order.indexOf(b.finding.kind));
  const troubles: Trouble[] = [];
  commit(stored, { firstCleanAt: null });
  for (const item of due) {
    onItem?.(item.finding, "before");
    const outcome = await isolated(item.finding.kind, () => end(target, stored, item));
    onItem?.(item.finding, "after");
    if ("error" in outcome) {
      troubles.push(outcome);
      continue;
    }
    const { state, reason = null, task = null } = outcome;
    const { rotation } = present(stored, item);
    const ended = { ...newItem(item.finding, undefined), rotation, outcome: state, outcomeReason: reason, task };
    commit(stored, { items: replaced(stored.items, ended) });
  }
  commit(stored, { step: "verify", troubles });
  const [trouble] = troubles;
  return trouble === undefined ? { kind: "next" } : againAfter(trouble);
}

async function end(target: OpenTarget, stored: StoredCase, item: StoredItem): Promise<Outcome> {
  const { finding } = item;
  if (target.connector.kinds[finding.kind]?.strategy !== "rotate") {
    return revokeItem(target, finding, { preserve: false, deletePrincipals: stored.principalsAreDue });
  }
  const sealedName = (token: string, ref: string): string => `issued/${token}/${ref}`;
  return rotateItem(target, finding, item.rotation, {
    newToken: randomUUID,
    now: () => new Date(),
    fault: noFault,
    async commit(rotation) {
      commit(stored, { items: replaced(stored.items, { ...present(stored, item), rotation }) });
    },
    async firstWriteAt({ since }) {
      const own = stored.intents.filter((intent) => intent.item === keyOf(finding));
      return own.find(({ at }) => at >= new Date(since))?.at ?? null;
    },
    async seal(token, { ref, value }) {
      commit(stored, { sealed: new Map([...stored.sealed, [sealedName(token, ref), value]]) });
    },
    open: async (token, ref) => stored.sealed.get(sealedName(token, ref)) ?? null,
  });
}

async function verify({ target, stored, looks, onEnded }: StepContext): Promise<StepEnd> {
  const lookStartedAt = new Date();
  const look = await lookForAccess({ ...target, accounts: stored.accounts }, stored.items.map(findingOf));
  const sealed = sealedAfter(stored, look);
  const seen: StoredItem[] = [];
  for (const item of stored.items) {
    const isOver = item.disposition !== null || item.outcome === "cut-off" || item.outcome === "unsupported";
    if (isOver || item.outcome === null) seen.push(item);
    else seen.push(looked(item, await lookAgain(target, item.finding, look, sealed.get(keyOf(item.finding)) ?? null)));
  }
  const items = [...seen, ...fresh(target, stored, look)];
  const decision = decideAfterLook({
    items,
    troubled: look.troubles.length > 0,
    lookStartedAt,
    firstCleanAt: stored.firstCleanAt,
    lastFreezeAt: null,
    settledAt: null,
    lookGapMs: 0,
    looksAsked: looks,
  });
  const found = { items, sealed, gaps: look.gaps, troubles: look.troubles };
  switch (decision.kind) {
    case "look-again":
      commit(stored, { ...found, firstCleanAt: decision.firstCleanAt });
      return { kind: "next" };
    case "finished":
      onEnded?.();
      commit(stored, { ...found, ...afterFinish(target, stored, items) });
      return { kind: "next" };
    case "revoke": {
      commit(stored, { ...found, firstCleanAt: null, step: "revoke" });
      // What is still under way there needs time, which the engine would give it.
      const stubborn = seen.filter((item) => item.verdict === "alive" || isRotating(item));
      if (stubborn.length === 0) return { kind: "next" };
      return { kind: "again", why: `still alive: ${stubborn.map(shown).join("; ")}`, error: null };
    }
    case "unsure": {
      commit(stored, { ...found, firstCleanAt: null });
      const [trouble] = look.troubles;
      if (trouble !== undefined) return againAfter(trouble);
      const unknown = seen.filter(({ verdict }) => verdict === "unknown");
      return { kind: "again", why: `unknown: ${unknown.map(shown).join("; ")}`, error: null };
    }
    case "by-hand": {
      // There is no person here: what is theirs to do is taken for attested, so that the rest can end.
      const attested = items.map((item) =>
        waitsForPerson(item) ? { ...item, disposition: "attested" as const } : item,
      );
      commit(stored, { ...found, items: attested });
      return { kind: "next" };
    }
    default:
      return decision satisfies never;
  }
}

/** Once all access has ended, the principals' time comes: the engine waits for `deleteAfter`, the kit does not. */
function afterFinish({ connector }: OpenTarget, stored: StoredCase, items: readonly StoredItem[]) {
  const isPrincipal = ({ finding }: StoredItem): boolean => connector.kinds[finding.kind]?.principal === true;
  if (stored.principalsAreDue || !items.some(isPrincipal)) return { step: "done" } as const;
  const due = items.map((item) => (isPrincipal(item) ? newItem(item.finding, undefined) : item));
  return { items: due, step: "revoke", principalsAreDue: true, firstCleanAt: null } as const;
}

/** Errors that speak of the whole target end the turn, as in the worker; the others are this kind's alone. */
const ofTheTarget: ReadonlySet<string> = new Set([
  "rate-limited",
  "unauthorized",
  "egress-refused",
  "cancelled",
  "write-refused",
]);

/** Runs one item's work; a failure that is only this kind's becomes a trouble, so that the others go on. */
async function isolated<T>(kind: string, work: () => Promise<T>): Promise<T | Trouble> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorError) || ofTheTarget.has(error.code)) throw error;
    return { kind, error };
  }
}

function fresh({ connector }: OpenTarget, stored: StoredCase, look: Look): readonly StoredItem[] {
  const known = new Set(stored.items.map(({ finding }) => keyOf(finding)));
  return look.findings
    .filter((finding) => !known.has(keyOf(finding)) && known.add(keyOf(finding)))
    .map((finding) => newItem(finding, connector.kinds[finding.kind]?.strategy));
}

function sealedAfter(stored: StoredCase, look: Look): StoredCase["sealed"] {
  return new Map([
    ...stored.sealed,
    ...[...look.materials].map(([finding, secret]) => [keyOf(finding), secret] as const),
  ]);
}

/** The item as it is stored now. */
function present({ items }: StoredCase, item: StoredItem): StoredItem {
  return items.find(({ finding }) => keyOf(finding) === keyOf(item.finding)) ?? item;
}

const findingOf = ({ finding }: StoredItem): Finding => finding;

const shown = ({ finding, verdictReason }: StoredItem): string => `${keyOf(finding)} (${verdictReason ?? "?"})`;

function againAfter({ kind, error }: Trouble): StepEnd {
  return { kind: "again", why: `${kind}: ${error.code}: ${error.message}`, error };
}
