import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { caseDetail } from "../api/views.ts";
import type { ApiClient } from "../api/client.ts";
import type { CliDeps } from "../context.ts";
import { CliError } from "../exit.ts";
import { clientOf, printJson, withClientOptions, withExample } from "./options.ts";

/** `lastday export`: what an auditor needs, as files. */
export function registerExport(program: Command, deps: CliDeps): void {
  const command = program
    .command("export")
    .summary("write a case's certificate and the trust file to a folder")
    .description("Write what an auditor needs: the certificate of a case, and the trust file with our public keys.")
    .argument("<case>", "case id")
    .option("--output <folder>", "where to; made when missing", ".");
  withExample(withClientOptions(command), "lastday export 019a8f00-0000-7000-8000-000000000001 --output ./audit");
  command.action(async (id: string, { output }: { output: string }) => {
    const { api, json } = clientOf(command, deps);
    const files = await exportCase(api, id, { folder: resolve(deps.io.cwd, output), name: `certificate-${id}.json` });
    if (json) return printJson(deps, files);
    deps.io.out(`certificate  ${files.certificate}\ntrust file   ${files.trust}\n\n`);
    deps.io.out(`Check it, offline:\n  lastday verify ${files.certificate} \\\n    --trust ${files.trust}\n`);
  });
}

export interface ExportedFiles {
  kind: "final" | "interim";
  certificate: string;
  trust: string;
}

/** Downloads both files; the certificate is final once its case has ended, else interim. */
export async function exportCase(
  api: ApiClient,
  caseId: string,
  { folder, name }: { folder: string; name: string },
): Promise<ExportedFiles> {
  const [certificate, trust] = await Promise.all([
    api.download(`/cases/${encodeURIComponent(caseId)}/certificate`),
    api.download("/.well-known/lastday-trust.json", { root: true }),
  ]);
  const { certificates } = await api.call({ path: `/cases/${encodeURIComponent(caseId)}`, answer: caseDetail });
  const kind = certificates.some((one) => one.kind === "final") ? "final" : "interim";
  const files = { certificate: join(folder, name), trust: join(folder, "trust.json") };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(files.certificate, certificate, { mode: 0o600 });
    writeFileSync(files.trust, trust);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new CliError("io", `Cannot write to ${folder} (${code})`, {
      fix: "Name another folder with --output.",
      cause: error,
    });
  }
  return { kind, ...files };
}
