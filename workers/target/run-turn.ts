import { setTimeout as sleep } from "node:timers/promises";
import { ConnectorError } from "../../connectors/contract/error.ts";
import { SealedStoreError } from "../../connectors/contract/sealed-store.ts";
import type { TurnResult } from "../../src/queue/port.ts";
import type { Turn } from "../../src/queue/port.ts";
import { TurnLost } from "../../src/store/turn/intent.ts";
import { leaseMs, renewLease, takeTurn } from "../../src/store/turn/take.ts";
import type { TargetDeps, WorkerTarget } from "./context.ts";
import { steps } from "./steps/index.ts";
import type { StepResult } from "./step-result.ts";
import { backOff } from "./trouble.ts";
import type { Why } from "./trouble.ts";
import { TargetTurn } from "./turn.ts";

/** A shorter wait costs less inside the job than the way through the queue and back. */
const worthAJobMs = 20;

/**
 * Runs one target's part of one case from its first unfinished step until it is finished, must wait, or rests.
 * A failing target ends the turn with a later due time; what is thrown from here is our own bug, and the sweep mends it.
 */
export async function runTurn(
  caseId: string,
  worker: WorkerTarget,
  queueTurn: Turn,
  deps: TargetDeps,
): Promise<TurnResult> {
  const taken = await takeTurn(deps.pool, caseId, worker.name);
  if (taken.kind === "nothing") return { kind: "done" };
  if (taken.kind === "not-before") return { kind: "delay", until: taken.until };

  const abort = new AbortController();
  const turn = new TargetTurn(taken, worker, AbortSignal.any([queueTurn.signal, abort.signal]), deps);
  const lease = setInterval(() => {
    renewLease(deps.pool, turn.target).then(
      (ours) => ours || abort.abort(new TurnLost("lease-lost", "Another worker has taken this turn")),
      (error: unknown) => deps.log.warn("lease not renewed", { caseId, target: worker.name, error }),
    );
  }, leaseMs / 3);
  const http = worker.connect(turn.ports(turn.target.mode === "enforce" ? "write" : "read"));
  try {
    return await runSteps(turn, http, queueTurn);
  } catch (error) {
    if (error instanceof TurnLost) {
      deps.log.info("turn ended", { caseId, target: worker.name, because: error.code });
      return error.code === "look-voided" ? { kind: "delay", until: deps.clock() } : { kind: "done" };
    }
    throw error;
  } finally {
    clearInterval(lease);
  }
}

async function runSteps(
  turn: TargetTurn,
  http: ReturnType<WorkerTarget["connect"]>,
  queueTurn: Turn,
): Promise<TurnResult> {
  const { target, worker, deps } = turn;
  let session: unknown;
  for (;;) {
    if (target.step === "done") return { kind: "done" };
    turn.begin();
    let result: StepResult;
    try {
      session ??= await worker.connector.open({
        target: worker.name,
        settings: worker.settings,
        secrets: worker.secrets,
        http,
        clock: deps.clock,
        log: deps.log.with({ caseId: turn.case.id, target: worker.name }),
      });
      result = await steps[target.step](turn, session);
    } catch (error) {
      const why = whyOf(error);
      if (why === null) throw error;
      if (turn.signal.aborted) return giveBack(turn);
      const kind = target.step;
      result = await backOff(turn, why, kind === "resolve" || kind === "freeze" ? "contain" : "other", {
        step: { kind, result: "failed", detail: { code: why.code } },
      });
    }
    switch (result.kind) {
      case "next":
        if (turn.signal.aborted) return giveBack(turn);
        continue;
      case "yield":
        // Every leaver of a batch is frozen before the first one is cleaned.
        if (!(await queueTurn.othersWait())) continue;
        await turn.settle({ release: true });
        return { kind: "delay", until: deps.clock(), lowerPriority: true };
      case "wait": {
        const waitMs = result.until.getTime() - turn.now().getTime();
        if (waitMs > worthAJobMs) return { kind: "delay", until: result.until };
        await sleep(Math.max(0, waitMs) + 1, undefined, { signal: turn.signal }).catch(() => {});
        if (turn.signal.aborted) return giveBack(turn);
        continue;
      }
      case "rest":
        return { kind: "done" };
    }
  }
}

/** What the target, or the sealed store (F18), kept us from; null for anything else, which is our own bug. */
function whyOf(error: unknown): Why | null {
  if (error instanceof ConnectorError) return { code: error.code, reason: error.message, retryAt: error.retryAt };
  if (error instanceof SealedStoreError) return { code: "secrets", reason: error.message };
  return null;
}

/** The process is stopping: the lease is given back, and the next worker starts at this step. */
async function giveBack(turn: TargetTurn): Promise<TurnResult> {
  Object.assign(turn.target, { state: "pending", dueAt: turn.now() });
  await turn.settle({ release: true });
  return { kind: "delay", until: turn.deps.clock() };
}
