import { sha256Hex, toHex } from "./digest.ts";
import { canonicalBytes, encodeUtf8 } from "./json.ts";
import type { Leaf } from "./record.ts";
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
