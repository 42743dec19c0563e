import type { Log } from "../src/domain/ports.ts";
import type { CaseQueue, Consumer } from "../src/queue/port.ts";
import { certifyCase } from "../src/stages/certify/certify-case.ts";
import type { CertifyDeps } from "../src/stages/certify/certify-case.ts";

const concurrency = 4;

/** Takes certify jobs: each re-reads its case and signs, or records what the case waits for. */
export async function startCertifyWorker(
  queue: CaseQueue,
  deps: CertifyDeps & { log: Log; certified: (outcome: string) => void },
): Promise<Consumer> {
  return queue.consumeCertify(
    async (caseId) => {
      const result = await certifyCase(caseId, deps);
      if (result.kind === "issued") {
        deps.certified(result.outcome);
        deps.log.info("certificate issued", { caseId, certificateId: result.certificateId, outcome: result.outcome });
      }
      return { kind: "done" };
    },
    { concurrency },
  );
}
