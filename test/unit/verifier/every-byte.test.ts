import { parseTrustFile } from "../../../src/certificate/index.ts";
import { verifyCertificate } from "../../../src/verifier/index.ts";
import { aCertificate, anItem, trustOf } from "../../support/certificates.ts";

describe("one changed byte", () => {
  const trust = parseTrustFile(trustOf());

  // Three bits of each byte: the lowest, the one between upper and lower case, and one that differs from byte to byte.
  const bitsAt = (at: number) => new Set([0x01, 0x20, 1 << (at % 8)]);

  it("anywhere in a certificate makes it invalid", async () => {
    const { bytes } = await aCertificate({ items: [anItem(0)] });
    const accepted: string[] = [];
    const mutant = Uint8Array.from(bytes);
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of bitsAt(at)) {
        mutant[at] = (bytes[at] ?? 0) ^ bit;
        const { exitCode } = verifyCertificate({ certificate: mutant, trust });
        if (exitCode !== 1) accepted.push(`byte ${at}, bit ${bit}: ${exitCode}`);
      }
      mutant[at] = bytes[at] ?? 0;
    }

    expect(accepted).toEqual([]);
    expect(verifyCertificate({ certificate: mutant, trust }).exitCode).toBe(0);
  });

  it("removed, doubled or swapped with its neighbour makes it invalid too", async () => {
    const { bytes } = await aCertificate({ items: [anItem(0)] });
    const accepted: string[] = [];
    for (let at = 0; at < bytes.length; at += 2) {
      const [before, byte, after] = [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)];
      const swapped = [...before, ...after.subarray(0, 1), ...byte, ...after.subarray(1)];
      const mutants = {
        removed: [...before, ...after],
        doubled: [...before, ...byte, ...byte, ...after],
        ...(after[0] === byte[0] || after.length === 0 ? {} : { swapped }),
      };
      for (const [name, mutant] of Object.entries(mutants)) {
        const { exitCode } = verifyCertificate({ certificate: Uint8Array.from(mutant), trust });
        if (exitCode !== 1) accepted.push(`byte ${at} ${name}: ${exitCode}`);
      }
    }

    expect(accepted).toEqual([]);
  });
});
