import { CertificateError, type EvidenceRef, type Leaf, sha256Hex } from "../certificate/index.ts";
import type { Finding, Genuine } from "./report.ts";

export type EvidenceLookup = (sha256: string) => Uint8Array | null;

interface EvidenceResult {
  readonly level: Genuine["level"]["evidence"];
  readonly missing: readonly Finding[];
}

/**
 * Compares evidence with the hashes in the records. Absent evidence was perhaps deleted in due time: that is a
 * shortfall, while altered evidence is a lie.
 *
 * @throws {CertificateError} `evidence-mismatch`
 */
export function checkEvidence(leaves: readonly Leaf[], lookup: EvidenceLookup | undefined): EvidenceResult {
  if (lookup === undefined) return { level: "not-given", missing: [] };
  const missing = leaves.flatMap((leaf) => {
    if (leaf.leaf !== "item") return [];
    return [
      ...compare(leaf.revocation?.evidence ?? null, `records[${leaf.seq}].revocation`, lookup),
      ...compare(leaf.verification.evidence, `records[${leaf.seq}].verification`, lookup),
    ];
  });
  return { level: missing.length === 0 ? "checked" : "some-missing", missing };
}

function compare(named: EvidenceRef | null, where: string, lookup: EvidenceLookup): Finding[] {
  if (named === null) return [];
  const bytes = lookup(named.sha256);
  if (bytes === null) return [{ code: "evidence-missing", where, message: `evidence ${named.sha256} is not there` }];
  if (sha256Hex(bytes) !== named.sha256 || bytes.length !== named.bytes) {
    throw new CertificateError("evidence-mismatch", `${where}: evidence ${named.sha256} was altered`, where);
  }
  return [];
}
