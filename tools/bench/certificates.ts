import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { preAuthenticationEncoding, payloadType } from "../../src/certificate/index.ts";
import { aCertificate, anItem, trustOf } from "../../test/support/certificates.ts";
import { inFolder } from "./server.ts";
import { median, times } from "./row.ts";
import type { Row } from "./row.ts";

const records = 50;
const items = Array.from({ length: records }, (_, seq) => anItem(seq));
const command = resolve(import.meta.dirname, "../../dist/src/cli/main.js");
const run = promisify(execFile);

/** Size, issue rate and cold verification of a certificate over 50 records. */
export async function measureCertificates(): Promise<Row[]> {
  const issued = await aCertificate({ items });
  const size = Buffer.byteLength(issued.json);
  const file = JSON.parse(issued.json) as { envelope: { payload: string } };
  const signed = preAuthenticationEncoding(payloadType, Buffer.from(file.envelope.payload, "base64")).length;

  const rates = await times(5, async () => {
    const started = performance.now();
    await times(50, () => aCertificate({ items }));
    return 50_000 / (performance.now() - started);
  });
  const verifyMs = await inFolder(async (folder) => {
    const certificate = join(folder, "certificate.json");
    const trust = join(folder, "trust.json");
    await writeFile(certificate, issued.json);
    await writeFile(trust, trustOf());
    return median(
      await times(7, async () => {
        const started = performance.now();
        await run(process.execPath, [command, "verify", certificate, "--trust", trust]);
        return performance.now() - started;
      }),
    );
  });
  const rate = median(rates);
  return [
    {
      name: "certificate of 50 records, size",
      goal: "<= 100 KB",
      value: `${(size / 1_000).toFixed(1)} KB`,
      ok: size <= 100_000,
    },
    { name: "signed bytes", goal: "<= 4096", value: `${signed}`, ok: signed <= 4_096 },
    { name: "issue a certificate of 50 records", goal: ">= 100/s", value: `${rate.toFixed(0)}/s`, ok: rate >= 100 },
    { name: "lastday verify, cold", goal: "<= 300 ms", value: `${verifyMs.toFixed(0)} ms`, ok: verifyMs <= 300 },
  ];
}
