import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { maxCertificateBytes } from "../../certificate/index.ts";
import type { EvidenceLookup } from "../../verifier/index.ts";
import { UsageError } from "./options.ts";

/** One byte more than the format allows is enough to be refused by it; devices and pipes must not be read for ever. */
const maxReadBytes = maxCertificateBytes + 1;

/** @throws {UsageError} when the file is missing or cannot be read. */
export function readInput(path: string): Uint8Array {
  try {
    return readBounded(path);
  } catch (cause) {
    throw new UsageError(`${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** Evidence files of a folder, each named by the SHA-256 of its bytes, with or without an extension of `.json`. */
export function evidenceIn(folder: string): EvidenceLookup {
  try {
    closeSync(openSync(folder, "r"));
  } catch (cause) {
    throw new UsageError(`${folder}: ${reasonOf(cause)}`, { cause });
  }
  return (sha256) => {
    for (const name of [sha256, `${sha256}.json`]) {
      try {
        return readBounded(join(folder, name));
      } catch (cause) {
        if (codeOf(cause) !== "ENOENT") throw new UsageError(`${name}: ${reasonOf(cause)}`, { cause });
      }
    }
    return null;
  };
}

function readBounded(path: string): Uint8Array {
  const descriptor = openSync(path, "r");
  try {
    const chunks: Buffer[] = [];
    let total = 0;
    while (total < maxReadBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(1 << 16, maxReadBytes - total));
      const size = readSync(descriptor, chunk);
      if (size === 0) break;
      chunks.push(chunk.subarray(0, size));
      total += size;
    }
    return new Uint8Array(Buffer.concat(chunks));
  } finally {
    closeSync(descriptor);
  }
}

function reasonOf(cause: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    ENOTDIR: "no such file",
    EISDIR: "is a folder",
    EACCES: "not readable for this user",
  };
  return reasons[codeOf(cause)] ?? "cannot be read";
}

function codeOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}
