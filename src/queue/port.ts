/** What the rest of the product knows of the queue. Nothing outside this room knows that BullMQ is behind it. */
import type { Pool } from "pg";
import type { Log } from "../domain/ports.ts";
import { CodedError } from "../domain/error.ts";

/** How soon a job runs. Within one target, every urgent job starts before the first ordinary one, and so on down. */
export type Priority = "urgent" | "ordinary" | "batch" | "watch" | "inventory";

/** One case as the queue sees it: a certify job that runs once its target jobs have ended. */
export interface CaseFlow {
  caseId: string;
  /** Names of the targets that still have work; empty adds the certify job alone. */
  targets: readonly string[];
  priority: Priority;
}

/** A job of one target that belongs to no case flow: a preview, or a reading of the target's accounts. */
export interface LoneTask {
  id: string;
  target: string;
  name: "preview" | "accounts";
  priority: Priority;
}

/** What a target's worker is handed. For a case `id` is the job's id; for a lone task `caseId` and `id` are the task's id. */
export interface TargetJob {
  name: "case" | "preview" | "accounts";
  caseId: string;
  id: string;
}

/** One turn of a job: from the moment a worker takes it until its handler returns. */
export interface Turn {
  /**
   * Aborted when this process begins to stop and when the job's lock is lost (renewal refused, or not possible for a
   * whole lock length). Finish or abandon the call in flight, write down what is known, return. What a handler throws
   * or returns after that cannot fail the job: it goes back to the queue and is taken up again.
   */
  readonly signal: AbortSignal;
  /** True when jobs of this target that would go before this one, once it yields, could run now. */
  othersWait(): Promise<boolean>;
}

/**
 * How a turn ended. `delay` puts the job back until then, at most 10 minutes ahead: a later time is cut to that, since
 * longer waits are due rows in the database. `lowerPriority` also puts it behind all first turns of cases (of urgent
 * cases, when it is urgent itself), which is how a job yields after its freeze.
 */
export type TurnResult = { kind: "done" } | { kind: "delay"; until: Date; lowerPriority?: boolean };

/** Takes the jobs of one queue. */
export interface Consumer {
  /** Takes no more jobs, aborts the turns under way and waits up to `timeoutMs` for them; what remains, others take over. */
  close(timeoutMs: number): Promise<void>;
  readonly running: boolean;
}

/** Jobs per state in one queue. */
export interface Depth {
  waiting: number;
  active: number;
  delayed: number;
}

/**
 * The scheduler of cases. It is disposable: whatever it holds can be wiped and added again from the tables, and nothing
 * reads a job's result. Every call may be repeated. Handlers may run twice for one job, also at the same time (a worker
 * that was stopped and comes back): fencing in the database decides whose writes count.
 */
export interface CaseQueue {
  /** Adds whole flows, all or none per call. What the queue already holds stays as it is, so adding twice is harmless. */
  addCases(flows: readonly CaseFlow[]): Promise<void>;
  /**
   * Makes a case run now: removes what the queue holds for it (waiting, delayed, failed, half lost) and adds the flow
   * again. A target job that is active is left to run and the new certify job waits for it too. While the certify job
   * itself is active nothing is changed and the answer is `deferred`: try again in a second. Two processes should not
   * wake one case at the same time: one may be refused (`not-added`), or certify run early; the sweep mends both.
   */
  wakeCase(flow: CaseFlow): Promise<"added" | "deferred">;
  /** Adds a lone job; the same name and id twice is one job. */
  addTask(task: LoneTask): Promise<void>;
  /** Takes the jobs of one target, `concurrency` at a time. A handler that throws ends its job; the case goes on. */
  consumeTarget(
    target: string,
    options: { concurrency: number },
    handler: (job: TargetJob, turn: Turn) => Promise<TurnResult>,
  ): Promise<Consumer>;
  /** Takes the certify jobs. */
  consumeCertify(
    handler: (caseId: string, turn: Turn) => Promise<TurnResult>,
    options: { concurrency: number },
  ): Promise<Consumer>;
  /** No job of this target starts until resumed, in any process; those under way go on. A wipe forgets it. */
  pauseTarget(target: string): Promise<void>;
  resumeTarget(target: string): Promise<void>;
  /** By queue name: `certify`, and `target-<name>` for each target. */
  depths(): Promise<Record<string, Depth>>;
  /** Deletes every job, queue setting and lock, active ones included. For tests and `doctor`. */
  wipe(): Promise<void>;
  /** @throws {QueueError} `unreachable` when the server does not answer within 2 s. */
  ping(): Promise<void>;
  /** Stops the consumers, waiting up to `timeoutMs` (default 25 s) for active turns; then closes its own connections. */
  close(timeoutMs?: number): Promise<void>;
}

export interface CaseQueueOptions {
  /** With PostgreSQL the pool gives the connection settings; the queue opens a second pool of its own from them. */
  backend: { kind: "redis"; url: string } | { kind: "postgres"; pool: Pool };
  /** Before every key in Redis; PostgreSQL has the schema `bullmq` instead. Default `lastday`. */
  prefix?: string;
  /** Every configured target. Jobs can be added for these alone. */
  targets: readonly string[];
  /** After this long without renewal another worker takes a job over. Default 30,000. */
  lockDurationMs?: number;
  log: Log;
}

export type QueueErrorCode = "invalid-target" | "unknown-target" | "unreachable" | "not-added" | "closed";

export class QueueError extends CodedError<QueueErrorCode> {
  override readonly name = "QueueError";
}
