import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import {
  type CertificateErrorCode,
  parseTrustFile,
  preAuthenticationEncoding,
} from "../../../src/certificate/index.ts";
import { leafHash, nodeHash } from "../../../src/certificate/tree.ts";
import { verifyCertificate } from "../../../src/verifier/index.ts";
import { aCertificate, anItem, at, freshKey, testKey, trustOf } from "../../support/certificates.ts";
import {
  drop,
  editFile,
  jsonBytes,
  listAt,
  payloadText,
  peek,
  put,
  rerecord,
  resign,
  respell,
  restate,
  textOf,
} from "../../support/tampering.ts";

/**
 * Certificates, each tampered with in one way, and the code it earns. The number is that of the attack in
 * the threat list of the proof; the letters stand for its variants.
 */
interface Tampering {
  readonly attack: string;
  readonly code: CertificateErrorCode;
  readonly make: (good: Uint8Array) => Uint8Array;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const paeOf = (good: Uint8Array) => preAuthenticationEncoding("application/vnd.in-toto+json", utf8(payloadText(good)));
const signature = "envelope.signatures.0";
const resealed = (sig: Buffer) => (good: Uint8Array) =>
  editFile(good, (file) => put(file, `${signature}.sig`, sig.toString("base64")));
const withPayload = (edit: (bytes: Buffer) => Buffer) => (good: Uint8Array) =>
  editFile(good, (file) => {
    const payload = Buffer.from(String(peek(file, "envelope.payload")), "base64");
    put(file, "envelope.payload", edit(payload).toString("base64"));
  });
const inRecord = (path: string, value: unknown) => (good: Uint8Array) =>
  rerecord(good, (records) => put(records[0], path, value));
const claiming = (path: string, value: unknown) => (good: Uint8Array) =>
  restate(good, (statement) => put(statement, `predicate.${path}`, value));
const alive = { verdict: "alive", grade: "probe", at: "2026-11-24T09:00:40.000Z", attempts: 2, evidence: null };
const held = (kind: string, by: readonly string[]) => ({ kind, by, at: "2026-11-24T09:00:41.000Z", reason: "agreed" });
const count = (predicate: unknown, probe: number, member: string) => {
  put(predicate, "summary.dead.probe", probe);
  put(predicate, `summary.${member}`, 3 - probe);
};

const envelopeAttacks: readonly Tampering[] = [
  {
    attack: "1 payload byte flipped",
    code: "signature-invalid",
    make: withPayload((bytes) =>
      Buffer.concat([bytes.subarray(0, 99), Buffer.of((bytes[99] ?? 0) ^ 1), bytes.subarray(100)]),
    ),
  },
  {
    attack: "2 signature byte flipped",
    code: "signature-invalid",
    make: (good) => {
      const sig = sign(null, paeOf(good), testKey(1));
      sig.writeUInt8(sig.readUInt8(10) ^ 1, 10);
      return resealed(sig)(good);
    },
  },
  {
    attack: "3 no signature",
    code: "signature-missing",
    make: (good) => editFile(good, (file) => put(file, "envelope.signatures", [])),
  },
  {
    attack: "3b signatures member stripped",
    code: "member-missing",
    make: (good) => editFile(good, (file) => drop(file, "envelope.signatures")),
  },
  {
    attack: "4 wrong payloadType, well signed",
    code: "payload-type",
    make: (good) => resign(good, utf8(payloadText(good)), { type: "application/vnd.in-toto.provenance+json" }),
  },
  {
    attack: "4b payloadType in other case, well signed",
    code: "payload-type",
    make: (good) => resign(good, utf8(payloadText(good)), { type: "application/vnd.in-toto+JSON" }),
  },
  {
    attack: "4c generic JSON type, well signed",
    code: "payload-type",
    make: (good) => resign(good, utf8(payloadText(good)), { type: "application/json" }),
  },
  {
    attack: "5 right signature by a key nobody pinned",
    code: "key-unknown",
    make: (good) => resign(good, utf8(payloadText(good)), { key: testKey(9) }),
  },
  {
    attack: "5b the same under the id of the pinned key",
    code: "signature-invalid",
    make: (good) =>
      resign(good, utf8(payloadText(good)), {
        key: testKey(9),
        keyid: String(peek(JSON.parse(textOf(good)), `${signature}.keyid`)),
      }),
  },
  {
    attack: "6 alg none beside the signature",
    code: "member-unknown",
    make: (good) => editFile(good, (file) => put(file, `${signature}.alg`, "none")),
  },
  {
    attack: "6b HMAC with the public key as secret",
    code: "signature-malformed",
    make: (good) => {
      const secret = createPublicKey(testKey(1)).export({ type: "spki", format: "der" });
      return resealed(createHmac("sha256", secret).update(paeOf(good)).digest())(good);
    },
  },
  {
    attack: "6c the same with 64 bytes",
    code: "signature-invalid",
    make: (good) => {
      const secret = createPublicKey(testKey(1)).export({ type: "spki", format: "der" });
      return resealed(createHmac("sha512", secret).update(paeOf(good)).digest())(good);
    },
  },
  {
    attack: "6d ECDSA signature under the Ed25519 key",
    code: "signature-invalid",
    make: (good) => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return resealed(sign("sha256", paeOf(good), { key: privateKey, dsaEncoding: "ieee-p1363" }))(good);
    },
  },
  {
    attack: "6e signature over a digest of the content",
    code: "signature-invalid",
    make: (good) => resealed(sign(null, createHash("sha512").update(paeOf(good)).digest(), testKey(1)))(good),
  },
  {
    attack: "7 two signatures by one key",
    code: "signature-duplicate",
    make: (good) =>
      editFile(good, (file) => put(file, "envelope.signatures", [peek(file, signature), peek(file, signature)])),
  },
  {
    attack: "7b a second signature that does not verify",
    code: "key-unknown",
    make: (good) =>
      editFile(good, (file) =>
        put(file, "envelope.signatures", [peek(file, signature), { ...Object(peek(file, signature)), keyid: "other" }]),
      ),
  },
  {
    attack: "8 key inside the certificate",
    code: "member-unknown",
    make: (good) =>
      editFile(good, (file) => put(file, "keys", [createPublicKey(testKey(9)).export({ format: "jwk" })])),
  },
  {
    attack: "9 duplicate key in the file",
    code: "json-not-canonical",
    make: (good) => utf8(textOf(good).replace('"log":null', '"log":null,"log":null')),
  },
  {
    attack: "9b duplicate key in the signed payload",
    code: "json-not-canonical",
    make: (good) => respell(good, (text) => text.replace('"demo":false', '"demo":true,"demo":false')),
  },
  {
    attack: "9c duplicate key in a record",
    code: "json-not-canonical",
    make: (good) => utf8(textOf(good).replace('"seq":0', '"seq":0,"seq":0')),
  },
  {
    attack: "9d escaped twin of a signed key",
    code: "json-not-canonical",
    make: (good) => respell(good, (text) => text.replace('"demo":false', '"demo":false,"d\\u0065mo":true')),
  },
  {
    attack: "9e twin of a signed key in other case",
    code: "member-unknown",
    make: (good) => restate(good, (statement) => put(statement, "predicate.Demo", true)),
  },
  {
    attack: "10 payload with whitespace, well signed",
    code: "json-not-canonical",
    make: (good) => respell(good, (text) => text.replace(":", ": ")),
  },
  {
    attack: "10b payload in another order, well signed",
    code: "json-not-canonical",
    make: (good) =>
      respell(good, (text) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse()))),
  },
  {
    attack: "10c exponent",
    code: "json-not-canonical",
    make: (good) => respell(good, (text) => text.replace('"size":3', '"size":3e0')),
  },
  {
    attack: "10d negative zero",
    code: "json-not-canonical",
    make: (good) => respell(good, (text) => text.replace('"alive":0', '"alive":-0')),
  },
  {
    attack: "10e needless escape",
    code: "json-not-canonical",
    make: (good) => respell(good, (text) => text.replace("Acme", "\\u0041cme")),
  },
  {
    attack: "11 integer above 2^53",
    code: "number-not-safe",
    make: (good) => respell(good, (text) => text.replace('"seq":42', '"seq":9007199254740993')),
  },
  { attack: "11b float", code: "number-not-safe", make: claiming("summary.alive", 0.5) },
  { attack: "11c count as text", code: "member-invalid", make: claiming("summary.alive", "NaN") },
  { attack: "11d negative count", code: "member-invalid", make: claiming("summary.alive", -1) },
  {
    attack: "12 lone surrogate",
    code: "text-malformed",
    make: (good) => respell(good, (text) => text.replace("Acme", "\\ud800")),
  },
  {
    attack: "12b invalid UTF-8",
    code: "utf8-invalid",
    make: (good) => Uint8Array.from(good, (byte, index) => (index === textOf(good).indexOf("Ada") ? 0xff : byte)),
  },
  {
    attack: "12c overlong UTF-8",
    code: "utf8-invalid",
    make: (good) => Uint8Array.from([...good.subarray(0, 2), 0xc0, 0xaf, ...good.subarray(4)]),
  },
  {
    attack: "12d byte order mark",
    code: "json-malformed",
    make: (good) => Uint8Array.from([0xef, 0xbb, 0xbf, ...good]),
  },
  {
    attack: "12e NUL",
    code: "text-malformed",
    make: (good) => respell(good, (text) => text.replace("Acme", "Ac\\u0000me")),
  },
  {
    attack: "13 __proto__",
    code: "member-forbidden",
    make: (good) => editFile(good, (file) => put(file, "__proto__", {})),
  },
  { attack: "13b constructor in the payload", code: "member-forbidden", make: claiming("constructor", {}) },
  { attack: "13c unknown field in the statement", code: "member-unknown", make: claiming("note", "trust me") },
  { attack: "13d unknown field in a record", code: "member-unknown", make: inRecord("note", "trust me") },
  {
    attack: "14 base64 junk",
    code: "member-invalid",
    make: (good) =>
      editFile(good, (file) => put(file, "envelope.payload", `*${String(peek(file, "envelope.payload"))}`)),
  },
  {
    attack: "14b missing padding",
    code: "base64-malformed",
    make: (good) =>
      editFile(good, (file) => put(file, `${signature}.sig`, String(peek(file, `${signature}.sig`)).slice(0, -1))),
  },
  {
    attack: "14c trailing bits set",
    code: "base64-malformed",
    make: (good) =>
      editFile(good, (file) =>
        put(
          file,
          `${signature}.sig`,
          String(peek(file, `${signature}.sig`)).replace(/.==$/, (end) =>
            end === "A==" ? "B==" : `${next(end[0])}==`,
          ),
        ),
      ),
  },
  {
    attack: "15 lengths of the encoding counted in characters",
    code: "signature-invalid",
    make: (good) => {
      const text = payloadText(good).replace("Acme", "Acmé");
      const pae = utf8(`DSSEv1 28 application/vnd.in-toto+json ${text.length} ${text}`);
      return resign(good, utf8(text), { pae });
    },
  },
  {
    attack: "16 too large",
    code: "too-large",
    make: (good) => Uint8Array.from({ length: 33 * 1024 * 1024 }, (_, index) => good[index] ?? 0x20),
  },
  { attack: "16b nested deep", code: "too-deep", make: () => utf8("[".repeat(1_000_000)) },
  { attack: "16c signed payload above 4,096 bytes", code: "too-large", make: claiming("issuer.org", "a".repeat(5000)) },
  { attack: "17 trailing line feed", code: "json-not-canonical", make: (good) => Uint8Array.from([...good, 0x0a]) },
  { attack: "17b two certificates", code: "json-malformed", make: (good) => Uint8Array.from([...good, ...good]) },
  { attack: "17c cut short", code: "json-malformed", make: (good) => good.subarray(0, -1) },
  {
    attack: "18 malleable signature: S plus the group order",
    code: "signature-invalid",
    make: (good) => {
      const sig = sign(null, paeOf(good), testKey(1));
      const order = 2n ** 252n + 27742317777372353535851937790883648493n;
      const s = BigInt(`0x${Buffer.from(sig.subarray(32)).reverse().toString("hex")}`) + order;
      const malleable = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
      return resealed(Buffer.concat([sig.subarray(0, 32), malleable]))(good);
    },
  },
];

/** Attack 14c needs the next letter of the alphabet: same bytes for a lenient decoder, other text. */
const next = (letter = "A") => String.fromCharCode(letter.charCodeAt(0) + 1);

const recordAttacks: readonly Tampering[] = [
  {
    attack: "19 record edited",
    code: "records-root",
    make: (good) => editFile(good, (file) => put(file, "records.1.credential.ref", "other")),
  },
  {
    attack: "19b salt changed",
    code: "records-root",
    make: (good) => editFile(good, (file) => put(file, "records.1.salt", "00".repeat(16))),
  },
  {
    attack: "20 last record deleted",
    code: "records-count",
    make: (good) => editFile(good, (file) => listAt(file, "records").pop()),
  },
  {
    attack: "20b deleted, and the size signed anew, but not the digest",
    code: "records-root",
    make: (good) => editFile(claiming("records.size", 2)(good), (file) => listAt(file, "records").pop()),
  },
  {
    attack: "21 record inserted",
    code: "records-count",
    make: (good) => editFile(good, (file) => listAt(file, "records").push(peek(file, "records.0"))),
  },
  {
    attack: "21b the same access recorded twice and signed",
    code: "record-duplicate",
    make: (good) =>
      rerecord(good, (records, predicate) => {
        records.push({ ...Object(records[0]), seq: 3 });
        put(predicate, "summary.discovered", 4);
        put(predicate, "summary.dead.probe", 4);
        put(predicate, "scope.0.count", 4);
      }),
  },
  {
    attack: "22 records reordered",
    code: "record-order",
    make: (good) => editFile(good, (file) => listAt(file, "records").reverse()),
  },
  {
    attack: "22b reordered with their numbers adjusted",
    code: "records-root",
    make: (good) =>
      editFile(good, (file) => {
        for (const [seq, record] of listAt(file, "records").reverse().entries()) put(record, "seq", seq);
      }),
  },
  {
    attack: "23 an inner node offered as an erased leaf",
    code: "records-count",
    make: (good) =>
      editFile(good, (file) => {
        const [one, two, three] = listAt(file, "records").map((record) => leafHash(jsonBytes(record)));
        if (one === undefined || two === undefined || three === undefined) throw new Error("three records were made");
        put(file, "records", [
          { leaf: "erased", hash: Buffer.from(nodeHash(one, two)).toString("hex") },
          peek(file, "records.2"),
        ]);
      }),
  },
  {
    attack: "24 the odd last leaf doubled",
    code: "records-count",
    make: (good) => editFile(good, (file) => listAt(file, "records").push(structuredClone(peek(file, "records.2")))),
  },
  {
    attack: "24b the root of the doubled list signed over three",
    code: "records-root",
    make: (good) =>
      restate(good, (statement) => {
        const [one, two, three] = listAt(JSON.parse(textOf(good)), "records").map((record) =>
          leafHash(jsonBytes(record)),
        );
        if (one === undefined || two === undefined || three === undefined) throw new Error("three records were made");
        const doubled = nodeHash(nodeHash(one, two), nodeHash(three, three));
        put(statement, "predicate.records.root", Buffer.from(doubled).toString("hex"));
      }),
  },
  {
    attack: "25 records of another certificate",
    code: "records-root",
    make: (good) => editFile(good, (file) => put(file, "records", otherRecords)),
  },
  {
    attack: "25b digest of another records file signed",
    code: "records-digest",
    make: (good) => restate(good, (statement) => put(statement, "subject.0.digest.sha256", "ab".repeat(32))),
  },
  {
    attack: "29 record without its salt",
    code: "member-missing",
    make: (good) => editFile(good, (file) => drop(file, "records.0.salt")),
  },
  {
    attack: "29b record without its salt, signed",
    code: "member-missing",
    make: (good) => rerecord(good, (records) => drop(records[0], "salt")),
  },
  {
    attack: "29c another name in the opening",
    code: "subject-mismatch",
    make: (good) => editFile(good, (file) => put(file, "subject.userName", "eve@acme.example")),
  },
];

const claimAttacks: readonly Tampering[] = [
  { attack: "26 counts do not reconcile", code: "summary-mismatch", make: claiming("summary.discovered", 4) },
  {
    attack: "26b one grade counted as another",
    code: "summary-mismatch",
    make: (good) =>
      restate(good, (statement) => put(statement, "predicate.summary.dead", { probe: 2, absence: 1, state: 0 })),
  },
  {
    attack: "26c T48 complete with a living item",
    code: "outcome-overclaimed",
    make: (good) =>
      rerecord(good, (records, predicate) => {
        put(records[0], "verification", alive);
        count(predicate, 2, "alive");
      }),
  },
  {
    attack: "26d T48 complete with exceptions, with an unknown item",
    code: "outcome-overclaimed",
    make: (good) =>
      rerecord(good, (records, predicate) => {
        put(records[0], "verification", { ...alive, verdict: "unknown", grade: null });
        count(predicate, 2, "unknown");
        put(predicate, "outcome", "complete_with_exceptions");
      }),
  },
  ...(["excepted", "attested", "cut-off", "reported"] as const).map((kind) => ({
    attack: `26e T48 complete with one ${kind} item`,
    code: "outcome-overclaimed" as const,
    make: (good: Uint8Array) =>
      rerecord(good, (records, predicate) => {
        put(records[0], "verification", { ...alive, verdict: "unknown", grade: null });
        put(records[0], "holding", held(kind, ["operator-1", "operator-2"]));
        count(predicate, 2, kind === "cut-off" ? "cutOff" : kind);
      }),
  })),
  {
    attack: "26f T48 complete with a partial inventory",
    code: "outcome-overclaimed",
    make: claiming("scope.0.inventory", "partial"),
  },
  {
    attack: "26g T48 complete with a failed inventory",
    code: "outcome-overclaimed",
    make: claiming("scope.0.inventory", "failed"),
  },
  {
    attack: "26h T48 complete where a target was only observed",
    code: "outcome-overclaimed",
    make: claiming("scope.0.mode", "observe"),
  },
  {
    attack: "26i I09 complete while a run goes on",
    code: "outcome-overclaimed",
    make: claiming("runs.0.completedAt", null),
  },
  {
    attack: "26j I09 complete over no system at all",
    code: "outcome-overclaimed",
    make: (good) =>
      rerecord(good, (records, predicate) => {
        records.length = 0;
        put(predicate, "summary.discovered", 0);
        put(predicate, "summary.dead.probe", 0);
        put(predicate, "scope", []);
      }),
  },
  { attack: "26k scope counts other records", code: "scope-mismatch", make: claiming("scope.0.count", 2) },
  {
    attack: "26l a target twice in the scope",
    code: "scope-mismatch",
    make: (good) =>
      restate(good, (statement) => listAt(statement, "predicate.scope").push(peek(statement, "predicate.scope.0"))),
  },
  {
    attack: "26m a record of a target outside the scope",
    code: "target-unknown",
    make: (good) =>
      rerecord(good, (records, predicate) => {
        put(records[0], "target.name", "elsewhere");
        put(predicate, "scope.0.count", 2);
      }),
  },
  { attack: "26n a record by another connector", code: "target-unknown", make: inRecord("target.connector", "other") },
  {
    attack: "26o a revocation in a run that is not listed",
    code: "run-unknown",
    make: inRecord("revocation.runId", "run-2"),
  },
  { attack: "26p dead without a grade", code: "summary-mismatch", make: inRecord("verification.grade", null) },
  { attack: "26q dead without evidence", code: "dead-without-proof", make: inRecord("verification.evidence", null) },
  { attack: "26r dead without an attempt", code: "dead-without-proof", make: inRecord("verification.attempts", 0) },
  { attack: "26s dead without a time", code: "dead-without-proof", make: inRecord("verification.at", null) },
  {
    attack: "26t an exception by one person under two names of one id",
    code: "exception-without-approval",
    make: inRecord("holding", held("excepted", ["operator-1", "operator-1"])),
  },
  {
    attack: "26u an attestation by nobody",
    code: "exception-without-approval",
    make: inRecord("holding", held("attested", [])),
  },
  {
    attack: "26v leaves hidden among the records",
    code: "list-count",
    make: (good) =>
      rerecord(good, (records) => {
        const gap = { target: null, what: "a", why: "b" };
        records.push({ v: 1, leaf: "gap", seq: 3, salt: "00".repeat(16), gap });
      }),
  },
  {
    attack: "27 looked at before it was revoked",
    code: "time-order",
    make: inRecord("verification.at", "2026-11-24T09:00:19.999Z"),
  },
  {
    attack: "27b took effect before it was requested",
    code: "time-order",
    make: inRecord("revocation.effectiveAt", "2026-11-24T09:00:19.000Z"),
  },
  {
    attack: "27c revoked before it was found",
    code: "time-order",
    make: inRecord("credential.discoveredAt", "2026-11-24T09:00:20.001Z"),
  },
  {
    attack: "27d looked at after the run ended",
    code: "time-order",
    make: inRecord("verification.at", "2026-11-24T09:00:51.000Z"),
  },
  {
    attack: "27e a run that ended after the signing",
    code: "time-order",
    make: claiming("runs.0.completedAt", "2026-11-24T09:00:56.000Z"),
  },
  {
    attack: "27f a run that ended before it began",
    code: "time-order",
    make: claiming("runs.0.startedAt", "2026-11-24T09:00:51.000Z"),
  },
  {
    attack: "27g noticed after the signing",
    code: "time-order",
    make: claiming("trigger.receivedAt", "2026-11-24T09:00:56.000Z"),
  },
  {
    attack: "27h a time of another precision",
    code: "member-invalid",
    make: claiming("issuedAt", "2026-11-24T09:00:55Z"),
  },
  {
    attack: "27i a time that does not exist",
    code: "member-invalid",
    make: claiming("issuedAt", "2026-02-30T09:00:55.000Z"),
  },
  {
    attack: "27j a time in another zone",
    code: "member-invalid",
    make: claiming("issuedAt", "2026-11-24T09:00:55.000+00:00"),
  },
  {
    attack: "49 a key history offered as a certificate",
    code: "statement-type",
    make: (good) => resign(good, trustOf()),
  },
  {
    attack: "49b a checkpoint offered as a certificate",
    code: "json-malformed",
    make: (good) => resign(good, utf8("lastday.example/log\n1501\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")),
  },
  {
    attack: "49c another statement of the same issuer",
    code: "statement-type",
    make: (good) => restate(good, (statement) => put(statement, "predicateType", "https://slsa.dev/provenance/v1")),
  },
  {
    attack: "49d a later version of the format",
    code: "statement-type",
    make: (good) => restate(good, (statement) => put(statement, "predicateType", "https://lastday.dev/certificate/v2")),
  },
];

let otherRecords: unknown[] = [];

describe("a tampered certificate", () => {
  const trust = parseTrustFile(trustOf());
  let good: Uint8Array;

  beforeAll(async () => {
    good = (await aCertificate()).bytes;
    const other = await aCertificate({
      items: [anItem(0, { holding: null }), anItem(1), anItem(2)].map((item) => ({
        ...item,
        credential: { ...item.credential, ref: `another-${item.seq}`, discoveredAt: at(11) },
      })),
    });
    otherRecords = listAt(JSON.parse(other.json), "records");
  });

  it("starts from one that is valid", () => {
    expect(verifyCertificate({ certificate: good, trust })).toMatchObject({
      result: "valid",
      exitCode: 0,
      findings: [],
    });
  });

  it.each([...envelopeAttacks, ...recordAttacks, ...claimAttacks])("$attack: $code", ({ code, make }) => {
    const report = verifyCertificate({ certificate: make(good), trust });

    expect(report.findings.map((finding) => finding.code)).toEqual([code]);
    expect(report).toMatchObject({ result: "invalid", exitCode: 1, certificate: null });
  });

  it.each([...recordAttacks, ...claimAttacks])("$attack: $code, also before anything is trusted", ({ code, make }) => {
    const report = verifyCertificate({ certificate: make(good), trust: null });

    expect(report.findings.map((finding) => finding.code)).toEqual([code]);
  });

  it("a fresh key's certificate is not accepted under the old trust file", async () => {
    const key = freshKey();

    const report = verifyCertificate({ certificate: resign(good, utf8(payloadText(good)), { key }), trust });

    expect(report.findings[0]?.code).toBe("key-unknown");
  });
});
