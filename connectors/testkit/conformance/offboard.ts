import { setTimeout as sleep } from "node:timers/promises";
import { ConnectorError } from "../../contract/error.ts";
import type { Opened } from "./host.ts";
import { steps } from "./steps.ts";
import type { StepContext, StepEnd } from "./steps.ts";
import { keyOf } from "./item.ts";
import type { Item } from "./item.ts";
import { commit } from "./stored-case.ts";
import type { StoredCase } from "./stored-case.ts";
import type { Match } from "./subject.ts";

export interface Offboarding {
  match: Match;
  stored: StoredCase;
  /** A session per turn, as the engine does; closed by the driver. */
  open: () => Promise<Opened>;
  mode?: StepContext["mode"];
  /** Default 2, as in the engine; 1 where only the way to the end is tried. */
  looks?: StepContext["looks"];
  onItem?: StepContext["onItem"];
  onEnded?: StepContext["onEnded"];
  /** Most sessions; the engine would go on for ever. Default 12. */
  maxTurns?: number;
  /** Whether to stop after a turn that could not go on; the engine would wait, and try again. Default: never. */
  stopAfter?: (end: TurnEnd) => boolean;
}

export type TurnEnd = { kind: "done" } | Exclude<StepEnd, { kind: "next" }>;

export interface Run {
  end: TurnEnd;
  turns: number;
  /** What ended turns and what kept single kinds from their end, in the order it happened. */
  errors: readonly ConnectorError[];
}

/**
 * The engine around a connector, small: turns over the real stages, each from what is stored, until the target is done. What
 * the engine waits for is not waited for here, but a moment, so that what takes time at a fake has it.
 */
export async function offboard({ match, stored, open, ...options }: Offboarding): Promise<Run> {
  const { mode = "enforce", looks = 2, onItem, onEnded, maxTurns = 12, stopAfter = () => false } = options;
  const errors = new Set<ConnectorError>();
  for (let turns = 1; ; turns += 1) {
    const target = await open();
    let end: TurnEnd;
    try {
      const about = noteIntents(target, stored);
      const context: StepContext = {
        target,
        stored,
        match,
        mode,
        looks,
        onItem(item, moment) {
          about(moment === "before" ? item : null);
          onItem?.(item, moment);
        },
        onEnded: () => onEnded?.(),
      };
      end = await runTurn(context, errors);
    } finally {
      await target.close();
    }
    if (end.kind !== "again" || turns === maxTurns || stopAfter(end)) return { end, turns, errors: [...errors] };
    await sleep(Math.min(5 * turns, 50));
  }
}

/** Stores an intent before each write leaves, with the item that is worked on. @returns how to say which one that is. */
function noteIntents(target: Opened, stored: StoredCase): (item: Item | null) => void {
  let current: string | null = null;
  target.beforeWrite(() => {
    commit(stored, { intents: [...stored.intents, { item: current, at: new Date() }] });
  });
  return (item) => {
    current = item === null ? null : keyOf(item);
  };
}

/** As many steps as go through in one session. */
async function runTurn(context: StepContext, errors: Set<ConnectorError>): Promise<TurnEnd> {
  const { stored } = context;
  while (stored.step !== "done") {
    const end = await steps[stored.step](context).catch(againIfClassified);
    for (const error of errorsOf(end, stored)) errors.add(error);
    if (end.kind !== "next") return end;
  }
  return { kind: "done" };
}

/** What is thrown and is no ConnectorError is the connector's bug: it goes to the check, which fails. */
function againIfClassified(thrown: unknown): StepEnd {
  if (!(thrown instanceof ConnectorError)) throw thrown;
  return { kind: "again", why: `${thrown.code}: ${thrown.message}`, error: thrown };
}

function errorsOf(end: StepEnd, stored: StoredCase): readonly ConnectorError[] {
  const alone = end.kind === "again" && end.error !== null ? [end.error] : [];
  const isolated = stored.troubles.map(({ error }) => error);
  return [...alone, ...isolated];
}
