import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../src/domain/ports.ts";

/** Something that is done again and again until stopped. */
export interface Loop {
  /** Resolves when the turn under way has ended; no further one starts. */
  stop(): Promise<void>;
}

/**
 * Runs `turn` every `intervalMs`, again at once while it answers "more". A turn that throws is logged and tried again at
 * the next interval: a loop never ends because of a fault.
 */
export function startLoop(name: string, intervalMs: number, turn: () => Promise<"more" | "rest">, log: Log): Loop {
  const stopping = new AbortController();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let result: "more" | "rest" = "rest";
      try {
        result = await turn();
      } catch (error) {
        log.error("loop turn failed", { loop: name, error });
      }
      if (result === "more") continue;
      await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
