import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { bystander, leaver } from "../../src/cli/demo/world/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import { describeWithRedis, useRedis } from "../support/redis.ts";

const root = join(import.meta.dirname, "..", "..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lastday-demo-test-"));
  chmodSync(folder, 0o711); // as root, the database runs as another user, who has to pass
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** The command as a user types it, in a folder of the test; temporary files stay inside it, so that leavings show. */
async function lastday(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = start(words, env);
  const { code } = await child.ended;
  return { code, out: child.texts.out, err: child.texts.err };
}

function start(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const tsx = join(root, "node_modules", "tsx", "dist", "loader.mjs");
  const child = spawn(process.execPath, ["--import", tsx, join(root, "src", "cli", "main.ts"), ...words], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", TMPDIR: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.err += text));
  return { child, texts, ended: once(child, "close").then(([code]) => ({ code: code as number | null })) };
}

const linesOf = (text: string): string[] => text.trimEnd().split("\n");

function expectTheWholeWay({ code, out, err }: Ran): void {
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const alive = linesOf(out).findIndex((line) => line.includes("STILL ALIVE"));
  const key = /verify +gateway: (API key [0-9a-f]{8}) +STILL ALIVE/.exec(out)?.[1] ?? "none";
  const dead = linesOf(out).findIndex((line) => line.includes(key) && line.includes("dead: refused when tried"));
  expect(alive).toBeGreaterThan(0);
  expect(dead).toBeGreaterThan(alive);
  expect(out).toMatch(/Done, with \d+ exceptions? to read/);
  for (const target of ["gateway", "aws", "github", "ci"]) expect(out).toMatch(new RegExp(`finished +${target} `));
  expect(out).not.toContain("NO ");
  expect(out).toContain("demo-output/certificate.json");
  expect(out).toContain("demo-output/trust.json");
  expect(out).toContain("exit 0: VALID");
}

describe("lastday demo on PostgreSQL alone", () => {
  it("goes the whole way in 80 columns; what it leaves can be checked, and nothing else is left", async () => {
    const ran = await lastday(["demo"]);

    expectTheWholeWay(ran);
    expect(Math.max(...linesOf(ran.out).map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(readdirSync(join(folder, "demo-output")).sort()).toEqual([
      "certificate.json",
      "lastday.yaml",
      "server.log",
      "trust.json",
    ]);
    expect(readdirSync(folder).filter((name) => !name.startsWith("tsx-"))).toEqual(["demo-output"]);

    const [certificate, trust] = ["demo-output/certificate.json", "demo-output/trust.json"];
    expect(await lastday(["verify", certificate, "--trust", trust])).toMatchObject({ code: 0 });
    expect(await lastday(["verify", certificate])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^SIGNATURE NOT CHECKED/),
    });
    const changed = readFileSync(join(folder, certificate), "utf8").replace(/"payload":"./, (start) =>
      start.endsWith("e") ? `${start.slice(0, -1)}f` : `${start.slice(0, -1)}e`,
    );
    writeFileSync(join(folder, "changed.json"), changed);
    expect(await lastday(["verify", "changed.json", "--trust", trust])).toMatchObject({ code: 1 });

    const log = readFileSync(join(folder, "demo-output", "server.log"), "utf8");
    for (const line of linesOf(log)) expect(() => JSON.parse(line) as unknown).not.toThrow();
    for (const { userName } of [leaver, bystander]) expect(log).not.toContain(userName);
  });

  it("says in its configuration, and nowhere else, what makes it quick", async () => {
    const { code } = await lastday(["demo", "--output", "out", "--json"]);

    const yaml = readFileSync(join(folder, "out", "lastday.yaml"), "utf8");
    writeFileSync(join(folder, "secret"), "a secret of this test", { mode: 0o600 });
    writeFileSync(join(folder, "lastday.yaml"), yaml.replaceAll(/file:[^"]+/g, "file:./secret"), { mode: 0o600 });
    const { looseObject } = (await import("zod")).z;
    const known = ["gateway-keys", "aws-iam", "github", "ci-secrets"].map((id) => ({
      id,
      version: "1",
      settings: looseObject({}),
      secrets: looseObject({}),
      origins: () => [],
    }));
    const config = loadConfig({ env: {}, cwd: folder, connectors: known, wrapSecret: (text: string) => text });
    expect(code).toBe(0);
    expect(config).toMatchObject({
      demo: true,
      policy: { lookGapMs: 1_000 },
      targets: known.map(() => ({ settleMs: 500, mode: "enforce" })),
    });
  });

  it("--json prints one value and nothing beside it", async () => {
    const ran = await lastday(["demo", "--json"]);

    const report = JSON.parse(ran.out) as {
      ok: boolean;
      verifyExitCode: number;
      checks: { holds: boolean }[];
      events: { text?: string }[];
    };
    expect({ code: ran.code, ok: report.ok, verified: report.verifyExitCode }).toEqual({
      code: 0,
      ok: true,
      verified: 0,
    });
    expect(report.checks.map(({ holds }) => holds)).toEqual(report.checks.map(() => true));
    expect(report.events.map(({ text }) => text)).toContain("STILL ALIVE after revocation");
  });

  it("--keep leaves everything up until it is asked to end, then ends with 0", async () => {
    const { child, texts, ended } = start(["demo", "--keep"]);
    while (!texts.out.includes("Kept running") && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const page = await fetch(`${/web page +(\S+)/.exec(texts.out)?.[1]}/healthz`);
    child.kill("SIGINT");
    const { code } = await ended;

    expect(page.status).toBe(200);
    expect(code).toBe(0);
  });

  it("a database of the user's own is never touched", async () => {
    const ran = await lastday(["demo"], { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/precious" });

    expectTheWholeWay(ran);
  });
});

describeWithRedis("lastday demo with REDIS_URL", () => {
  const redis = useRedis({ own: true });

  it("goes the same way, and leaves nothing there that lasts", async () => {
    const ran = await lastday(["demo"], { REDIS_URL: redis.url });
    const client = new Redis(redis.url);
    const keys = await client.keys("*");
    const lasting = await Promise.all(keys.map(async (key) => ((await client.pttl(key)) < 0 ? [key] : [])));
    client.disconnect();

    expectTheWholeWay(ran);
    expect(ran.out).toContain("queue on Redis");
    expect(lasting.flat()).toEqual([]);
  });
});
