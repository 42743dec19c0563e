import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import type { Redactor } from "../connectors/contract/redactor.ts";
import { faultFrom, processEnvironment } from "./config/index.ts";
import type { LoadedConfig } from "./config/index.ts";
import { CodedError } from "./domain/error.ts";
import type { Fault } from "./domain/fault.ts";
import { newId } from "./domain/id.ts";
import type { Log } from "./domain/ports.ts";
import type { FrozenPlan } from "./domain/case.ts";
import { openCaseQueue } from "./queue/case-queue.ts";
import type { CaseQueue } from "./queue/port.ts";
import { openKeyFileSigner } from "./signing/index.ts";
import type { KeyFileSigner } from "./signing/index.ts";
import type { CertifyDeps } from "./stages/certify/certify-case.ts";
import { freezePlan } from "./stages/plan/freeze-plan.ts";
import { certifyStore } from "./store/certify-store.ts";
import { startEmbeddedPostgres } from "./store/embedded/index.ts";
import { applyMigrations } from "./store/migrations/index.ts";
import { createCaseOpener } from "./store/open-case.ts";
import type { CaseOpener } from "./store/open-case.ts";
import { inTransaction, openPool } from "./store/pool.ts";
import { announceProcess } from "./store/processes.ts";
import { sealAudit } from "./store/seal.ts";
import { row } from "./store/sql.ts";
import { createMetrics } from "./telemetry/index.ts";
import type { Metrics } from "./telemetry/index.ts";
import { softwareVersion } from "./version.ts";

export interface Parts {
  api: boolean;
  workers: boolean;
}

/** What API and workers share in one process: opened once, closed last. */
export interface Runtime {
  config: LoadedConfig;
  log: Log;
  redactor: Redactor;
  metrics: Metrics;
  pool: pg.Pool;
  queue: CaseQueue;
  signer: KeyFileSigner;
  plan: FrozenPlan;
  caseOpener: CaseOpener;
  certify: CertifyDeps;
  fault: Fault;
  isProtected: (name: string) => boolean;
  /** Aborted when the process begins to stop. */
  stopping: AbortSignal;
}

export type StartErrorCode = "too-few-connections" | "database-too-old";

/** The start was refused. */
export class StartError extends CodedError<StartErrorCode> {
  override readonly name = "StartError";
}

/** Connections of the application's own pool; the queue's pool is sized by the queue. */
const poolSize = 20;
const migrationsAndSpare = 5;

/**
 * Opens what API and workers share: database, migrations, queue, keys. What was opened is entered in `closing` at once.
 * @throws coded errors, each naming what was found and what is expected.
 */
export async function openRuntime(
  config: LoadedConfig,
  parts: Parts,
  log: Log,
  redactor: Redactor,
  closing: Closing,
  stopping: AbortSignal,
): Promise<Runtime> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const url = await openDatabase(config, log, closing);
  redactor.register(new URL(url).password || randomUUID());
  await applyMigrations({ url, log });
  const pool = openPool({ url, max: poolSize, applicationName: "lastday", log });
  closing.add("database pool", () => pool.end());
  await requireConnections(pool, config);

  const redisUrl = config.queue?.redisUrl.reveal();
  const targets = config.targets.map((target) => target.name);
  const queue = await openCaseQueue({
    backend: redisUrl === undefined ? { kind: "postgres", pool } : { kind: "redis", url: redisUrl },
    ...(config.queue === null ? {} : { prefix: config.queue.prefix }),
    targets,
    log,
  });
  closing.add("queue", () => queue.close());

  const signer = await openKeyFileSigner({
    folder: join(config.dataDir, "keys"),
    passphrase: config.keyPassphrase?.reveal(),
    clock: () => new Date(),
  });
  const metrics = createMetrics();
  const fault = faultFrom(processEnvironment());
  const plan = planOf(config);
  const announced = await announceProcess(pool, { kind: kindOf(parts), configDigest: config.digest, log });
  closing.add("process row", () => announced.leave());

  const certify: CertifyDeps = {
    transaction: (work) => inTransaction(pool, (client) => work(certifyStore(client))),
    seal: () => sealAudit(pool, "wait"),
    signer,
    issuer: { id: signer.keyid, org: config.organization },
    software: { name: "lastday", version: softwareVersion, digest: null },
    newId,
    fault,
  };
  return {
    config,
    log,
    redactor,
    metrics,
    pool,
    queue,
    signer,
    plan,
    caseOpener: counting(createCaseOpener({ plan, guard: config.policy.guard, demo: config.demo }), metrics),
    certify,
    fault,
    isProtected: (name) => config.policy.protected.includes(name.toLowerCase()),
    stopping,
  };
}

/** Counts at the one place that every door passes. A transaction that is run again after a conflict counts again. */
function counting(opener: CaseOpener, metrics: Metrics): CaseOpener {
  return {
    async openCase(client, input) {
      const opened = await opener.openCase(client, input);
      metrics.noticeReceived(input.notice);
      const event = opened.state === "awaiting_approval" ? "held" : "opened";
      if (opened.created) metrics.caseChanged({ event, source: input.notice.source });
      return opened;
    },
    async recordNotice(client, notice, caseId) {
      await opener.recordNotice(client, notice, caseId);
      metrics.noticeReceived(notice);
    },
    async reactivatePerson(client, input) {
      await opener.reactivatePerson(client, input);
      metrics.noticeReceived(input.notice);
    },
  };
}

async function openDatabase(config: LoadedConfig, log: Log, closing: Closing): Promise<string> {
  if (config.database !== null) return config.database.url.reveal();
  const embedded = await startEmbeddedPostgres({ dataDir: join(config.dataDir, "postgres"), log });
  closing.add("embedded database", () => embedded.stop());
  return embedded.url;
}

/** The plan of every case that opens under this configuration; frozen and hashed once. */
function planOf(config: LoadedConfig): FrozenPlan {
  const { lookGapMs, watchMs, slaMs, deleteAfterMs } = config.policy;
  return freezePlan({
    v: 1,
    targets: config.targets.map(({ name, connector, connectorVersion, mode }) => ({
      name,
      connector,
      connectorVersion,
      mode,
    })),
    policy: { lookGapMs, watchMs: [...watchMs], slaMs, deleteAfterMs },
  });
}

/** With too few connections BullMQ waits for ever without an error, so the start refuses (design section 5). */
async function requireConnections(pool: pg.Pool, config: LoadedConfig): Promise<void> {
  const found = await row<{ max: number; version: number }>(
    pool,
    `SELECT current_setting('max_connections')::int AS max, current_setting('server_version_num')::int AS version`,
  );
  if (found === null) return;
  if (found.version < 160_000) {
    throw new StartError(
      "database-too-old",
      `The database is PostgreSQL ${Math.floor(found.version / 10_000)}; 16 or later is needed`,
    );
  }
  const queueConnections = config.queue === null ? config.targets.length + 1 + 10 : 0;
  const needed = poolSize + queueConnections + migrationsAndSpare;
  if (needed <= found.max) return;
  throw new StartError(
    "too-few-connections",
    `The database allows ${found.max} connections and this process needs ${needed} ` +
      `(${config.targets.length} targets): raise max_connections, or set REDIS_URL to take the queue off it`,
  );
}

function kindOf({ api, workers }: Parts): "all" | "api" | "worker" {
  if (api && workers) return "all";
  return api ? "api" : "worker";
}

/** Closes what was opened, in the opposite order; one part that fails to close does not keep the others open. */
export class Closing {
  readonly #parts: { name: string; close: () => Promise<void> }[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<void>): void {
    this.#parts.push({ name, close });
  }

  async run(): Promise<void> {
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      const { name, close } = part;
      await close().catch((error: unknown) => this.#log.warn("did not close cleanly", { part: name, error }));
    }
  }
}
