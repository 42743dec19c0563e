import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { aCertificate, anItem, freshKey, testKey, testSigner, trustKey, trustOf } from "../../support/certificates.ts";
import { editFile, payloadText, peek, put, textOf } from "../../support/tampering.ts";

const guide = readFileSync(resolve(fileURLToPath(import.meta.url), "../../../../docs/for-auditors.md"), "utf8");
const [signatureSteps = "", recordsSteps = ""] = [...guide.matchAll(/```sh\n([^`]*)```/g)].map((block) => block[1]);

/** Runs the guide's own commands, as an auditor would paste them. */
function runSteps(
  steps: string,
  certificate: Uint8Array,
  trust: Uint8Array,
): { exitCode: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "lastday-auditor-"));
  try {
    writeFileSync(join(folder, "certificate.json"), certificate);
    writeFileSync(join(folder, "trust.json"), trust);
    const { status, stdout, stderr } = spawnSync("sh", ["-c", steps], { cwd: folder, encoding: "utf8" });
    return { exitCode: status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const withPayload = (good: Uint8Array, edit: (payload: Buffer) => Buffer) =>
  editFile(good, (file) => put(file, "envelope.payload", edit(Buffer.from(payloadText(good))).toString("base64")));

describe("docs/for-auditors.md", () => {
  // Names that would end a careless pattern too soon, or too late.
  const item = anItem(0);
  const items = [{ ...item, credential: { ...item.credential, label: '","payload":"AAAA","sig":"\u00e9' } }, anItem(1)];
  let good: Uint8Array;
  beforeAll(async () => {
    good = (await aCertificate({ items })).bytes;
  });

  it("takes at most 40 lines", () => {
    expect(guide.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
  });

  it("accepts a genuine signature with openssl alone", () => {
    expect(runSteps(signatureSteps, good, trustOf())).toEqual({
      exitCode: 0,
      said: "Signature Verified Successfully\n",
    });
  });

  it("finds the right key in a trust file of several", () => {
    const trust = trustOf(trustKey({}, testKey(2)), trustKey(), trustKey({}, testKey(3)));

    expect(runSteps(signatureSteps, good, trust).exitCode).toBe(0);
  });

  it.each([
    {
      name: "another outcome",
      make: () => withPayload(good, (bytes) => Buffer.from(bytes.toString().replace('"demo":false', '"demo":true'))),
    },
    {
      name: "one bit of the payload",
      make: () => withPayload(good, (bytes) => bytes.fill((bytes[50] ?? 0) ^ 1, 50, 51)),
    },
    { name: "the payload cut short", make: () => withPayload(good, (bytes) => bytes.subarray(0, -1)) },
    {
      name: "another signature",
      make: () => editFile(good, (file) => put(file, "envelope.signatures.0.sig", Buffer.alloc(64).toString("base64"))),
    },
  ])("refuses a certificate with $name", ({ make }) => {
    const { exitCode, said } = runSteps(signatureSteps, make(), trustOf());

    expect(exitCode).not.toBe(0);
    expect(said).not.toContain("Verified Successfully");
  });

  it("refuses a certificate by a key that the trust file does not name", async () => {
    const { bytes } = await aCertificate({ signer: testSigner(freshKey()) });

    expect(runSteps(signatureSteps, bytes, trustOf()).exitCode).not.toBe(0);
  });

  it("binds the records to what was signed", () => {
    const steps = `${signatureSteps}\n${recordsSteps}`;
    const edited = editFile(good, (file) => put(file, "records.1.credential.ref", "other"));

    expect(runSteps(steps, good, trustOf()).exitCode).toBe(0);
    expect(peek(JSON.parse(textOf(edited)), "records.1.credential.ref")).toBe("other");
    expect(runSteps(steps, edited, trustOf()).exitCode).toBe(1);
  });
});
