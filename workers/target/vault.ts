import type pg from "pg";
import type { Redactor } from "../../connectors/contract/redactor.ts";
import type { SealedStore } from "../../connectors/contract/sealed-store.ts";
import type { Secret } from "../../connectors/contract/secret.ts";
import type { IssuedName, ItemName, Vault } from "./context.ts";

/** What is kept never changes under its name: a rotated credential is another item, another attempt another token. */
const version = 1;

/**
 * Keeps, in the sealed store, what a case needs of one target from discovery until the verdict. Whatever passes through is
 * made known to the redactor first: a target may say it back to us in an answer.
 */
export function createVault(sealed: SealedStore, pool: pg.Pool, redactor: Redactor): Vault {
  async function keep(target: string, field: string, value: Secret): Promise<void> {
    redactor.registerSeen(value);
    await sealed.seal({ target, field, version }, value);
  }

  async function open(target: string, field: string): Promise<Secret | null> {
    const value = await sealed.open({ target, field, version });
    if (value !== null) redactor.registerSeen(value);
    return value;
  }

  return {
    put: (caseId, target, finding, material) => keep(target, probeField(caseId, finding), material),
    get: (caseId, target, finding) => open(target, probeField(caseId, finding)),
    putIssued: (caseId, target, issued, value) => keep(target, issuedField(caseId, issued), value),
    getIssued: (caseId, target, issued) => open(target, issuedField(caseId, issued)),
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
