import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useDatabase } from "../../support/database.ts";

const database = useDatabase();
const root = join(import.meta.dirname, "..", "..", "..");
const planted = "planted-Secret-4711-value";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lastday-start-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Lastday {
  /** Resolves with what was printed so far once a line of standard output matches; null when the process ended before. */
  printed(pattern: RegExp): Promise<string | null>;
  ended: Promise<{ code: number | null; out: string; err: string }>;
  signal(name: NodeJS.Signals): void;
}

/** The command as a user runs it, in a process of its own. */
function lastday(words: readonly string[], env: Readonly<Record<string, string>> = {}): Lastday {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "src", "cli", "main.ts"), ...words], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", LASTDAY_DATA: join(folder, "data"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.err += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...texts }));
  return {
    ended,
    signal: (name) => void child.kill(name),
    printed: async (pattern) => {
      while (!pattern.test(texts.out) && child.exitCode === null && child.signalCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return pattern.test(texts.out) ? texts.out : null;
    },
  };
}

function configured(yaml: string): string[] {
  const file = join(folder, "lastday.yaml");
  writeFileSync(file, `listen: 127.0.0.1:0\nadminListen: 127.0.0.1:0\n${yaml}`, { mode: 0o600 });
  return ["--config", file];
}

describe("F22 a start that cannot be", () => {
  it.each<{ name: string; yaml: string; env?: Record<string, string>; says: string }>([
    {
      name: "a mistyped key",
      yaml: "organisation: Acme",
      says: 'organisation: found a key that does not exist; expected "organization"',
    },
    {
      name: "a missing secret",
      yaml: "sources: [{ name: okta, kind: scim, tokens: [env:OKTA_TOKEN] }]",
      says: "sources[0].tokens[0]: found env:OKTA_TOKEN, which is not set",
    },
    {
      name: "I15 a secret in the file",
      yaml: `sources: [{ name: okta, kind: scim, tokens: ["${planted}"] }]`,
      says: "sources[0].tokens[0]: found a plain value (not shown)",
    },
    {
      name: "no database there",
      yaml: "",
      env: { DATABASE_URL: `postgresql://lastday:${planted}@127.0.0.1:1/none` },
      says: "lastday:",
    },
  ])("$name ends with 1 and a sentence: no stack, no secret, nothing listening", async ({ yaml, env, says }) => {
    const { code, out, err } = await lastday([...configured(yaml), "start"], env).ended;

    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain(says);
    expect(err).not.toMatch(/\n\s+at /);
    expect(err).not.toContain(planted);
  });

  it("a port in use is named, with what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;

    const { code, err } = await lastday(configured("").concat("start"), {
      DATABASE_URL: database.url,
      LASTDAY_LISTEN: `127.0.0.1:${port}`,
    }).ended;
    other.close();

    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`lastday: .*127\\.0\\.0\\.1:${port}`));
    expect(err).not.toMatch(/\n\s+at /);
  });

  it("an unknown option is wrong usage", async () => {
    expect(await lastday(["start", "--prot", "1"]).ended).toMatchObject({
      code: 2,
      err: expect.stringContaining("--prot"),
    });
  });
});

describe("lastday start", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("says where it answers, and ends with 0 on %s", async (signal) => {
    const server = lastday([...configured(""), "start", "--json"], { DATABASE_URL: database.url });

    const line = await server.printed(/\n/);
    const { urls } = JSON.parse(line ?? "null") as { urls: { api: string; admin: string } };
    const healthy = await fetch(`${urls.api}/healthz`);
    const measured = await (await fetch(`${urls.admin}/metrics`)).text();
    server.signal(signal);
    const { code, err } = await server.ended;

    expect(healthy.status).toBe(200);
    expect(measured).toContain("lastday_notices_total");
    expect(code).toBe(0);
    const log = err
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as { message: string });
    expect(log.map(({ message }) => message)).toEqual(expect.arrayContaining(["started", "stopping", "stopped"]));
  });

  it("asked to stop while it starts, it stops", async () => {
    const server = lastday([...configured(""), "start"], { DATABASE_URL: database.url, LASTDAY_LOG_LEVEL: "error" });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    server.signal("SIGTERM");

    const { code } = await server.ended;

    expect([0, null]).toContain(code); // null: the signal came before anybody listened for it, and nothing was open
  });

  it("the command line of this machine finds it without being told", async () => {
    const server = lastday([...configured(""), "start", "--json"], {
      DATABASE_URL: database.url,
    });
    const line = await server.printed(/\n/);
    const { urls } = JSON.parse(line ?? "null") as { urls: { api: string } };

    const listed = await lastday(["token", "list", "--url", urls.api]).ended;
    const doctor = await lastday([...configured(""), "doctor", "--json", "--url", urls.api], {
      DATABASE_URL: database.url,
    }).ended;
    server.signal("SIGTERM");
    await server.ended;

    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining("operator") });
    const { ok, findings } = JSON.parse(doctor.out) as { ok: boolean; findings: { check: string; level: string }[] };
    expect({ ok, code: doctor.code }).toEqual({ ok: true, code: 0 });
    expect(findings).toContainEqual(expect.objectContaining({ check: "server", level: "ok" }));
    expect(findings).toContainEqual(expect.objectContaining({ check: "clock", level: "ok" }));
  });
});
