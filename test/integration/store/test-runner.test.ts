import { spawn } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..", "..", "..");

/** Runs `npm test` in a process of its own; answers its exit status and what it printed last. */
function npmTest(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ status: number | null; output: string; last: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", join(root, "tools", "test.ts"), ...args], {
      cwd: root,
      env,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output, last: output.trimEnd().split("\n").at(-1) ?? "" }));
  });
}

describe("npm test", () => {
  it.each([
    {
      name: "counts what passed",
      file: "test/unit/store/migrations/history.test.ts",
      status: 0,
      last: /^9 passed, 0 failed$/,
    },
    {
      name: "does not take nothing for success",
      file: "test/unit/no-such.test.ts",
      status: 1,
      last: /^0 passed, 1 failed$/,
    },
  ])("$name", async ({ file, status, last }) => {
    const run = await npmTest(["--selectProjects", "unit", "--", file], { PATH: process.env["PATH"] ?? "" });

    expect(run).toMatchObject({ status, last: expect.stringMatching(last) });
  });

  it("fails at once on a machine that lacks something, when all is required", async () => {
    const bin = await mkdtemp(join(tmpdir(), "lastday-path-"));
    await symlink(process.execPath, join(bin, "node"));

    const run = await npmTest([], { PATH: `${bin}:${dirname(bin)}`, LASTDAY_REQUIRE_ALL: "1" });
    await rm(bin, { recursive: true });

    expect(run).toMatchObject({ status: 1, last: "0 passed, 1 failed" });
    expect(run.output).toMatch(/redis-server:[^]*apt install redis-server[^]*chromium:/);
  });
});
