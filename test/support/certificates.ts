import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  buildRecord,
  type CertificateRecord,
  type EnvelopeSigner,
  issueCertificate,
  type PublicJwk,
  type RecordInput,
  type StatementInput,
  thumbprint,
  type TrustFile,
  trustFileBytes,
  type TrustKey,
} from "../../src/certificate/index.ts";

/** Certificates for tests: a fixed key, fixed salts and fixed times, so that every run sees the same bytes. */

/** PKCS#8 of an Ed25519 key whose seed is 32 equal bytes. Public knowledge: worthless outside tests. */
export function testKey(seedByte: number): KeyObject {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, seedByte)]), format: "der", type: "pkcs8" });
}

export function jwkOf(key: KeyObject): PublicJwk {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return { kty: "OKP", crv: "Ed25519", x: String(x) };
}

export function testSigner(key: KeyObject = testKey(1)): EnvelopeSigner {
  const publicJwk = jwkOf(key);
  return {
    publicJwk,
    keyid: thumbprint(publicJwk),
    sign: (bytes) => Promise.resolve(new Uint8Array(sign(null, bytes, key))),
  };
}

export function freshKey(): KeyObject {
  return generateKeyPairSync("ed25519").privateKey;
}

export function trustKey(more: Partial<TrustKey> = {}, key: KeyObject = testKey(1)): TrustKey {
  const jwk = jwkOf(key);
  return {
    kid: thumbprint(jwk),
    jwk,
    notBefore: "2026-01-01T00:00:00.000Z",
    notAfter: null,
    status: "active",
    compromisedAt: null,
    ...more,
  };
}

export function trustOf(...keys: readonly TrustKey[]): Uint8Array {
  const trust: TrustFile = { version: 1, organization: "Acme", keys: keys.length === 0 ? [trustKey()] : keys };
  return trustFileBytes(trust);
}

/** Bytes that differ from call to call and are the same in every run. */
export function countingRandom(): (size: number) => Uint8Array {
  let calls = 0;
  return (size) => {
    calls += 1;
    return new Uint8Array(createHash("sha256").update(`salt ${calls}`).digest().subarray(0, size));
  };
}

/** The second in the hour of the case at which something happened. */
export const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 9, 0, second));
export const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");
export const evidenceOf = (text: string) => ({
  sha256: digestOf(text),
  bytes: Buffer.byteLength(text),
  mediaType: "application/json",
});

export function anItem(seq: number, more: Partial<RecordInput> = {}): RecordInput {
  return {
    seq,
    target: { name: "gateway", connector: "gateway-keys", connectorVersion: "0.1.0" },
    credential: { type: "key-auth", ref: `key-${seq}`, label: `Laptop ${seq}`, createdAt: null, discoveredAt: at(10) },
    revocation: {
      outcome: "revoked",
      method: "DELETE /consumers/{id}/key-auth/{id}",
      runId: "run-1",
      stepId: `step-${seq}`,
      requestedAt: at(20),
      effectiveAt: at(21),
      evidence: evidenceOf(`revocation ${seq}`),
    },
    verification: { verdict: "dead", grade: "probe", at: at(40), attempts: 2, evidence: evidenceOf(`look ${seq}`) },
    holding: null,
    ...more,
  };
}

export function aStatement(more: Partial<StatementInput> = {}): StatementInput {
  return {
    certificateId: "0199b6a0-0000-7000-8000-000000000001",
    issuer: { id: "0199b6a0-0000-7000-8000-00000000000d", org: "Acme" },
    subject: {
      kind: "person",
      id: "0199b6a0-0000-7000-8000-0000000000aa",
      userName: "ada@acme.example",
      displayName: "Ada Example",
    },
    trigger: {
      source: "okta",
      event: "scim.user.deactivated",
      effectiveAt: null,
      effectiveFrom: "unknown",
      receivedAt: at(0),
      rawSha256: digestOf("raw notice"),
    },
    runs: [{ id: "run-1", startedAt: at(1), completedAt: at(50) }],
    plan: { caseSha256: digestOf("case plan"), targetsSha256: digestOf("targets plan") },
    preserve: false,
    demo: false,
    watchedUntil: null,
    policyDigest: digestOf("policy"),
    software: { name: "lastday", version: "0.1.0", digest: null },
    scope: [
      {
        target: "gateway",
        connector: "gateway-keys",
        version: "0.1.0",
        mode: "enforce",
        inventory: "complete",
        listedAt: at(45),
        frozen: true,
      },
    ],
    notCovered: [{ target: "gateway", what: "sessions at services behind it", why: "the gateway does not list them" }],
    outcome: "complete",
    issuedAt: at(55),
    supersedes: null,
    audit: { seq: 42, sha256: digestOf("audit head") },
    ...more,
  };
}

/** Issues over item inputs; the default is a complete case with three items. */
export async function aCertificate(
  options: {
    readonly items?: readonly RecordInput[];
    readonly statement?: Partial<StatementInput>;
    readonly signer?: EnvelopeSigner;
  } = {},
) {
  const random = countingRandom();
  const items = options.items ?? [anItem(0), anItem(1), anItem(2)];
  const records: CertificateRecord[] = items.map((item) => buildRecord(item, random));
  const issued = await issueCertificate({
    statement: aStatement(options.statement),
    records,
    signer: options.signer ?? testSigner(),
    random,
  });
  return { ...issued, bytes: new TextEncoder().encode(issued.json) };
}
