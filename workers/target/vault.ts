import type pg from "pg";
import type { SealedStore } from "../../connectors/contract/sealed-store.ts";
import type { IssuedName, ItemName, Vault } from "./context.ts";

/** What is kept never changes under its name: a rotated credential is another item, another attempt another token. */
const version = 1;

/** Keeps, in the sealed store, what a case needs of one target from discovery until the verdict. */
export function createVault(sealed: SealedStore, pool: pg.Pool): Vault {
  return {
    put: (caseId, target, finding, material) =>
      sealed.seal({ target, field: probeField(caseId, finding), version }, material),
    get: (caseId, target, finding) => sealed.open({ target, field: probeField(caseId, finding), version }),
    putIssued: (caseId, target, issued, value) =>
      sealed.seal({ target, field: issuedField(caseId, issued), version }, value),
    getIssued: (caseId, target, issued) => sealed.open({ target, field: issuedField(caseId, issued), version }),
    async erase(caseId, target) {
      await pool.query(`DELETE FROM sealed WHERE target = $1 AND (starts_with(field, $2) OR starts_with(field, $3))`, [
        target,
        probeField(caseId),
        issuedField(caseId),
      ]);
    },
  };
}

function probeField(caseId: string, finding?: ItemName): string {
  return `probe/${caseId}/${finding === undefined ? "" : `${finding.kind}/${finding.ref}`}`;
}

function issuedField(caseId: string, issued?: IssuedName): string {
  return `issued/${caseId}/${issued === undefined ? "" : `${issued.token}/${issued.ref}`}`;
}
