import * as fc from "fast-check";
import {
  buildRecord,
  buildStatement,
  type CertificateErrorCode,
  contentsOf,
  type EnvelopeSigner,
  issueCertificate,
  parseCertificateFile,
  type RecordInput,
  sha256Hex,
  type StatementInput,
  thumbprint,
} from "../../../src/certificate/index.ts";
import {
  aCertificate,
  anItem,
  aStatement,
  at,
  countingRandom,
  digestOf,
  jwkOf,
  testKey,
  testSigner,
} from "../../support/certificates.ts";
import { codeRejectedBy, codeThrownBy } from "../../support/codes.ts";

const scopeOf = (size: number): StatementInput["scope"] =>
  Array.from({ length: size }, (_, index) => ({
    target: `target-${index}`,
    connector: "gateway-keys",
    version: "0.1.0",
    mode: "enforce",
    inventory: "complete",
    listedAt: at(45),
    frozen: true,
  }));
const gapsOf = (size: number) =>
  Array.from({ length: size }, (_, index) => ({
    target: `target-${index}`,
    what: "sessions",
    why: "not listed there",
  }));
const runsOf = (size: number) =>
  Array.from({ length: size }, (_, index) => ({ id: `run-${index}`, startedAt: at(1), completedAt: at(50) }));
const itemAt = (target: string, seq: number) =>
  anItem(seq, { target: { name: target, connector: "gateway-keys", connectorVersion: "0.1.0" } });

describe("issuing a certificate", () => {
  it("gives the file, its digest, the name it can be superseded by, and its records", async () => {
    const issued = await aCertificate();

    const file = parseCertificateFile(issued.bytes);
    expect(issued.sha256).toBe(sha256Hex(issued.bytes));
    expect(issued.recordCount).toBe(3);
    expect(file.records).toHaveLength(3);
    expect(file).toMatchObject({ log: null, timestamps: null });
    expect(issued.statement.predicate).toMatchObject({ outcome: "complete", summary: { dead: { probe: 3 } } });
  });

  it("is the same for the same input, salts and key", async () => {
    expect((await aCertificate()).json).toBe((await aCertificate()).json);
  });

  it("salts every record and the subject apart, with 16 bytes each", async () => {
    const { bytes } = await aCertificate();

    const file = parseCertificateFile(bytes);
    const salts = [file.subject?.salt, ...file.records.map((leaf) => (leaf.leaf === "erased" ? undefined : leaf.salt))];
    expect(new Set(salts).size).toBe(4);
    for (const salt of salts) expect(salt).toMatch(/^[0-9a-f]{32}$/);
  });

  it("holds neither name nor reference of the subject in what is signed", async () => {
    const { statement } = await aCertificate();

    expect(JSON.stringify(statement)).not.toMatch(/Ada|ada@|key-0|Laptop/);
  });

  it.each<{
    name: string;
    statement: Partial<StatementInput>;
    items?: readonly RecordInput[];
    code: CertificateErrorCode;
  }>([
    {
      name: "T48 a living item in a complete case",
      statement: {},
      items: [
        anItem(0, { verification: { verdict: "alive", grade: "probe", at: at(40), attempts: 1, evidence: null } }),
      ],
      code: "outcome-overclaimed",
    },
    {
      name: "I09 a complete case with a run that goes on",
      statement: { runs: [{ id: "run-1", startedAt: at(1), completedAt: null }] },
      code: "outcome-overclaimed",
    },
    { name: "I14 a complete case without targets", statement: { scope: [] }, items: [], code: "outcome-overclaimed" },
    {
      name: "a target that is not in the scope",
      statement: {},
      items: [itemAt("elsewhere", 0)],
      code: "target-unknown",
    },
    { name: "records that are out of order", statement: {}, items: [anItem(1), anItem(0)], code: "record-order" },
    { name: "a digest that is none", statement: { policyDigest: "none" }, code: "member-invalid" },
    {
      name: "an organization of 300 bytes",
      statement: { issuer: { id: "1", org: "a".repeat(300) } },
      code: "member-invalid",
    },
    {
      name: "an organization with a line end",
      statement: { issuer: { id: "1", org: "Acme\nInc" } },
      code: "member-invalid",
    },
  ])("refuses $name before anything is signed", async ({ statement, items, code }) => {
    let signatures = 0;
    const signer: EnvelopeSigner = {
      ...testSigner(),
      sign: (bytes) => {
        signatures += 1;
        return testSigner().sign(bytes);
      },
    };

    expect(await codeRejectedBy(aCertificate({ statement, signer, ...(items && { items }) }))).toBe(code);
    expect(signatures).toBe(0);
  });

  it.each<{ name: string; signer: EnvelopeSigner }>([
    {
      name: "signs with another key",
      signer: { ...testSigner(), sign: (bytes) => testSigner(testKey(2)).sign(bytes) },
    },
    { name: "names another key", signer: { ...testSigner(), keyid: thumbprint(jwkOf(testKey(2))) } },
    { name: "returns nothing", signer: { ...testSigner(), sign: () => Promise.resolve(new Uint8Array()) } },
    { name: "signs something else", signer: { ...testSigner(), sign: () => testSigner().sign(new Uint8Array([1])) } },
  ])("hands nothing out when the signer $name", async ({ signer }) => {
    expect(await codeRejectedBy(aCertificate({ signer }))).toBe("signature-invalid");
  });

  it("passes on what the signer throws", async () => {
    const signer = { ...testSigner(), sign: () => Promise.reject(new Error("token removed")) };

    await expect(aCertificate({ signer })).rejects.toThrow("token removed");
  });

  it("takes nothing from wider objects than it asks for", async () => {
    const secret = { secret: "hunter2" };
    const item = anItem(0);
    const wide = {
      ...item,
      ...secret,
      target: { ...item.target, ...secret },
      credential: { ...item.credential, ...secret },
    };

    const { json } = await aCertificate({ items: [wide], statement: { ...aStatement(), ...secret } });

    expect(json).not.toContain("hunter2");
  });
});

describe("the signed bytes stay within 4,096", () => {
  it.each([
    { name: "500 targets", more: { scope: scopeOf(500), notCovered: [] } },
    { name: "500 gaps", more: { notCovered: gapsOf(500) } },
    { name: "500 runs", more: { runs: runsOf(500) } },
    { name: "500 of each", more: { scope: scopeOf(500), notCovered: gapsOf(500), runs: runsOf(500) } },
  ])("with $name, which remain readable as records", async ({ more }) => {
    const target = more.scope === undefined ? "gateway" : "target-7";
    const item = itemAt(target, 0);
    const runId = more.runs === undefined ? "run-1" : "run-3";
    const items = [{ ...item, revocation: item.revocation && { ...item.revocation, runId } }];
    const records = items.map((input) => buildRecord(input, countingRandom()));

    const { pae, statement, leaves } = buildStatement(aStatement(more), records);

    const contents = contentsOf(statement, leaves);
    expect(pae.length).toBeLessThanOrEqual(4096);
    expect(contents.scope.map((entry) => entry.target)).toEqual(
      (more.scope ?? aStatement().scope).map((entry) => entry.target),
    );
    expect(contents.notCovered).toEqual(more.notCovered ?? aStatement().notCovered);
    expect(contents.runs).toHaveLength((more.runs ?? aStatement().runs).length);
    expect(contents.items).toHaveLength(1);
  });

  it("moves the largest list only, when that is enough", () => {
    const records = [buildRecord(itemAt("target-0", 0))];

    const { statement } = buildStatement(aStatement({ scope: scopeOf(100) }), records);

    expect(statement.predicate.scope).toEqual({ inRecords: 100 });
    expect(statement.predicate.runs).toHaveLength(1);
  });

  it("with every text as long as it may be, in characters that take six bytes or four", () => {
    const longest = (bytes: number) =>
      fc.constantFrom('"'.repeat(bytes / 2), "\u{1f511}".repeat(bytes / 4), "x".repeat(bytes));
    const texts = fc.record({
      certificateId: longest(64),
      issuer: fc.record({ id: longest(128), org: longest(256) }),
      source: longest(128),
      event: longest(128),
      effectiveFrom: longest(64),
      name: longest(64),
      version: longest(64),
      gap: longest(2000),
    });
    fc.assert(
      fc.property(texts, fc.nat(40), (text, gaps) => {
        const input = aStatement({
          certificateId: text.certificateId,
          issuer: text.issuer,
          trigger: {
            ...aStatement().trigger,
            source: text.source,
            event: text.event,
            effectiveFrom: text.effectiveFrom,
            effectiveAt: at(0),
          },
          software: { name: text.name, version: text.version, digest: digestOf("build") },
          notCovered: Array.from({ length: gaps }, () => ({ target: null, what: text.gap, why: text.gap })),
          supersedes: digestOf("older"),
          watchedUntil: at(59),
          audit: { seq: Number.MAX_SAFE_INTEGER, sha256: digestOf("audit") },
        });
        expect(buildStatement(input, [buildRecord(anItem(0))]).pae.length).toBeLessThanOrEqual(4096);
      }),
    );
  });
});

describe("what a hostile target calls its things", () => {
  it.each([
    { name: "control characters", label: "a\u0000b\u001b[31mc\r\nd", shown: "a b [31mc d" },
    { name: "a direction override", label: "invoice\u202efdp.exe", shown: "invoice fdp.exe" },
    { name: "a lone surrogate", label: "key \ud800!", shown: "key \ufffd!" },
    { name: "decomposed letters", label: "Zoe\u0308", shown: "Zo\u00eb" },
    { name: "nothing but blanks", label: " \n\t", shown: null },
    { name: "a novel", label: "x".repeat(100_000), shown: `${"x".repeat(253)}\u2026` },
  ])("is made fit for a certificate: $name", ({ label, shown }) => {
    const item = anItem(0);

    const record = buildRecord({ ...item, credential: { ...item.credential, label } });

    expect(record.credential.label).toBe(shown);
  });

  it.each([
    { name: "a plain id", ref: "key/42", kept: true },
    { name: "an id with control characters", ref: "key\n42", kept: false },
    { name: "an id with a direction override", ref: "key\u202e42", kept: false },
    { name: "an id of 600 bytes", ref: "k".repeat(600), kept: false },
    { name: "an empty id", ref: "", kept: false },
    { name: "an id with blanks around it", ref: " 42 ", kept: false },
  ])("keeps $name, or names it by its digest", ({ ref, kept }) => {
    const item = anItem(0);

    const record = buildRecord({ ...item, credential: { ...item.credential, ref } });

    expect(record.credential.ref).toBe(kept ? ref : `sha256:${digestOf(ref)}`);
  });

  it("never blocks the issuing, whatever label, ref, method and reason are", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 700 }),
      fc.string({ unit: "grapheme", maxLength: 700 }),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (label, ref, words) => {
        const item = anItem(0);
        const hostile: RecordInput = {
          ...item,
          credential: { ...item.credential, label, ref },
          revocation: item.revocation && { ...item.revocation, method: words },
          holding: { kind: "reported", by: ["operator-1"], at: at(45), reason: words },
        };
        const subject = { kind: "person", id: ref, userName: label, displayName: words } as const;
        const issued = await aCertificate({ items: [hostile], statement: { subject } });
        expect(issued.recordCount).toBe(1);
      }),
    );
  });
});

describe("buildRecord", () => {
  it.each([
    { name: "a negative position", input: anItem(-1) },
    { name: "a type of several lines", input: anItem(0, { credential: { ...anItem(0).credential, type: "a\nb" } }) },
    {
      name: "evidence without a digest",
      input: anItem(0, {
        verification: { ...anItem(0).verification, evidence: { sha256: "", bytes: 1, mediaType: "text/plain" } },
      }),
    },
    {
      name: "attempts that are no whole number",
      input: anItem(0, { verification: { ...anItem(0).verification, attempts: 1.5 } }),
    },
  ])("refuses $name", ({ input }) => {
    expect(codeThrownBy(() => buildRecord(input))).toBe("member-invalid");
  });

  it("refuses a signer's input of records that were not built by it", async () => {
    const record = { ...buildRecord(anItem(0)), salt: "00" };

    expect(
      await codeRejectedBy(issueCertificate({ statement: aStatement(), records: [record], signer: testSigner() })),
    ).toBe("member-invalid");
  });
});
