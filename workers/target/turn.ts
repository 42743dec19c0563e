import type { HostPorts } from "../../connectors/contract/host.ts";
import type { Account } from "../../src/domain/access.ts";
import type { StepKind } from "../../src/domain/case.ts";
import { newId } from "../../src/domain/id.ts";
import type { TargetAccounts } from "../../src/stages/session.ts";
import { openIntent } from "../../src/store/turn/intent.ts";
import type { CaseRow, ItemRow, TargetRow } from "../../src/store/turn/rows.ts";
import { settle } from "../../src/store/turn/settle.ts";
import type { ExchangeRow, Settlement } from "../../src/store/turn/settle.ts";
import type { Taken } from "../../src/store/turn/take.ts";
import type { TargetDeps, WorkerTarget } from "./context.ts";

/** What a settlement says beside what the turn itself knows. */
export type StepEnd = Omit<Settlement, "case" | "target" | "exchanges" | "closedIntents" | "step" | "release"> & {
  step?: { kind: StepKind; result: string; detail?: Record<string, unknown> };
  release?: boolean;
};

/**
 * One turn at one target: the rows it holds, the transport whose every exchange becomes evidence of the present step, and
 * a clock that starts at the database's and then runs monotonic, so that no clock step reorders looks and writes (I19).
 */
export class TargetTurn {
  readonly case: CaseRow;
  readonly target: TargetRow;
  items: ItemRow[];
  accounts: Account[];
  readonly worker: WorkerTarget;
  readonly signal: AbortSignal;
  readonly deps: TargetDeps;
  #exchanges: ExchangeRow[] = [];
  #settledExchanges = 0;
  #lastSettled: string | null = null;
  #closed: { id: string; status: number | null }[] = [];
  #stepId = newId();
  #stepStartedAt: Date;
  readonly #anchor: { at: number; monotonic: number };
  /** The latest instant the database itself gave this turn: its own clock never falls behind it. */
  #notBefore = 0;
  /** The item a write is about, for its intent. */
  itemRef: string | null = null;
  /** When the last write of the present item was sent. */
  lastIntentAt: Date | null = null;

  constructor(taken: Extract<Taken, { kind: "taken" }>, worker: WorkerTarget, signal: AbortSignal, deps: TargetDeps) {
    this.case = taken.case;
    this.target = taken.target;
    this.items = taken.items;
    this.accounts = taken.accounts;
    this.worker = worker;
    this.signal = signal;
    this.deps = deps;
    // `takeTurn` set the due time to the database's present.
    this.#anchor = { at: (taken.target.dueAt ?? deps.clock()).getTime(), monotonic: performance.now() };
    this.#stepStartedAt = this.now();
  }

  /** The database's time at the start of the turn plus what has passed since. */
  now(): Date {
    const elapsed = this.#anchor.at + Math.floor(performance.now() - this.#anchor.monotonic);
    return new Date(Math.max(elapsed, this.#notBefore));
  }

  get stepId(): string {
    return this.#stepId;
  }

  get stepStartedAt(): Date {
    return this.#stepStartedAt;
  }

  /** Starts a step: what is exchanged from here on is its evidence. */
  begin(): void {
    this.#stepId = newId();
    this.#stepStartedAt = this.now();
  }

  /** The last exchange of this step for an operation that reads or writes, as the evidence of one item. */
  lastEvidence(write: boolean): string | null {
    return this.#exchanges.findLast((exchange) => exchange.write === write)?.sha256 ?? null;
  }

  /** How many exchanges this turn has had; with `evidenceSince`, finds those of one call, settled meanwhile or not. */
  mark(): number {
    return this.#settledExchanges + this.#exchanges.length;
  }

  evidenceSince(mark: number): string | null {
    if (this.mark() === mark) return null;
    return this.#exchanges.at(-1)?.sha256 ?? this.#lastSettled;
  }

  ports(access: "read" | "write"): HostPorts {
    return {
      access,
      signal: this.signal,
      log: this.deps.log.with({ caseId: this.case.id, target: this.target.target }),
      rateSlot: (signal) => this.worker.rateSlot(signal),
      beforeWrite: async ({ operation }) => {
        const intent = await openIntent(this.deps.pool, this, { operation, itemRef: this.itemRef });
        this.lastIntentAt = intent.openedAt;
        this.#notBefore = Math.max(this.#notBefore, intent.openedAt.getTime());
        await this.deps.fault("step.revoke.after-intent");
        return {
          settled: async (status) => {
            this.target.lastWriteAt = this.now();
            // Without a reply the intent stays open: whoever comes next waits it out and reads the target (I06).
            if (status !== null) this.#closed.push({ id: intent.id, status });
            await this.deps.fault("step.revoke.after-reply");
          },
        };
      },
      recordExchange: (exchange) => {
        this.#exchanges.push(exchange);
      },
    };
  }

  /** The target with the accounts it may act upon, over an open session. */
  with(session: unknown): TargetAccounts {
    return { name: this.target.target, connector: this.worker.connector, session, accounts: this.accounts };
  }

  /** Commits what the step did, together with the target's row as it now stands. */
  async settle(end: StepEnd = {}): Promise<void> {
    const { step, release = false, ...rest } = end;
    const exchanges = this.#exchanges;
    const closedIntents = this.#closed;
    await settle(this.deps.pool, {
      ...rest,
      case: this.case,
      target: this.target,
      release,
      exchanges,
      closedIntents,
      ...(step === undefined
        ? {}
        : {
            step: {
              id: this.#stepId,
              kind: step.kind,
              startedAt: this.#stepStartedAt,
              result: step.result,
              detail: step.detail ?? {},
            },
          }),
    });
    // From here on it is the open case that it is again: two clean looks end it, and nothing is a watch.
    if (rest.reopened === true) this.case.state = "open";
    this.#settledExchanges += exchanges.length;
    this.#lastSettled = exchanges.at(-1)?.sha256 ?? this.#lastSettled;
    this.#exchanges = [];
    this.#closed = [];
    if (step === undefined) return;
    const durationMs = this.now().getTime() - this.#stepStartedAt.getTime();
    this.deps.counted({ target: this.target.target, step: step.kind, result: step.result, durationMs });
  }
}
