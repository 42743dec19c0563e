import type pg from "pg";
import type { SealedStore } from "../../connectors/contract/sealed-store.ts";
import type { Finding } from "../../src/domain/access.ts";
import type { ProbeVault } from "./context.ts";

/** Probe material never changes under its name: a rotated credential is another item. */
const version = 1;

/** Keeps what a probe needs in the sealed store, from discovery until the verdict. */
export function createProbeVault(sealed: SealedStore, pool: pg.Pool): ProbeVault {
  return {
    put: (caseId, target, finding, material) =>
      sealed.seal({ target, field: fieldOf(caseId, finding), version }, material),
    get: (caseId, target, finding) => sealed.open({ target, field: fieldOf(caseId, finding), version }),
    async erase(caseId, target) {
      await pool.query(`DELETE FROM sealed WHERE target = $1 AND starts_with(field, $2)`, [target, `probe/${caseId}/`]);
    },
  };
}

function fieldOf(caseId: string, { kind, ref }: Finding): string {
  return `probe/${caseId}/${kind}/${ref}`;
}
