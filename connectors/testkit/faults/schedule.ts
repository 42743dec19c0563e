import { type Call, type Fault, isLastWord } from "./fault.ts";

/** Which calls a script is about. Everything left out matches. */
export interface Matcher {
  readonly door?: string;
  readonly method?: string | readonly string[];
  /** Tried against the path with its query, as sent. */
  readonly path?: RegExp;
  /** The id of something the call is about (a credential, its owner), however the call spelled it. */
  readonly subject?: string;
  readonly when?: (call: Call) => boolean;
}

/** A fault, the calls it is for, and how often. */
export interface Script {
  readonly on: Matcher;
  readonly fault: Fault;
  /** The matching call it starts at, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many matching calls it spoils from there. Default 1. */
  readonly times?: number | "always";
}

/** What became of a script, so that a test can assert that its fault really happened. */
export interface ScriptReport {
  readonly name: string;
  readonly matched: number;
  readonly fired: number;
  /** How often it may still fire; `always` for a script without an end. */
  readonly left: number | "always";
}

interface Entry {
  readonly script: Script;
  matched: number;
  fired: number;
  isWithdrawn: boolean;
}

/** The faults that wait for their call. Scripts can be added, taken back and read while the fake runs. */
export class FaultSchedule {
  #entries: Entry[] = [];

  /** Adds a script and returns the way to take it back; what it has done stays in the report. */
  add(script: Script): () => void {
    const { times = 1, nth = 1 } = script;
    if (times !== "always" && !(Number.isInteger(times) && times > 0)) throw new RangeError(`times: ${times}`);
    if (!(Number.isInteger(nth) && nth > 0)) throw new RangeError(`nth: ${nth}`);
    const entry: Entry = { script, matched: 0, fired: 0, isWithdrawn: false };
    this.#entries.push(entry);
    return () => {
      entry.isWithdrawn = true;
    };
  }

  /** The faults due for a call, in the order they were added; a fault that answers by itself is the last one. */
  take(call: Call, subjects: readonly string[]): Fault[] {
    const due: Fault[] = [];
    let closed = false;
    for (const entry of this.#entries) {
      if (entry.isWithdrawn || !matches(entry.script.on, call, subjects)) continue;
      entry.matched += 1;
      if (closed || entry.matched < (entry.script.nth ?? 1) || left(entry) === 0) continue;
      entry.fired += 1;
      due.push(entry.script.fault);
      closed = isLastWord(entry.script.fault);
    }
    return due;
  }

  report(): ScriptReport[] {
    return this.#entries.map((entry) => ({
      name: entry.script.fault.name,
      matched: entry.matched,
      fired: entry.fired,
      left: left(entry),
    }));
  }

  /** Names of the scripts that have not done all they were asked to (an endless one: that never fired). */
  unfired(): string[] {
    return this.report()
      .filter((one) => (one.left === "always" ? one.fired === 0 : one.left > 0))
      .map((one) => one.name);
  }

  /** Forgets every script and its counts. */
  reset(): void {
    this.#entries = [];
  }
}

function left({ script, fired }: Entry): number | "always" {
  const { times = 1 } = script;
  return times === "always" ? "always" : times - fired;
}

function matches(on: Matcher, call: Call, subjects: readonly string[]): boolean {
  const target = call.query.size > 0 ? `${call.path}?${call.query.toString()}` : call.path;
  return (
    (on.door === undefined || on.door === call.door) &&
    (on.method === undefined || [on.method].flat().includes(call.method)) &&
    (on.path === undefined || new RegExp(on.path.source, on.path.flags.replace(/[gy]/g, "")).test(target)) &&
    (on.subject === undefined || subjects.includes(on.subject)) &&
    (on.when === undefined || on.when(call))
  );
}
