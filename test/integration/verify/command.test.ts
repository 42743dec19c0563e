import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { aCertificate, anItem, aStatement, at, evidenceOf, trustKey, trustOf } from "../../support/certificates.ts";
import { leafHash } from "../../../src/certificate/tree.ts";
import { editFile, jsonBytes, listAt, put } from "../../support/tampering.ts";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");

let folder: string;
let program: string;
let good: Uint8Array;

interface Ran {
  readonly exitCode: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the standalone verifier in a folder of its own: no project, no modules, no environment. */
function verify(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: {},
  });
  return { exitCode: status, out: stdout, error: stderr };
}

function file(name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lastday-verify-"));
  program = join(folder, "lastday-verify.mjs");
  const built = spawnSync(process.execPath, ["--import", "tsx", "tools/build-verifier.ts", program], {
    cwd: root,
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`the verifier was not built: ${built.stderr}`);
  good = (await aCertificate()).bytes;
  file("good.json", good);
  file("trust.json", trustOf());
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("lastday verify, as one file without dependencies", () => {
  it("exits 0 with the trust file, verdict first", () => {
    const { exitCode, out, error } = verify("good.json", "--trust", "trust.json");

    expect(out.split("\n")[0]).toBe("VALID, complete: every item of access found was later seen dead");
    expect(out).toContain("NOT PROVED");
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: "" });
  });

  it("exits 3 without trust, and says so in its first line", () => {
    const { exitCode, out } = verify("good.json");

    expect(exitCode).toBe(3);
    expect(out.split("\n")[0]).toBe("SIGNATURE NOT CHECKED");
    expect(out).toContain("anybody could have written it");
  });

  it("exits 1 for a changed certificate, with the code and no content of it", () => {
    file(
      "tampered.json",
      editFile(good, (content) => put(content, "records.0.credential.ref", "other")),
    );

    const { exitCode, out } = verify("tampered.json", "--trust", "trust.json");

    expect(exitCode).toBe(1);
    expect(out.split("\n").slice(0, 2)).toEqual([
      "INVALID",
      "  records-root: records: not the records that were signed",
    ]);
    expect(out).not.toContain("Ada");
  });

  it("exits 3 with what is missing when more is required", () => {
    const { exitCode, out } = verify("good.json", "--trust", "trust.json", "--require", "inclusion,witness,timestamp");

    expect(exitCode).toBe(3);
    expect(out).toMatch(
      /^GENUINE, BUT BELOW WHAT WAS REQUIRED\n {2}inclusion-missing:.*\n {2}witness-missing:.*\n {2}timestamp-missing:/,
    );
  });

  it("exits 4 for a compromised key and for a certificate that was replaced", async () => {
    const since = "2026-12-01T00:00:00.000Z";
    file("late.json", trustOf(trustKey({ status: "compromised", compromisedAt: since, notAfter: since })));
    const { paeSha256 } = await aCertificate();
    file("newer.json", (await aCertificate({ statement: { certificateId: "newer", supersedes: paeSha256 } })).bytes);

    const stolen = verify("good.json", "--trust", "late.json");
    const replaced = verify("good.json", "--trust", "trust.json", "--newer", "newer.json");

    expect([stolen.exitCode, stolen.out.split("\n")[0]]).toEqual([4, "KEY COMPROMISED"]);
    expect(verify("good.json", "--trust", "late.json", "--at", "2026-11-25T10:00:00+01:00").exitCode).toBe(0);
    expect([replaced.exitCode, replaced.out.split("\n")[0]]).toEqual([4, "SUPERSEDED"]);
  });

  it.each([
    { name: "no file", args: [], says: "name one certificate file" },
    { name: "two files", args: ["good.json", "good.json"], says: "name one certificate file" },
    { name: "an unknown option", args: ["good.json", "--trusted"], says: "--trusted" },
    { name: "a missing certificate", args: ["none.json"], says: "none.json: no such file" },
    { name: "a folder", args: ["."], says: "is a folder" },
    { name: "a missing trust file", args: ["good.json", "--trust", "none.json"], says: "none.json: no such file" },
    { name: "a trust file that is none", args: ["good.json", "--trust", "good.json"], says: "trust-invalid" },
    { name: "an unknown requirement", args: ["good.json", "--require", "notary"], says: '"notary" is not one of' },
    { name: "a date without a time", args: ["good.json", "--at", "2026-11-24"], says: "not a time like" },
    { name: "a day that does not exist", args: ["good.json", "--at", "2026-02-30T00:00:00Z"], says: "not a time like" },
    { name: "a missing evidence folder", args: ["good.json", "--evidence", "none"], says: "none: no such file" },
    { name: "a newer certificate without trust", args: ["good.json", "--newer", "good.json"], says: "needs --trust" },
    {
      name: "a newer certificate that is invalid",
      args: ["good.json", "--trust", "trust.json", "--newer", "trust.json"],
      says: "itself not valid",
    },
  ])("exits 2 for $name, on standard error", ({ args, says }) => {
    const { exitCode, out, error } = verify(...args);

    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(error).toContain(says);
  });

  it.each([
    { option: "--expect-org", right: "Acme", wrong: "Globex", code: "other-organization" },
    {
      option: "--expect-certificate",
      right: "0199b6a0-0000-7000-8000-000000000001",
      wrong: "1",
      code: "other-certificate",
    },
    { option: "--expect-subject", right: "ada@acme.example", wrong: "eve@acme.example", code: "other-subject" },
  ])("48 $option refuses a genuine certificate of something else", ({ option, right, wrong, code }) => {
    expect(verify("good.json", "--trust", "trust.json", option, right).exitCode).toBe(0);
    expect(verify("good.json", "--trust", "trust.json", option, wrong)).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining(code) as string,
    });
  });

  it("28 compares evidence files by their hash", () => {
    mkdirSync(join(folder, "evidence"));
    for (const text of [0, 1, 2].flatMap((seq) => [`revocation ${seq}`, `look ${seq}`])) {
      file(`evidence/${evidenceOf(text).sha256}`, text);
    }
    const check = () => verify("good.json", "--trust", "trust.json", "--evidence", "evidence");

    expect(check().exitCode).toBe(0);
    rmSync(join(folder, "evidence", evidenceOf("look 1").sha256));
    expect(check()).toMatchObject({ exitCode: 3, out: expect.stringContaining("evidence-missing") as string });
    file(`evidence/${evidenceOf("look 1").sha256}.json`, "look 2");
    expect(check()).toMatchObject({ exitCode: 1, out: expect.stringContaining("evidence-mismatch") as string });
  });

  it("prints the report as JSON", () => {
    const { exitCode, out } = verify("good.json", "--trust", "trust.json", "--json");

    const report: unknown = JSON.parse(out);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      result: "valid",
      exitCode: 0,
      findings: [],
      certificate: { level: { signature: "checked" }, statement: { predicate: { outcome: "complete" } } },
      trust: { organization: "Acme", fingerprint: expect.stringMatching(/^(\w{4}-){4}\w{4}$/) as string },
    });
  });

  it("fits 80 columns and shows what a hostile name hides", async () => {
    const item = anItem(0);
    const label = `\u200bprod\ufeff ${"\u6f22".repeat(60)} ${"x".repeat(120)}`;
    const verification = { verdict: "alive", grade: "probe", at: at(40), attempts: 1, evidence: null } as const;
    const hostile = { ...item, credential: { ...item.credential, label }, verification };
    const target = "t".repeat(128);
    const scope = aStatement().scope.map((entry) => ({ ...entry, target }));
    const items = [{ ...hostile, target: { ...hostile.target, name: target } }];
    const statement = {
      outcome: "interim",
      scope,
      notCovered: [{ target, what: "w ".repeat(100), why: "y".repeat(400) }],
    } as const;
    file("hostile.json", (await aCertificate({ items, statement })).bytes);

    const { exitCode, out } = verify("hostile.json", "--trust", "trust.json");

    expect(exitCode).toBe(0);
    expect(out.split("\n")[0]).toBe("VALID, INTERIM: the case is not finished");
    expect(out).toContain("\\u{200b}prod\\u{feff}");
    expect(out.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    const widths = out
      .split("\n")
      .map((line) => [...line.matchAll(/./gu)].reduce((width, [one]) => width + (one > "\u10ff" ? 2 : 1), 0));
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  it("says how many records were erased", () => {
    const erased = editFile(good, (content) => {
      const records = listAt(content, "records");
      records[0] = { leaf: "erased", hash: Buffer.from(leafHash(jsonBytes(records[0]))).toString("hex") };
    });
    file("erased.json", erased);

    expect(verify("erased.json", "--trust", "trust.json")).toMatchObject({
      exitCode: 3,
      out: expect.stringContaining("1 erased") as string,
    });
  });

  it("reads no more of an endless file than a certificate may have", async () => {
    const child: ChildProcess = spawn(process.execPath, [program, "/dev/zero"], { cwd: folder, env: {} });

    const exitCode = await new Promise((done) => child.on("close", done));

    expect(exitCode).toBe(1);
  });

  it("prints its usage within 80 columns", () => {
    const { exitCode, out } = verify("--help");

    expect(exitCode).toBe(0);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe("lastday verify, in the command line", () => {
  const script = `
    import { Command } from "commander";
    import { registerVerify } from "./src/cli/verify/index.ts";
    const program = new Command("lastday");
    registerVerify(program);
    await program.parseAsync(process.argv);`;
  const lastday = (...args: readonly string[]) => {
    const flags = ["--import", "tsx", "--input-type=module", "--eval", script, "--", "lastday"];
    return spawnSync(process.execPath, [...flags, ...args], { cwd: root, encoding: "utf8" });
  };

  it.each([
    { name: "a valid certificate", args: () => [path("good.json"), "--trust", path("trust.json")], status: 0 },
    { name: "no trust", args: () => [path("good.json")], status: 3 },
    { name: "another organization", args: () => [path("good.json"), "--expect-org", "Globex"], status: 1 },
    { name: "help", args: () => ["--help"], status: 0 },
    { name: "no certificate", args: () => [], status: 2 },
    { name: "an unknown option", args: () => [path("good.json"), "--trusted"], status: 2 },
    { name: "a missing file", args: () => [path("none.json")], status: 2 },
  ])("exits $status for $name", ({ args, status }) => {
    expect(lastday("verify", ...args()).status).toBe(status);
  });
});

const path = (name: string) => join(folder, name);
