import * as fc from "fast-check";
import { sameBytes } from "../../../src/certificate/json.ts";
import { isConsistent, isIncluded, leafHash, nodeHash, treeRoot } from "../../../src/certificate/tree.ts";
import { listVectors, readJsonVector } from "../../support/vectors.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const proofOf = (proof: readonly string[] | null) => (proof ?? []).map(bytesOf);
const leavesOf = (count: number) => Array.from({ length: count }, (_, index) => leafHash(Uint8Array.of(index)));

/** RFC 6962 section 2.1, word for word: the independent reading that the loop is compared with. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  const split = splitOf(leaves.length);
  return nodeHash(rootByDefinition(leaves.slice(0, split)), rootByDefinition(leaves.slice(split)));
}

/** RFC 9162 section 2.1.3.1. */
function inclusionProof(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(index, left), rootByDefinition(right)]
    : [...inclusionProof(index - split, right), rootByDefinition(left)];
}

/** RFC 9162 section 2.1.4.1. */
function consistencyProof(oldSize: number, leaves: readonly Uint8Array[], isWhole = true): Uint8Array[] {
  if (oldSize === leaves.length) return isWhole ? [] : [rootByDefinition(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return oldSize <= split
    ? [...consistencyProof(oldSize, left, isWhole), rootByDefinition(right)]
    : [...consistencyProof(oldSize - split, right, false), rootByDefinition(left)];
}

function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

describe("the records tree", () => {
  it("hashes the empty list as RFC 6962 says", () => {
    expect(hex(treeRoot([]))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it.each([
    { size: 1, root: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
    { size: 2, root: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
    { size: 3, root: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
    { size: 7, root: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
    { size: 8, root: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
  ])("has the published root for $size published leaves", ({ size, root }) => {
    const published = [
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f",
    ];
    const leaves = published.slice(0, size).map((leaf) => leafHash(new Uint8Array(Buffer.from(leaf, "hex"))));

    expect(hex(treeRoot(leaves))).toBe(root);
  });

  it("is the tree of the definition for every size up to 130", () => {
    for (let size = 1; size <= 130; size += 1) {
      expect(hex(treeRoot(leavesOf(size)))).toBe(hex(rootByDefinition(leavesOf(size))));
    }
  });

  it("keeps leaves and nodes apart: 64 bytes that spell two hashes are another leaf, not their node", () => {
    const [left, right] = [leafHash(Uint8Array.of(1)), leafHash(Uint8Array.of(2))];

    expect(hex(leafHash(Uint8Array.from([...left, ...right])))).not.toBe(hex(nodeHash(left, right)));
  });

  it("never doubles an odd leaf", () => {
    const [a, b, c] = leavesOf(3);
    if (a === undefined || b === undefined || c === undefined) throw new Error("three leaves were made");

    expect(hex(treeRoot([a, b, c]))).not.toBe(hex(treeRoot([a, b, c, c])));
  });
});

interface InclusionVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyVector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

const inclusionFolder = ["rfc6962-merkle", "testdata", "inclusion"];
const consistencyFolder = ["rfc6962-merkle", "testdata", "consistency"];

describe("isIncluded", () => {
  it.each(listVectors(...inclusionFolder))("%s", (name) => {
    const vector = readJsonVector(...inclusionFolder, name) as InclusionVector;
    const { leafIdx, treeSize, proof, wantErr } = vector;

    const included = isIncluded(bytesOf(vector.leafHash), leafIdx, treeSize, proofOf(proof), bytesOf(vector.root));

    expect(included).toBe(!wantErr);
  });

  it("accepts each leaf of each tree with its own proof and with no other index or size", () => {
    const place = fc
      .integer({ min: 1, max: 70 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1), fc.nat(69)));
    fc.assert(
      fc.property(place, ([size, index, other]) => {
        const leaves = leavesOf(size);
        const [root, leaf, proof] = [treeRoot(leaves), leaves[index] ?? root0, inclusionProof(index, leaves)];
        expect(isIncluded(leaf, index, size, proof, root)).toBe(true);
        expect(isIncluded(leaf, other, size, proof, root)).toBe(other === index);
        expect(isIncluded(leaf, index, size, [...proof, leaf], root)).toBe(false);
        expect(isIncluded(leaf, index, size, proof.slice(1), root)).toBe(proof.length === 0);
      }),
    );
  });
});

describe("isConsistent", () => {
  it.each(listVectors(...consistencyFolder))("%s", (name) => {
    const { size1, size2, root1, root2, proof, wantErr } = readJsonVector(
      ...consistencyFolder,
      name,
    ) as ConsistencyVector;

    expect(isConsistent(size1, size2, proofOf(proof), bytesOf(root1), bytesOf(root2))).toBe(!wantErr);
  });

  it("accepts each earlier tree with its own proof and no other root", () => {
    const sizes = fc
      .integer({ min: 1, max: 70 })
      .chain((size) => fc.tuple(fc.integer({ min: 1, max: size }), fc.constant(size)));
    fc.assert(
      fc.property(sizes, ([oldSize, size]) => {
        const leaves = leavesOf(size);
        const [oldRoot, root, proof] = [
          treeRoot(leaves.slice(0, oldSize)),
          treeRoot(leaves),
          consistencyProof(oldSize, leaves),
        ];
        expect(isConsistent(oldSize, size, proof, oldRoot, root)).toBe(true);
        expect(isConsistent(oldSize, size, proof, root0, root)).toBe(sameBytes(oldRoot, root0));
        expect(isConsistent(oldSize, size, [...proof, root], oldRoot, root)).toBe(false);
      }),
    );
  });

  it("proves nothing from the empty tree, and none from a larger one", () => {
    const root = treeRoot(leavesOf(2));

    expect(isConsistent(0, 2, [], treeRoot([]), root)).toBe(false);
    expect(isConsistent(3, 2, [], root, root)).toBe(false);
    expect(isConsistent(2, 2, [], treeRoot(leavesOf(3)), root)).toBe(false);
  });
});

const root0 = treeRoot([]);
