import { sha256Hex, toHex } from "./digest.ts";
import { CertificateError, type CertificateErrorCode } from "./error.ts";
import { canonicalBytes, encodeUtf8 } from "./json.ts";
import type { Leaf } from "./record.ts";
import type { Statement } from "./statement.ts";
import { type Hash, leafHash, treeRoot } from "./tree.ts";

/** Hash of a leaf in the tree; an erased one brings its own. */
export function hashOfLeaf(leaf: Leaf): Hash {
  return leaf.leaf === "erased" ? new Uint8Array(Buffer.from(leaf.hash, "hex")) : leafHash(canonicalBytes(leaf));
}

/** Root of the tree over all leaves, lower-case hex. */
export function rootOf(leaves: readonly Leaf[]): string {
  return toHex(treeRoot(leaves.map(hashOfLeaf)));
}

/** SHA-256 of `records.ndjson`: each leaf's canonical bytes and a line feed. */
export function digestOfRecordsFile(leaves: readonly Leaf[]): string {
  const lineFeed = encodeUtf8("\n");
  return sha256Hex(...leaves.flatMap((leaf) => [canonicalBytes(leaf), lineFeed]));
}

/**
 * Whether these leaves are the ones the statement was signed over. Erased leaves keep their hash, so the root still
 * binds the others; the digest of the whole file can then not be formed any more.
 *
 * @throws {CertificateError} `records-count`, `record-order`, `records-root`, `records-digest`
 */
export function assertBound({ subject, predicate }: Statement, leaves: readonly Leaf[]): void {
  const refuse = (code: CertificateErrorCode, reason: string) => new CertificateError(code, reason, "records");
  const { size, root } = predicate.records;
  if (leaves.length !== size) throw refuse("records-count", `${leaves.length} records, ${size} were signed`);
  for (const [index, leaf] of leaves.entries()) {
    if (leaf.leaf !== "erased" && leaf.seq !== index) {
      throw refuse("record-order", `record ${leaf.seq} stands at position ${index}`);
    }
  }
  if (rootOf(leaves) !== root) throw refuse("records-root", "not the records that were signed");
  const isWhole = leaves.every(({ leaf }) => leaf !== "erased");
  if (isWhole && subject.some(({ digest }) => digest.sha256 !== digestOfRecordsFile(leaves))) {
    throw refuse("records-digest", "records.ndjson has another digest than the one signed");
  }
}
