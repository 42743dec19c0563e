import { type CertificateErrorCode, parseTrustFile, type TrustKey } from "../../../src/certificate/index.ts";
import {
  type Report,
  type Requirement,
  type ShortfallCode,
  verifyCertificate,
  type VerifyRequest,
} from "../../../src/verifier/index.ts";
import {
  aCertificate,
  anItem,
  at,
  evidenceOf,
  testKey,
  testSigner,
  trustKey,
  trustOf,
} from "../../support/certificates.ts";
import { editFile, jsonBytes, listAt, put } from "../../support/tampering.ts";
import { leafHash } from "../../../src/certificate/tree.ts";

const trustWith = (more: Partial<TrustKey>) => parseTrustFile(trustOf(trustKey(more)));
const trust = trustWith({});
const compromised: Partial<TrustKey> = {
  status: "compromised",
  notAfter: "2027-01-01T00:00:00.000Z",
  compromisedAt: "2027-01-01T00:00:00.000Z",
};

const codes = ({ findings }: Report) => findings.map(({ code }) => code);
const evidence = new Map(
  [0, 1, 2]
    .flatMap((seq) => [`revocation ${seq}`, `look ${seq}`])
    .map((text) => [evidenceOf(text).sha256, Buffer.from(text)]),
);

describe("verifying a genuine certificate", () => {
  let good: Uint8Array;
  beforeAll(async () => {
    good = (await aCertificate()).bytes;
  });
  const verify = (more: Partial<VerifyRequest>) => verifyCertificate({ certificate: good, trust, ...more });

  it("reports what it says, by whom, and what is not proved", () => {
    const report = verify({});

    expect(report).toMatchObject({ result: "valid", exitCode: 0, findings: [] });
    expect(report.certificate?.statement.predicate.summary).toMatchObject({ discovered: 3, dead: { probe: 3 } });
    expect(report.certificate?.signedBy.map(({ kid }) => kid)).toEqual([testSigner().keyid]);
    expect(report.certificate?.notProved.join("\n")).toContain("outside the one system in its scope");
  });

  it("T24 carries the head of the audit chain under its signature", () => {
    expect(verify({}).certificate?.statement.predicate.audit).toMatchObject({ seq: 42 });
    const moved = editFile(good, (file) => put(file, "envelope.payload", restatedAudit(file)));

    expect(codes(verify({ certificate: moved }))).toEqual(["signature-invalid"]);
  });

  it("without trust says that the signature was not checked, and checks the rest", () => {
    const report = verify({ trust: null });

    expect(report).toMatchObject({ result: "signature-not-checked", exitCode: 3 });
    expect(codes(report)).toEqual(["trust-missing"]);
    expect(report.certificate).toMatchObject({ signedBy: [], level: { signature: "not-checked", records: "checked" } });
    expect(report.certificate?.notProved[0]).toContain("who issued it");
  });

  it.each<{ require: Requirement[]; expected: ShortfallCode[] }>([
    { require: ["inclusion"], expected: ["inclusion-missing"] },
    { require: ["witness", "timestamp"], expected: ["witness-missing", "timestamp-missing"] },
    { require: ["witness", "witness"], expected: ["witness-missing"] },
  ])("requiring $require names what is missing", ({ require, expected }) => {
    const report = verify({ require });

    expect(report).toMatchObject({ result: "below-requirement", exitCode: 3 });
    expect(codes(report)).toEqual(expected);
  });

  it.each<{ name: string; expect: NonNullable<VerifyRequest["expect"]>; code: CertificateErrorCode | "nothing" }>([
    { name: "its organization", expect: { organization: "Acme" }, code: "nothing" },
    { name: "48 another organization", expect: { organization: "Globex" }, code: "other-organization" },
    { name: "its id", expect: { certificateId: "0199b6a0-0000-7000-8000-000000000001" }, code: "nothing" },
    {
      name: "48 another id",
      expect: { certificateId: "0199b6a0-0000-7000-8000-000000000002" },
      code: "other-certificate",
    },
    { name: "its subject by name", expect: { subject: "ada@acme.example" }, code: "nothing" },
    { name: "its subject by id", expect: { subject: "0199b6a0-0000-7000-8000-0000000000aa" }, code: "nothing" },
    { name: "48 another subject", expect: { subject: "eve@acme.example" }, code: "other-subject" },
  ])("expecting $name: $code", ({ expect: expected, code }) => {
    expect(codes(verify({ expect: expected }))).toEqual(code === "nothing" ? [] : [code]);
  });

  it.each<{ name: string; lookup: (sha256: string) => Uint8Array | null; exitCode: number; first: string | undefined }>(
    [
      { name: "all of it", lookup: (sha256) => evidence.get(sha256) ?? null, exitCode: 0, first: undefined },
      { name: "none of it", lookup: () => null, exitCode: 3, first: "evidence-missing" },
      {
        name: "28 other bytes under its name",
        lookup: () => Buffer.from("look 7"),
        exitCode: 1,
        first: "evidence-mismatch",
      },
    ],
  )("with evidence, $name: exit $exitCode", ({ lookup, exitCode, first }) => {
    const report = verify({ evidence: lookup });

    expect(report.exitCode).toBe(exitCode);
    expect(codes(report)[0]).toBe(first);
  });

  it.each([
    { name: "the signing second", known: "2026-11-24T09:00:55.000Z", code: undefined },
    { name: "years later", known: "2031-01-01T00:00:00.000Z", code: undefined },
    { name: "a little earlier, within the clocks' skew", known: "2026-11-24T08:56:00.000Z", code: undefined },
    { name: "44 earlier than it was issued", known: "2026-11-24T08:55:54.999Z", code: "issued-after-known-time" },
  ])("known to exist at $name: $code", ({ known, code }) => {
    expect(codes(verify({ at: known }))[0]).toBe(code);
  });

  it.each<{ name: string; key: Partial<TrustKey>; known?: string; exitCode: number; code: string | undefined }>([
    {
      name: "I22 a key retired since",
      key: { status: "retired", notAfter: "2027-01-01T00:00:00.000Z" },
      exitCode: 0,
      code: undefined,
    },
    {
      name: "45 a key retired before",
      key: { status: "retired", notAfter: "2026-11-01T00:00:00.000Z" },
      exitCode: 1,
      code: "key-outside-validity",
    },
    {
      name: "45 a key made later",
      key: { notBefore: "2026-12-01T00:00:00.000Z" },
      exitCode: 1,
      code: "key-outside-validity",
    },
    { name: "46 T26 a compromised key", key: compromised, exitCode: 4, code: "key-compromised" },
    {
      name: "46 T26 a compromised key, known since only",
      key: compromised,
      known: "2027-02-01T00:00:00.000Z",
      exitCode: 4,
      code: "key-compromised",
    },
    {
      name: "46 T26 a compromised key, known before",
      key: compromised,
      known: "2026-12-01T00:00:00.000Z",
      exitCode: 0,
      code: undefined,
    },
    // A thief can write any date: a claim from before the theft proves nothing.
    {
      name: "46 T26 a key compromised after the claimed date",
      key: { ...compromised, compromisedAt: "2029-01-01T00:00:00.000Z" },
      exitCode: 4,
      code: "key-compromised",
    },
  ])("signed by $name: exit $exitCode", ({ key, known, exitCode, code }) => {
    const report = verify({ trust: trustWith(key), at: known ?? null });

    expect(report.exitCode).toBe(exitCode);
    expect(codes(report)[0]).toBe(code);
  });

  it("47 replaced by a newer certificate that names it", async () => {
    const { paeSha256 } = await aCertificate();
    const newerBytes = (await aCertificate({ statement: { certificateId: "newer", supersedes: paeSha256 } })).bytes;
    const otherBytes = (await aCertificate({ statement: { certificateId: "other", supersedes: "ab".repeat(32) } }))
      .bytes;
    const reportOn = (certificate: Uint8Array) => verifyCertificate({ certificate, trust });

    expect(verify({ newer: reportOn(newerBytes) })).toMatchObject({ result: "superseded", exitCode: 4 });
    expect(verify({ newer: reportOn(otherBytes) })).toMatchObject({ result: "valid", exitCode: 0 });
  });

  it("29 with an erased record is genuine, and less: its root holds, its counts cannot be repeated", () => {
    const erased = editFile(good, (file) => {
      const records = listAt(file, "records");
      records[1] = { leaf: "erased", hash: Buffer.from(leafHash(jsonBytes(records[1]))).toString("hex") };
    });
    const report = verify({ certificate: erased });

    expect(report).toMatchObject({ result: "below-requirement", exitCode: 3 });
    expect(codes(report)).toEqual(["records-erased"]);
    expect(report.certificate?.paeSha256).toBe(verify({}).certificate?.paeSha256);
  });

  it("29 with a wrong hash in place of a record is invalid", () => {
    const swapped = editFile(good, (file) => put(file, "records.1", { leaf: "erased", hash: "ab".repeat(32) }));

    expect(codes(verify({ certificate: swapped }))).toEqual(["records-root"]);
  });

  it("with its subject erased is valid, says so, and fits no expectation", () => {
    const erased = editFile(good, (file) => put(file, "subject", null));

    expect(verify({ certificate: erased }).exitCode).toBe(0);
    expect(verify({ certificate: erased }).certificate?.notProved.join("\n")).toContain("the name is erased");
    expect(codes(verify({ certificate: erased, expect: { subject: "ada@acme.example" } }))).toEqual(["subject-erased"]);
  });

  it("does not notice what it was not asked: no clock, no network, same report every time", () => {
    expect(verify({})).toEqual(verify({}));
  });

  it("accepts one signature more only if that key is trusted as well", async () => {
    const second = await aCertificate({ signer: testSigner(testKey(2)) });
    const doubled = editFile(good, (file) => {
      const [signature] = listAt(JSON.parse(second.json), "envelope.signatures");
      listAt(file, "envelope.signatures").push(signature);
    });
    const both = parseTrustFile(trustOf(trustKey(), trustKey({}, testKey(2))));

    expect(verify({ certificate: doubled, trust: both }).certificate?.signedBy).toHaveLength(2);
    expect(codes(verify({ certificate: doubled }))).toEqual(["key-unknown"]);
  });
});

describe("what a certificate leaves unproved is said", () => {
  const beyond = { verdict: "unknown", grade: null, at: at(40), attempts: 3, evidence: null } as const;
  const holding = (kind: "attested" | "excepted" | "cut-off" | "reported") => ({
    kind,
    by: ["operator-1", "operator-2"],
    at: at(45),
    reason: "agreed",
  });

  it.each([
    {
      name: "attested items",
      item: anItem(0, { verification: beyond, holding: holding("attested") }),
      says: "people say so",
    },
    {
      name: "cut-off items",
      item: anItem(0, { verification: beyond, holding: holding("cut-off") }),
      says: "only the way to them",
    },
    {
      name: "switched-off items",
      item: anItem(0, { verification: { ...beyond, verdict: "dead", grade: "state", evidence: evidenceOf("look 0") } }),
      says: "switched on again",
    },
  ])("$name", async ({ item, says }) => {
    const { bytes } = await aCertificate({ items: [item], statement: { outcome: "complete_with_exceptions" } });

    const report = verifyCertificate({ certificate: bytes, trust });

    expect(report.exitCode).toBe(0);
    expect(report.certificate?.notProved.join("\n")).toContain(says);
  });

  it("T48 a demonstration is named as one", async () => {
    const { bytes } = await aCertificate({ statement: { demo: true } });

    const report = verifyCertificate({ certificate: bytes, trust });

    expect(report.certificate?.notProved.join("\n")).toContain("by a demonstration");
  });
});

function restatedAudit(file: unknown): string {
  const [payload] = [String(Object(Object(file)["envelope"])["payload"])];
  const text = Buffer.from(payload, "base64").toString("utf8").replace('"seq":42', '"seq":43');
  return Buffer.from(text).toString("base64");
}
