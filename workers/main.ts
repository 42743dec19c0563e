import { acquire, openRateBucket } from "../src/queue/rate-bucket.ts";
import type { RateBucket } from "../src/queue/rate-bucket.ts";
import type { Connector } from "../connectors/contract/connector.ts";
import { createDispatcher } from "../connectors/contract/dispatcher.ts";
import { Secret } from "../connectors/contract/secret.ts";
import { createTargetHttp, defaultLimits } from "../connectors/contract/target-http.ts";
import { createSealedStore } from "../connectors/contract/sealed-store.ts";
import { loadSealingKeys } from "../connectors/contract/sealing-key.ts";
import { connectorById } from "../connectors/registry.ts";
import { join } from "node:path";
import type { TargetConfig } from "../src/config/index.ts";
import type { Runtime } from "../src/open-runtime.ts";
import { connectRedis } from "../src/queue/backend.ts";
import { sealedStorage } from "../src/store/sealed-storage.ts";
import { startCertifyWorker } from "./certify.ts";
import { startRelay } from "./outbox-relay.ts";
import { startSealer } from "./sealer.ts";
import { startSweep } from "./sweep.ts";
import type { TargetDeps, WorkerTarget } from "./target/context.ts";
import { runPreview } from "./target/preview.ts";
import { createPrincipalCache } from "./target/principal-cache.ts";
import { createVault } from "./target/vault.ts";
import { runTurn } from "./target/run-turn.ts";

export interface RunningWorkers {
  /** Keeps a value that somebody gave for the next look to try. */
  sealProbe(item: { caseId: string; target: string; kind: string; ref: string }, value: string): Promise<void>;
  stop(): Promise<void>;
}

const drainMs = 15_000;

/** Composition root of the workers: one consumer per target, the certify worker, relay, sweep and sealer. */
export async function startWorkers(runtime: Runtime): Promise<RunningWorkers> {
  const { config, queue, pool, log, fault, metrics } = runtime;
  const redisUrl = config.queue?.redisUrl.reveal();
  const redis = redisUrl === undefined ? null : connectRedis(redisUrl, log);
  const bucket = openRateBucket(redis === null ? { pool } : { redis });
  const sealed = createSealedStore({
    keys: await loadSealingKeys(join(config.dataDir, "keys", "sealing.key")),
    storage: sealedStorage(pool),
  });
  const deps: TargetDeps = {
    pool,
    log,
    clock: () => new Date(),
    fault,
    vault: createVault(sealed, pool, runtime.redactor),
    principals: createPrincipalCache(),
    random: Math.random,
    counted: (step) => metrics.stepEnded(step),
  };
  const targets = config.targets.map((target) => workerTarget(target, runtime, bucket));
  const consumers = await Promise.all([
    ...targets.map((target) =>
      queue.consumeTarget(target.name, { concurrency: target.concurrency }, async (job, turn) => {
        if (job.name === "case") return runTurn(job.caseId, target, turn, deps);
        await runPreview(job.id, target, turn.signal, deps);
        return { kind: "done" };
      }),
    ),
    startCertifyWorker(queue, {
      ...runtime.certify,
      log,
      certified: () => metrics.certificateIssued({ kind: "final" }),
    }),
  ]);
  const names = targets.map((target) => target.name);
  const loops = [
    startSealer({ pool, log }),
    startRelay({ pool, queue, targets: names, log, fault }),
    startSweep({ pool, queue, log, guard: config.policy.guard }),
  ];
  return {
    sealProbe: ({ caseId, target, ...finding }, value) => deps.vault.put(caseId, target, finding, new Secret(value)),
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all(consumers.map((consumer) => consumer.close(drainMs)));
      await Promise.all(targets.map((target) => target.close()));
      redis?.disconnect();
    },
  };
}

function workerTarget(target: TargetConfig, { redactor, metrics }: Runtime, bucket: RateBucket): WorkerTarget {
  const connector = connectorOf(target);
  const { perSecond, burst } = connector.limits(target.settings);
  const egress = { origins: connector.origins(target.settings), insecure: target.insecure };
  const dispatcher = createDispatcher({ ...egress, ...defaultLimits, redactor });
  const rate = { perSecond: perSecond * target.rateShare, burst: Math.max(1, Math.floor(burst * target.rateShare)) };
  return {
    name: target.name,
    connector,
    settings: target.settings,
    secrets: target.secrets,
    rules: target.match,
    settleMs: target.settleMs,
    concurrency: target.concurrency,
    connect: (ports) =>
      createTargetHttp({
        ...egress,
        target: target.name,
        reads: connector.reads,
        ports,
        redactor,
        dispatcher,
        clock: () => new Date(),
      }),
    close: () => dispatcher.destroy(),
    async rateSlot(signal) {
      const started = performance.now();
      await acquire(bucket, `target/${target.name}`, rate, signal);
      metrics.rateLimitWaited({ target: target.name, waitMs: performance.now() - started });
    },
  };
}

function connectorOf(target: TargetConfig): Connector {
  const connector = connectorById(target.connector);
  if (connector === null) throw new Error(`the configuration let through an unknown connector: ${target.connector}`);
  return connector;
}
