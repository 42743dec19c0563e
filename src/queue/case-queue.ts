import { type BackendFactory, FlowProducer, type IQueueBackend, Queue } from "bullmq";
import { messageOf } from "../domain/error.ts";
import { openBackend, settleWithin } from "./backend.ts";
import { consume } from "./consumer.ts";
import { certifyQueue, flowOf, readCertifyJob, readTargetJob, targetJobId, targetQueue, taskJob } from "./jobs.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { type CaseFlow, type CaseQueue, type CaseQueueOptions, type Consumer, type Depth, QueueError } from "./port.ts";

export * from "./port.ts";

type JobQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;

/**
 * Opens the queue on Redis or PostgreSQL (where it creates its schema `bullmq` when missing). Both behave alike; where
 * BullMQ does not, this room makes up for it:
 * - `FlowProducer.addBulk` swallows what the server answers. On PostgreSQL a refused statement means that nothing was
 *   added, and the call still succeeds. Here every answer is checked, and an error thrown.
 * - Removing the last pending child releases its parent, so `wakeCase` removes the certify job first.
 * - On PostgreSQL a child that ends takes one from its parent's count even when that parent was made anew and does not
 *   know it, which would release certify too early. So `wakeCase` ties every active child to the new certify job; adding
 *   a job whose id exists does just that on both.
 * - `remove` answers 0 for "locked" on both, and on PostgreSQL also for "not there".
 * @throws {QueueError} `unreachable`, `invalid-target`
 */
export async function openCaseQueue(options: CaseQueueOptions): Promise<CaseQueue> {
  const { prefix = "lastday", lockDurationMs = 30_000 } = options;
  const log = options.log.with({ room: "queue", backend: options.backend.kind });
  const targetQueues = new Map(options.targets.map((target) => [target, targetQueue(target)]));
  const backend = await openBackend({ ...options, prefix, log });

  const bull = { connection: {}, prefix }; // the connection is the backend's own
  const report = (error: Error): void => log.warn("queue reported an error", { error: messageOf(error) });
  const openQueue = (name: string): JobQueue => {
    const queue: JobQueue = new Queue(name, { ...bull, streams: { events: { maxLen: 100 } } }, backend.factory);
    queue.on("error", report);
    return queue;
  };
  const certify = openQueue(certifyQueue);
  const targets = new Map([...targetQueues].map(([target, name]) => [target, openQueue(name)]));
  const producer = new FlowProducer(bull, withCheckedAnswers(backend.factory));
  producer.on("error", report);

  const consumers = new Set<Consumer>();
  let closing: Promise<void> | undefined;
  const deps = { backend, prefix, lockDurationMs, log };

  function queueOf(target: string): JobQueue {
    const queue = targets.get(target);
    if (queue === undefined) throw new QueueError("unknown-target", `no target is named ${JSON.stringify(target)}`);
    return queue;
  }

  async function add(flows: ReturnType<typeof flowOf>[]): Promise<void> {
    if (closing) throw new QueueError("closed", "the queue is closed");
    if (flows.length > 0) await producer.addBulk(flows);
  }

  /** A target that left the configuration has no worker; its job would keep certify waiting, so it is left out. */
  function withKnownTargets(flow: CaseFlow): CaseFlow {
    const known = flow.targets.filter((target) => targets.has(target));
    if (known.length < flow.targets.length) {
      log.warn("case names a target that is not configured", { caseId: flow.caseId, targets: flow.targets });
    }
    return { ...flow, targets: known };
  }

  const inTurn = oneAtATime();

  async function wake(flow: CaseFlow): Promise<"added" | "deferred"> {
    if (!(await removeUnlessActive(certify, flow.caseId))) return "deferred";
    const found = await Promise.all(
      [...targets].map(async ([target, queue]) =>
        (await removeUnlessActive(queue, targetJobId(flow.caseId, target))) ? [] : [target],
      ),
    );
    const known = withKnownTargets(flow);
    await add([flowOf({ ...known, targets: [...known.targets, ...found.flat()] })]);
    return "added";
  }

  async function register(opening: Promise<Consumer>): Promise<Consumer> {
    const consumer = await opening;
    consumers.add(consumer);
    return consumer;
  }

  async function close(timeoutMs: number): Promise<void> {
    await Promise.all([...consumers].map((consumer) => consumer.close(timeoutMs)));
    await settleWithin(2_000, Promise.all([certify, ...targets.values(), producer].map((part) => part.close())));
    await backend.close();
  }

  return {
    addCases: (flows) => add(flows.map((flow) => flowOf(withKnownTargets(flow)))),
    wakeCase: (flow) => inTurn(flow.caseId, () => wake(flow)),
    async addTask(task) {
      queueOf(task.target);
      await add([taskJob(task)]);
    },
    consumeTarget: async (target, { concurrency }, handler) =>
      register(consume(queueOf(target).name, concurrency, (job) => readTargetJob(target, job), handler, deps)),
    consumeCertify: async (handler, { concurrency }) =>
      register(consume(certifyQueue, concurrency, readCertifyJob, handler, deps)),
    pauseTarget: async (target) => queueOf(target).pause(),
    resumeTarget: async (target) => queueOf(target).resume(),
    async depths() {
      const queues = [certify, ...targets.values()];
      return Object.fromEntries(await Promise.all(queues.map(async (queue) => [queue.name, await depthOf(queue)])));
    },
    wipe: () => backend.wipe(),
    ping: () => backend.ping(),
    close: (timeoutMs = 25_000) => (closing ??= close(timeoutMs)),
  };
}

/** False when the job is active, that is locked; true when it is gone, or was never there. */
async function removeUnlessActive(queue: JobQueue, jobId: string): Promise<boolean> {
  for (;;) {
    const removed = await queue.remove(jobId, { removeChildren: false }).catch(zeroOnDeadlock);
    if (removed === 1) return true;
    const state = await queue.getJobState(jobId);
    if (state === "active") return false;
    if (state === "unknown") return true; // otherwise its turn ended in between: remove what it left
  }
}

/** On PostgreSQL the end of a child and the removal of its parent lock their rows in opposite order. */
function zeroOnDeadlock(error: unknown): 0 {
  if (error instanceof Error && "code" in error && error.code === "40P01") return 0;
  throw error;
}

async function depthOf(queue: JobQueue): Promise<Depth> {
  const counts = await queue.getJobCounts("waiting", "prioritized", "active", "delayed");
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
  return { waiting: waiting + prioritized, active, delayed };
}

function withCheckedAnswers(factory: BackendFactory): BackendFactory {
  return (name, opts, extra) => {
    const backend = factory(name, opts, extra);
    const addFlow = backend.addFlow.bind(backend);
    backend.addFlow = async (entries) => {
      const answers = await addFlow(entries);
      for (const [error, idOrCode] of answers) {
        if (error !== null || (typeof idOrCode === "number" && idOrCode < 0)) {
          throw new QueueError("not-added", "the queue refused a flow", { cause: error ?? idOrCode });
        }
      }
      return answers;
    };
    return backend;
  };
}
