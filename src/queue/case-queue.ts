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
 * - On PostgreSQL a child may end while a flow is tied to it, which leaves a parent waiting for a job that is gone:
 *   looked for after each add (`findTorn`), mended by waking the case.
 * - On PostgreSQL its `remove` may delete a job that a worker is just taking; see `removeUnlessActive`.
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

  async function put(flows: ReturnType<typeof flowOf>[]): Promise<void> {
    if (closing) throw new QueueError("closed", "the queue is closed");
    if (flows.length > 0) await producer.addBulk(flows);
  }

  /** Returns the flows whose certify job would wait for ever; waking them mends that. */
  async function add(flows: readonly CaseFlow[]): Promise<readonly CaseFlow[]> {
    await put(flows.map((flow) => flowOf(withKnownTargets(flow))));
    const torn = await backend.findTorn(flows.map(({ caseId }) => caseId));
    return flows.filter(({ caseId }) => torn.has(caseId));
  }

  /** A target that left the configuration has no worker; its job would keep certify waiting, so it is left out. */
  function withKnownTargets(flow: CaseFlow): CaseFlow {
    const known = flow.targets.filter((target) => targets.has(target));
    if (known.length < flow.targets.length) {
      log.warn("case names a target that is not configured", { caseId: flow.caseId, targets: flow.targets });
    }
    return { ...flow, targets: known };
  }

  async function wake(flow: CaseFlow): Promise<"added" | "deferred"> {
    const children = [...targetQueues].map(([target, queue]) => ({ queue, id: targetJobId(flow.caseId, target) }));
    for (;;) {
      const [certifyIsActive] = await backend.removeUnlessActive([{ queue: certifyQueue, id: flow.caseId }]);
      if (certifyIsActive) return "deferred";
      const isActive = await backend.removeUnlessActive(children);
      const active = [...targetQueues.keys()].filter((_, index) => isActive[index]);
      const torn = await add([{ ...flow, targets: [...flow.targets, ...active] }]);
      if (torn.length === 0) return "added";
    }
  }
  const inTurn = oneAtATime();
  const wakeCase = (flow: CaseFlow): Promise<"added" | "deferred"> => inTurn(flow.caseId, () => wake(flow));

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
    async addCases(flows) {
      const torn = await add(flows);
      await Promise.all(torn.map(wakeCase));
    },
    wakeCase,
    async addTask(task) {
      queueOf(task.target);
      await put([taskJob(task)]);
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
