import { createHash, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { chmod, link, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSignedBy, parseTrustFile, thumbprint, type TrustKey } from "../../../src/certificate/index.ts";
import {
  jwksOf,
  type KeyFileOptions,
  markCompromised,
  openKeyFileSigner,
  rotateKey,
  trustFileOf,
} from "../../../src/signing/index.ts";
import { verifyCertificate } from "../../../src/verifier/index.ts";
import { aCertificate, at } from "../../support/certificates.ts";
import { codeRejectedBy } from "../../support/codes.ts";

const passphrase = "correct horse battery staple";
const hour = 60 * 60 * 1000;
const bytes = new TextEncoder().encode("what is signed");

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "lastday-keys-")), "keys");
});
afterEach(async () => {
  await rm(join(folder, ".."), { recursive: true, force: true });
});

const optionsAt = (now: Date, more: Partial<KeyFileOptions> = {}): KeyFileOptions => ({
  folder,
  clock: () => now,
  ...more,
});
const open = (more: Partial<KeyFileOptions> = {}) => openKeyFileSigner(optionsAt(at(0), more));
const keyFile = () => join(folder, "issuer.pem");
const trustOf = (keys: readonly TrustKey[]) => parseTrustFile(Buffer.from(trustFileOf(keys, "Acme")));

describe("the issuer's key file", () => {
  it("is made at the first start, for its owner alone, and is the same at the next", async () => {
    const first = await open();
    const again = await openKeyFileSigner(optionsAt(at(50)));

    expect(again.keyid).toBe(first.keyid);
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await readFile(keyFile(), "utf8")).split("\n")[0]).toBe("-----BEGIN PRIVATE KEY-----");
    expect(await again.keys()).toEqual([
      {
        kid: first.keyid,
        jwk: first.publicJwk,
        notBefore: at(0).toISOString(),
        notAfter: null,
        status: "active",
        compromisedAt: null,
      },
    ]);
  });

  it("signs pure Ed25519, up to 4,096 bytes", async () => {
    const signer = await open();
    const longest = new Uint8Array(4096).fill(7);

    expect(signer).toMatchObject({ alg: "Ed25519", keyid: thumbprint(signer.publicJwk) });
    expect(isSignedBy(signer.publicJwk, bytes, await signer.sign(bytes))).toBe(true);
    expect(isSignedBy(signer.publicJwk, longest, await signer.sign(longest))).toBe(true);
  });

  it("is one key, however many start at once", async () => {
    const signers = await Promise.all(Array.from({ length: 12 }, () => open()));

    expect(new Set(signers.map(({ keyid }) => keyid)).size).toBe(1);
    expect((await readdir(folder)).sort()).toEqual([`${signers[0]?.keyid ?? ""}.json`, "issuer.pem"].sort());
    expect(await signers[0]?.keys()).toHaveLength(1);
  });

  it("is encrypted when a passphrase is given", async () => {
    const { keyid } = await open({ passphrase });
    const pem = await readFile(keyFile(), "utf8");

    expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(createPrivateKey({ key: pem, passphrase }).asymmetricKeyType).toBe("ed25519");
    expect((await open({ passphrase })).keyid).toBe(keyid);
  });

  it("is encrypted in place when a passphrase is set later", async () => {
    const { keyid } = await open();

    expect((await open({ passphrase })).keyid).toBe(keyid);
    expect(await readFile(keyFile(), "utf8")).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
    expect(await codeRejectedBy(open())).toBe("key-passphrase-missing");
  });

  it("is not opened by any wrong passphrase, and never called damaged for it", async () => {
    await open({ passphrase });
    const codes = new Set<unknown>();
    for (let guess = 0; guess < 300; guess += 1) {
      codes.add(await codeRejectedBy(open({ passphrase: `${passphrase} ${guess}` })));
    }

    // About one in 256 decrypts to bytes with valid padding.
    expect([...codes]).toEqual(["key-passphrase-wrong"]);
  });

  it("wants a passphrase that is worth it", async () => {
    expect(await codeRejectedBy(open({ passphrase: "short" }))).toBe("key-passphrase-too-short");
    expect(await codeRejectedBy(open({ passphrase: "" }))).toBe("key-passphrase-too-short");
  });

  const otherKey = () =>
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

  it.each([
    { name: "empty", spoil: () => "", code: "key-file-corrupt" },
    { name: "text", spoil: () => "not a key", code: "key-file-corrupt" },
    { name: "cut short", spoil: (pem: string) => pem.slice(0, 80), code: "key-file-corrupt" },
    { name: "with other letters inside", spoil: (pem: string) => pem.replaceAll("C", "D"), code: "key-file-corrupt" },
    { name: "huge", spoil: (pem: string) => pem + "\n".repeat(20_000), code: "key-file-corrupt" },
    { name: "a key of another kind", spoil: otherKey, code: "key-file-corrupt" },
  ])("is refused when it is $name, and not replaced", async ({ spoil, code }) => {
    await open();
    const spoilt = spoil(await readFile(keyFile(), "utf8"));
    await writeFile(keyFile(), spoilt);

    expect(await codeRejectedBy(open())).toBe(code);
    expect(await readFile(keyFile(), "utf8")).toBe(spoilt);
  });

  it("that is encrypted and cut short is called damaged, not wrongly opened", async () => {
    await open({ passphrase });
    await writeFile(keyFile(), (await readFile(keyFile(), "utf8")).slice(0, 150));

    expect(await codeRejectedBy(open({ passphrase }))).toBe("key-file-corrupt");
  });

  it.each([0o640, 0o604, 0o666, 0o660])("is refused with mode %o, with the command that mends it", async (mode) => {
    await open();
    await chmod(keyFile(), mode);

    expect(await codeRejectedBy(open())).toBe("key-file-permissions");
    await expect(open()).rejects.toThrow("chmod 600");
  });

  it("has its history checked: an edited public record stops the start", async () => {
    const { keyid } = await open();
    const path = join(folder, `${keyid}.json`);
    await writeFile(path, (await readFile(path, "utf8")).replace('"notAfter":null', '"notAfter":"never"'));

    expect(await codeRejectedBy(open())).toBe("key-history-corrupt");
  });

  it("leaves no copy behind when a start died over it", async () => {
    await open();
    const left = join(folder, ".0199b6a0-0000-4000-8000-000000000001.tmp");
    await link(keyFile(), left);
    await utimes(left, new Date(0), new Date(0));

    await open();

    expect(await readdir(folder)).not.toContain(".0199b6a0-0000-4000-8000-000000000001.tmp");
  });
});

describe("rotation", () => {
  it("I22 keeps every old certificate valid, T26 with one key after the other", async () => {
    const issued: Uint8Array[] = [];
    let signer = await openKeyFileSigner(optionsAt(at(0)));
    for (let round = 0; round < 5; round += 1) {
      const now = new Date(at(55).getTime() + round * 48 * hour);
      if (round > 0) signer = await rotateKey(optionsAt(now));
      issued.push((await aCertificate({ signer, statement: { issuedAt: new Date(now.getTime() + 1000) } })).bytes);
    }
    const trust = trustOf(await signer.keys());

    expect(new Set(trust.keys.map(({ kid }) => kid)).size).toBe(5);
    expect(issued.map((certificate) => verifyCertificate({ certificate, trust }).exitCode)).toEqual([0, 0, 0, 0, 0]);
  });

  it("retires the old key, whose private half is gone, with an overlap for those who still hold it", async () => {
    const old = await open();
    const oldPem = await readFile(keyFile(), "utf8");

    const fresh = await rotateKey(optionsAt(at(30)), hour);

    const [retired, active] = await fresh.keys();
    expect(retired).toMatchObject({
      kid: old.keyid,
      status: "retired",
      notAfter: new Date(at(30).getTime() + hour).toISOString(),
    });
    expect(active).toMatchObject({
      kid: fresh.keyid,
      status: "active",
      notBefore: at(30).toISOString(),
      notAfter: null,
    });
    expect((await open()).keyid).toBe(fresh.keyid);
    for (const name of await readdir(folder)) expect(await readFile(join(folder, name), "utf8")).not.toBe(oldPem);
  });

  it("I22 T26 a certificate dated after the overlap, and the clocks' skew of five minutes, is refused", async () => {
    const old = await open();
    const fresh = await rotateKey(optionsAt(at(56)), hour);
    const trust = trustOf(await fresh.keys());
    const issuedAt = (ms: number) =>
      aCertificate({ signer: old, statement: { issuedAt: new Date(at(56).getTime() + ms) } });

    const skew = hour / 12;
    const within = verifyCertificate({ certificate: (await issuedAt(hour + skew)).bytes, trust });
    const after = verifyCertificate({ certificate: (await issuedAt(hour + skew + 1)).bytes, trust });

    expect(within.exitCode).toBe(0);
    expect(after.findings[0]?.code).toBe("key-outside-validity");
  });

  it("that was interrupted after the exchange is settled by the next start", async () => {
    const old = await open();
    const next = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    await writeFile(keyFile(), next, { mode: 0o600 });

    const signer = await openKeyFileSigner(optionsAt(at(30)));

    expect((await signer.keys()).map(({ kid, status }) => ({ kid, status }))).toEqual([
      { kid: old.keyid, status: "retired" },
      { kid: signer.keyid, status: "active" },
    ]);
  });

  it("twice at once, among starts, ends with one key in use and every other one retired", async () => {
    await open();

    const signers = await Promise.all([rotateKey(optionsAt(at(30))), open(), rotateKey(optionsAt(at(30))), open()]);

    const inUse = await open();
    const keys = await inUse.keys();
    expect(keys.filter(({ status }) => status === "active").map(({ kid }) => kid)).toEqual([inUse.keyid]);
    for (const { keyid } of signers) expect(keys.map(({ kid }) => kid)).toContain(keyid);
  });

  it("is not stopped by the lock of a process that died", async () => {
    await open();
    await writeFile(join(folder, ".lock"), "");
    await utimes(join(folder, ".lock"), new Date(0), new Date(0));

    expect((await rotateKey(optionsAt(at(30)))).keyid).toBe((await open()).keyid);
  });

  it("T26 stops a process that still holds the old key, once the overlap is over", async () => {
    let now = at(0);
    const holder = await openKeyFileSigner({ folder, clock: () => now });
    await rotateKey(optionsAt(at(30)), hour);

    now = new Date(at(30).getTime() + hour);
    const within = await holder.sign(bytes);
    now = new Date(now.getTime() + 1);

    expect(isSignedBy(holder.publicJwk, bytes, within)).toBe(true);
    expect(await codeRejectedBy(holder.sign(bytes))).toBe("key-retired");
  });

  it("keeps the passphrase", async () => {
    await open({ passphrase });

    await rotateKey(optionsAt(at(30), { passphrase }));

    expect(await codeRejectedBy(open())).toBe("key-passphrase-missing");
  });
});

describe("a key in other hands", () => {
  it("46 T26 takes its certificates with it, except those known to be older", async () => {
    const old = await open();
    const { bytes: certificate } = await aCertificate({ signer: old });
    const fresh = await rotateKey(optionsAt(at(59)));
    await markCompromised(folder, old.keyid, at(58));
    const trust = trustOf(await fresh.keys());

    expect(verifyCertificate({ certificate, trust }).exitCode).toBe(4);
    expect(verifyCertificate({ certificate, trust, at: at(57).toISOString() }).exitCode).toBe(0);
    expect(jwksOf(await fresh.keys()).keys.map(({ kid }) => kid)).toEqual([fresh.keyid]);
  });

  it("T26 signs nothing more", async () => {
    const signer = await open();
    await markCompromised(folder, signer.keyid, at(1));

    expect(await codeRejectedBy(signer.sign(bytes))).toBe("key-retired");
  });

  it("must be one that is listed", async () => {
    await open();

    expect(await codeRejectedBy(markCompromised(folder, "unknown", at(1)))).toBe("key-unknown");
  });
});

describe("what is published", () => {
  it("names keys as RFC 7517 and RFC 8037 do, and nothing private", async () => {
    const signer = await open();

    const [key] = jwksOf(await signer.keys()).keys;

    expect(key).toEqual({ ...signer.publicJwk, kid: signer.keyid, use: "sig", alg: "EdDSA" });
    expect(trustFileOf(await signer.keys(), "Acme")).not.toContain('"d"');
  });

  it("is the same trust file, byte for byte, from every process", async () => {
    const digest = (text: string) => createHash("sha256").update(text).digest("hex");
    const [one, other] = [await open(), await open()];

    expect(digest(trustFileOf(await one.keys(), "Acme"))).toBe(digest(trustFileOf(await other.keys(), "Acme")));
  });
});
