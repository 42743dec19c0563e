/** What happens while a queue runs, as a test sees it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CaseQueue, TargetJob, Turn, TurnResult } from "../../../src/queue/case-queue.ts";

export const done: TurnResult = { kind: "done" };

/** Waits until the condition holds; fails with what it saw last. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  saw: () => unknown = () => "",
): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`did not happen within 30 s; saw ${JSON.stringify(saw())}`);
    await sleep(20);
  }
}

/** A door that handlers wait at until the test opens it. */
export function gate(): { open: () => void; passed: Promise<void> } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

/** Notes who started and who ended, in order, such as "a c1" or "certify c1"; an end is "/a c1". */
export class Diary {
  readonly lines: string[] = [];
  readonly #handlers = new Map<string, (turn: Turn) => Promise<TurnResult>>();

  /** What a job does in its turn, by its line; jobs not named here are done at once. */
  on(line: string, handler: (turn: Turn) => Promise<TurnResult>): this {
    this.#handlers.set(line, handler);
    return this;
  }

  /** Starts workers for these queues ("certify" is the queue of that name), `concurrency` jobs at a time. */
  async work(queue: CaseQueue, queues: readonly string[], concurrency = 4): Promise<void> {
    await Promise.all(
      queues.map((name) =>
        name === "certify"
          ? queue.consumeCertify((caseId, turn) => this.act(`certify ${caseId}`, turn), { concurrency })
          : queue.consumeTarget(name, { concurrency }, (job, turn) => this.act(lineOf(name, job), turn)),
      ),
    );
  }

  count(line: string): number {
    return this.lines.filter((written) => written === line).length;
  }

  async until(line: string, times = 1): Promise<void> {
    await eventually(
      () => this.count(line) >= times,
      () => this.lines,
    );
  }

  /** One turn under this line. */
  async act(line: string, turn: Turn): Promise<TurnResult> {
    this.lines.push(line);
    const result = await (this.#handlers.get(line)?.(turn) ?? done);
    this.lines.push(`/${line}`);
    return result;
  }
}

const lineOf = (target: string, { name, caseId }: TargetJob): string =>
  name === "case" ? `${target} ${caseId}` : `${target} ${name} ${caseId}`;

/** True once nothing waits, runs or is delayed anywhere. */
export async function isIdle(queue: CaseQueue): Promise<boolean> {
  return Object.values(await queue.depths()).every(({ waiting, active, delayed }) => waiting + active + delayed === 0);
}
