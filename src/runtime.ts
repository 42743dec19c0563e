import { join } from "node:path";
import { createRedactor } from "../connectors/contract/redactor.ts";
import type { Redactor } from "../connectors/contract/redactor.ts";
import { startWorkers } from "../workers/main.ts";
import { startApi } from "./api.ts";
import type { LoadedConfig } from "./config/index.ts";
import type { Log } from "./domain/ports.ts";
import { Closing, openRuntime } from "./open-runtime.ts";
import type { Parts } from "./open-runtime.ts";

export interface RunningLastday {
  urls: { api: string; admin: string };
  /** The admin token for this machine's command line, mode 0600. */
  operatorTokenFile: string;
  /** Drains: takes nothing new, finishes or gives back what is under way, closes; 25 s at the most. */
  stop(): Promise<void>;
  /** Resolves when a part that cannot heal has failed. */
  failed: Promise<Error>;
}

/**
 * Opens database, queue and keys and starts the asked parts. Whatever was opened before a failure is closed again.
 * @throws coded errors, each naming what was found and what is expected.
 */
export async function startLastday(
  config: LoadedConfig,
  parts: Parts,
  log: Log,
  redactor: Redactor = createRedactor(),
): Promise<RunningLastday> {
  const closing = new Closing(log);
  try {
    const stopping = new AbortController();
    const runtime = await openRuntime(config, parts, log, redactor, closing, stopping.signal);
    const operatorTokenFile = join(config.dataDir, "operator.token");
    const workers = parts.workers ? await startWorkers(runtime) : null;
    if (workers !== null) closing.add("workers", () => workers.stop());
    const api = await startApi(runtime, {
      operatorTokenFile,
      servesApi: parts.api,
      sealProbe: workers === null ? null : (item, value) => workers.sealProbe(item, value),
    });
    closing.add("listeners", () => api.stop());
    log.info("started", { ...parts, api: api.urls.api, admin: api.urls.admin, configDigest: config.digest });
    return {
      urls: api.urls,
      operatorTokenFile,
      async stop() {
        stopping.abort();
        await closing.run();
      },
      failed: api.failed,
    };
  } catch (error) {
    await closing.run();
    throw error;
  }
}
