import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const cruiser = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");

/** Runs the project's own rules over a small tree with the project's layout; the names of the broken rules. */
async function rulesBrokenBy(files: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "lastday-arch-"));
  try {
    const tree = {
      "src/domain/thing.ts": "export const thing = 1;",
      "connectors/x.ts": "",
      "workers/x.ts": "",
      ...files,
    };
    for (const [path, text] of Object.entries(tree)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { module: "nodenext" } }));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const args = [
      cruiser,
      "src",
      "connectors",
      "workers",
      "--config",
      join(root, ".dependency-cruiser.cjs"),
      "--output-type",
      "json",
    ];
    const { stdout } = await run(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }).catch(
      (failed: { stdout: string }) => failed,
    );
    const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return [...new Set(report.summary.violations.map((violation) => violation.rule.name))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const imports = (path: string): string => `import "${path}"; export const here = 1;`;

describe("who may know whom", () => {
  it.each<{ name: string; files: Record<string, string>; rule: string }>([
    {
      name: "the domain knows the store",
      files: { "src/domain/bad.ts": imports("../store/pool.ts"), "src/store/pool.ts": "export {};" },
      rule: "src-domain-knows-too-much",
    },
    {
      name: "the verifier knows the issuer's keys",
      files: { "src/verifier/bad.ts": imports("../signing/signer.ts"), "src/signing/signer.ts": "export {};" },
      rule: "src-verifier-knows-too-much",
    },
    {
      name: "a stage knows the database",
      files: { "src/stages/revoke/bad.ts": imports("../../store/pool.ts"), "src/store/pool.ts": "export {};" },
      rule: "src-stages-knows-too-much",
    },
    {
      name: "the store knows HTTP",
      files: { "src/store/bad.ts": imports("../http/app.ts"), "src/http/app.ts": "export {};" },
      rule: "src-store-knows-too-much",
    },
    {
      name: "HTTP knows a worker",
      files: { "src/http/bad.ts": imports("../../workers/x.ts") },
      rule: "src-http-knows-too-much",
    },
    {
      name: "a connector knows another connector",
      files: { "connectors/one/index.ts": imports("../two/index.ts"), "connectors/two/index.ts": "export {};" },
      rule: "connector-knows-too-much",
    },
    {
      name: "a connector knows the fake that judges it",
      files: { "connectors/one/index.ts": imports("../testkit/fake.ts"), "connectors/testkit/fake.ts": "export {};" },
      rule: "fakes-only-in-tests-and-demo",
    },
    {
      name: "a fake borrows from a connector",
      files: { "connectors/testkit/fake.ts": imports("../one/client.ts"), "connectors/one/client.ts": "export {};" },
      rule: "connectors-testkit-knows-too-much",
    },
    {
      name: "two files import each other",
      files: {
        "src/domain/a.ts": `import { b } from "./b.ts"; export const a = () => b;`,
        "src/domain/b.ts": `import { a } from "./a.ts"; export const b = () => a;`,
      },
      rule: "no-cycles",
    },
    {
      name: "a file imports what is not there",
      files: { "src/domain/a.ts": imports("./gone.ts") },
      rule: "no-unresolvable",
    },
  ])("catches that $name", async ({ files, rule }) => {
    expect(await rulesBrokenBy(files)).toContain(rule);
  });

  it("says nothing about a tree that keeps the rules", async () => {
    const files = {
      "src/stages/revoke/good.ts": imports("../../domain/thing.ts"),
      "connectors/one/index.ts": imports("../contract/connector.ts"),
      "connectors/contract/connector.ts": imports("../../src/domain/thing.ts"),
    };

    expect(await rulesBrokenBy(files)).toEqual([]);
  });
});
