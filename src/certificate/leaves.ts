import { createHash } from "node:crypto";
import { toHex } from "./digest.ts";
import { CertificateError, type CertificateErrorCode } from "./error.ts";
import { canonicalBytes } from "./json.ts";
import type { Leaf } from "./record.ts";
import type { Statement } from "./statement.ts";
import { type Hash, leafHash, treeRoot } from "./tree.ts";

/** What a statement says to commit to its leaves. */
export interface Commitment {
  readonly size: number;
  /** Root of the tree over all leaves. */
  readonly root: string;
  /**
   * SHA-256 of `records.ndjson`: each leaf's canonical bytes and a line feed. Null when a leaf was erased, for then
   * the file cannot be formed any more; the root still binds the leaves that are left.
   */
  readonly fileSha256: string | null;
}

/** Digests are lower-case hex. */
export function commitmentOf(leaves: readonly Leaf[]): Commitment {
  const file = createHash("sha256");
  const hashes: Hash[] = leaves.map((leaf) => {
    if (leaf.leaf === "erased") return new Uint8Array(Buffer.from(leaf.hash, "hex"));
    const line = canonicalBytes(leaf);
    file.update(line).update("\n");
    return leafHash(line);
  });
  const isWhole = leaves.every(({ leaf }) => leaf !== "erased");
  return { size: leaves.length, root: toHex(treeRoot(hashes)), fileSha256: isWhole ? file.digest("hex") : null };
}

/** @throws {CertificateError} `record-order` when a leaf does not stand at its own number. */
export function assertOrder(leaves: readonly Leaf[]): void {
  for (const [index, leaf] of leaves.entries()) {
    if (leaf.leaf !== "erased" && leaf.seq !== index) {
      throw refuse("record-order", `record ${leaf.seq} stands at position ${index}`);
    }
  }
}

/**
 * Whether these leaves are the ones the statement was signed over.
 * @throws {CertificateError} `records-count`, `record-order`, `records-root`, `records-digest`
 */
export function assertBound({ subject, predicate }: Statement, leaves: readonly Leaf[]): void {
  const { size, root } = predicate.records;
  if (leaves.length !== size) throw refuse("records-count", `${leaves.length} records, ${size} were signed`);
  assertOrder(leaves);
  const found = commitmentOf(leaves);
  if (found.root !== root) throw refuse("records-root", "not the records that were signed");
  if (found.fileSha256 !== null && subject.some(({ digest }) => digest.sha256 !== found.fileSha256)) {
    throw refuse("records-digest", "records.ndjson has another digest than the one signed");
  }
}

function refuse(code: CertificateErrorCode, reason: string): CertificateError {
  return new CertificateError(code, reason, "records");
}
